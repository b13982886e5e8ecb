/** Objects are forwarded unopened, with damage among them, an outage and kills: what is in doubt must be opened, and nothing may get lost. */
import { DAMAGE_KINDS } from '#simulator';
import {
  duplicatesWithinBound,
  killHitSomething,
  nothingLost,
  rssOverLimitMax,
  sinkMayBeBusy,
  slipUnder,
} from '../checks.ts';
import {
  constantPart,
  defineScenario,
  documentedRawMBPerMin,
  loadOf,
  passThroughSettings,
  promptSettings,
} from '../define-scenario.ts';
import { linesInFlightAtKills } from '../observe/kills.ts';
import { accountedBytes, rssOverIdle } from '../observe/memory.ts';
import { expectObserved } from '../observe/observation.ts';
import { passedThrough } from '../observe/passed-through.ts';
import type { ScenarioBuilder, TimedFault } from '../scenario.ts';
import { damageOfEachKind, quarantineChecks, quarantineObservations, recordsRefused } from './damage.ts';

const times = 10;
const loadS = 36;
const everyS = 4;
const live = constantPart('live', times, loadS);
const bursts = loadS / everyS;
/** In the middle of a burst: between two of them there is nothing to hit. */
const killedBursts = [5, 7];
const outage = { beginsS: 17, lastsS: 8 };

/** A line that is too long is delivered as it stands: its length is among the things that nobody looks at. */
const damageKinds = DAMAGE_KINDS.filter((kind) => kind !== 'long-line');
const ofEachKind = 2;
/** Before the kills, so that each is judged by its own. */
const damagedFrom = 6;
const damagedEvery = 3;
const damage = damageOfEachKind(damageKinds, ofEachKind, (at) => damagedFrom + at * damagedEvery);

const memoryLimit = '128MiB';
const memoryLimitMB = 134.217_728;

const faults: readonly TimedFault[] = [
  ...recordsRefused,
  {
    at: { afterS: outage.beginsS },
    action: { kind: 'sink', label: 'all endpoints dead', faults: [{ kind: 'refuse' }], forS: outage.lastsS },
  },
  ...killedBursts.map((burst) => ({
    at: { deliveredShare: (burst + 0.5) / bursts },
    action: { kind: 'kill-streamer' as const, streamer: 0, downS: 0.2 },
  })),
];

export const passThrough: ScenarioBuilder = () =>
  defineScenario({
    name: 'pass-through',
    why: `Gzip objects are forwarded unopened at ${times} times the documented load, with damage among them, a dead sink and two kills.`,
    proves:
      'At least once, always, and one bad object or line never stops the rest: also where nobody looks into the objects.',
    takesS: loadS + 15,
    load: loadOf(
      `${times}x`,
      [
        {
          ...live,
          arrival: { kind: 'bursts', rawMBPerMin: times * documentedRawMBPerMin, everyS },
          damage,
        },
      ],
      { warmupObjects: 4 },
    ),
    settings: [
      ...promptSettings,
      ...passThroughSettings,
      { key: 'memory.limit', value: memoryLimit, shipped: '256MiB', why: 'what is under way must fit into less' },
    ],
    faults,
    observe: [passedThrough, linesInFlightAtKills, ...quarantineObservations, accountedBytes, rssOverIdle],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      killHitSomething,
      expectObserved(passedThrough, 'performance', '>=', live.objects - damage.size, 'all that are sound'),
      ...quarantineChecks,
      expectObserved(accountedBytes, 'integrity', '<=', memoryLimitMB, 'memory.limit'),
      expectObserved(rssOverIdle, 'performance', '<=', rssOverLimitMax * memoryLimitMB, '1.5 times memory.limit'),
      sinkMayBeBusy,
      slipUnder(15, 'no latency or rate is judged'),
    ],
    settleDeadlineS: 180,
  });
