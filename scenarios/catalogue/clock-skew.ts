/** Nobody's clock is right: the streamer's is minutes away from S3's and the generator's, and is set again and again. */
import { duplicatesWithinBound, generatorKeptSchedule, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { objectsReadTwice } from '../observe/instances.ts';
import { expectObserved } from '../observe/observation.ts';
import type { ScenarioBuilder } from '../scenario.ts';
import { readingsTold } from './sharing.ts';

const loadS = 50;
const everyS = 10;

export const clockSkew: ScenarioBuilder = ({ random }) => {
  // Each further than the run is long, so that a moment of the log is told from all others; and once so far that S3 refuses what is signed by it.
  const minutes = (least: number): number => 60 * least + random.below(60);
  const aheadS = [minutes(-4), minutes(4), minutes(-20), 0];
  return defineScenario({
    name: 'clock-skew',
    why: 'The clock of the streamer is minutes ahead, then behind, then ahead, then right: nothing lost, read twice, or late.',
    proves: 'At least once, always; few duplicates; and a lag under the SLO, whatever the clocks say.',
    takesS: loadS + 10,
    load: loadOf('1x', [constantPart('live', 1, loadS)], { warmupObjects: 4 }),
    clocks: { aheadS: [minutes(7)], moment: null },
    settings: [
      ...promptSettings,
      readingsTold,
      {
        key: 'processing.lookback_interval',
        value: '5s',
        shipped: '5m',
        why: 'the look-back, too, meets each of the clocks',
      },
    ],
    faults: aheadS.map((ahead, at) => ({
      at: { afterS: (at + 1) * everyS },
      action: { kind: 'set-clock', streamer: 0, aheadS: ahead },
    })),
    observe: [objectsReadTwice],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      expectObserved(objectsReadTwice, 'integrity', '==', 0),
      generatorKeptSchedule,
    ],
  });
};
