/** A day ends while files arrive: the next folder begins, the old one still gets files, and names of one second are not in the order of strings. */
import { duplicatesWithinBound, lagSlo, nothingLost } from '../checks.ts';
import {
  backlogPart,
  defineScenario,
  documentedRawMBPerMin,
  documentedShape,
  loadOf,
  promptSettings,
} from '../define-scenario.ts';
import { daysUsed, listsPerScan, sequenceMax } from '../observe/clocks.ts';
import { expectObserved } from '../observe/observation.ts';
import { lagMaxOf } from '../observe/parts.ts';
import type { LoadPart, ScenarioBuilder } from '../scenario.ts';

/** Where a day or month gets a digit more, months and years end. */
const midnights = [
  { day: '2026-10-10', what: 'day 9 to 10' },
  { day: '2026-10-01', what: 'month 9 to 10' },
  { day: '2026-09-10', what: 'day 9 to 10 of a month with one digit' },
  { day: '2027-01-01', what: 'the end of a year' },
  { day: '2028-03-01', what: 'February 29 to March 1' },
] as const;
const midnightS = 15;
/** The streamer's own midnight is another one. */
const skewSMax = 480;
const loadS = 30;
const lookbackIntervalS = 30;
const rawMBPerObject = 2;
/** More than ten, so that `_10` comes after `_9`. */
const inOneSecond = 14;
/** Names of one second, arriving over several. */
const arrivesS = 4;

const live: LoadPart = {
  name: 'live',
  objects: Math.round((documentedRawMBPerMin / 60 / rawMBPerObject) * loadS),
  arrival: { kind: 'constant', rawMBPerMin: documentedRawMBPerMin },
};

/** Files of one second, `_1` first; they go on arriving for some. */
function ofOneSecond(name: string, stampS: number, startS: number): LoadPart {
  const rawMBPerMin = ((inOneSecond * rawMBPerObject) / arrivesS) * 60;
  const stamp = stampS - startS;
  return {
    name,
    objects: inOneSecond,
    arrival: { kind: 'constant', rawMBPerMin },
    startS,
    stampsS: { from: stamp, to: stamp },
  };
}

const evening = lagMaxOf('evening');
const morning = lagMaxOf('morning');
const late = lagMaxOf('late');
/** A file that only the look-back finds waits up to its interval; one that is found at once must be far from that. */
const promptMsMax = (lookbackIntervalS * 1000) / 3;
/** The old day's folder; the new one's, which may be `month=1/day=1` or `month=01/day=01` after a December 31; and the share of the look-back. */
const listsPerScanMax = 3.5;

export const partitionRollover: ScenarioBuilder = ({ random }) => {
  const { day, what } = random.pick(midnights);
  return defineScenario({
    name: 'partition-rollover',
    why: 'A day, month or year ends while files arrive, on time and late, and the clock of the streamer is off by minutes.',
    proves: `Discovery is partition-aware (UTC) and numeric, here at ${what} (${day}); _1, _2, _10.`,
    takesS: loadS + 35,
    load: loadOf(
      '1x',
      [
        // What was there before: a scan need not list it again, nor what comes late beside it.
        { ...backlogPart('day', 6), stampsS: { from: -10 * 3600, to: -150 } },
        live,
        // They go on arriving when their day is over.
        ofOneSecond('evening', midnightS - 1, midnightS - 1),
        ofOneSecond('morning', midnightS, midnightS),
        {
          name: 'late',
          objects: 8,
          arrival: { kind: 'constant', rawMBPerMin: documentedRawMBPerMin },
          startS: midnightS + 6,
          // Of the day before, when that has been over for a while.
          stampsS: { from: -6 * 3600, to: -300 },
        },
      ],
      { shape: { ...documentedShape, linesPerObject: documentedShape.linesPerObject / 5 } },
    ),
    clocks: { aheadS: [random.below(2 * skewSMax) - skewSMax], moment: { at: `${day}T00:00:00Z`, afterS: midnightS } },
    settings: [
      ...promptSettings,
      {
        key: 'processing.lookback_interval',
        value: `${lookbackIntervalS}s`,
        shipped: '5m',
        why: 'late files are found by the look-back, and the run is short',
      },
    ],
    observe: [daysUsed, sequenceMax, evening, morning, late, listsPerScan],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      expectObserved(daysUsed, 'validity', '==', 2),
      expectObserved(sequenceMax, 'validity', '>=', 10, 'after _9 and, as a string, before _2'),
      expectObserved(evening, 'performance', '<', promptMsMax, 'found by a scan, not by the look-back'),
      expectObserved(morning, 'performance', '<', promptMsMax, 'found by a scan, not by the look-back'),
      expectObserved(late, 'validity', '>', 1000, 'found by the look-back, not by a scan'),
      expectObserved(listsPerScan, 'performance', '<=', listsPerScanMax, 'the folders of two days, and the look-back'),
    ],
  });
};
