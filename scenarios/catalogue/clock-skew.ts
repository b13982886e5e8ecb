/** Nobody's clock is right: the streamer's is minutes away from S3's and the generator's, and is set again and again. */
import { duplicatesWithinBound, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { objectsReadAgain } from '../observe/clocks.ts';
import { expectObserved } from '../observe/observation.ts';
import type { ScenarioBuilder, TimedFault } from '../scenario.ts';

const loadS = 70;
const everyS = 15;

/** Each fault is over when the clock is set back: what waits for another try must not wait for that time as well. */
const troubleS = 3;
const s3Trouble: TimedFault = {
  at: { afterS: everyS - troubleS },
  action: {
    kind: 's3',
    label: 'every GET fails',
    faults: [{ kind: 'internal-error', operation: 'get' }],
    forS: troubleS + 1.5,
  },
};
const agentTrouble: TimedFault = {
  at: { afterS: 3 * everyS - troubleS },
  action: { kind: 'sink', label: 'the agent is dead', faults: [{ kind: 'refuse' }], forS: troubleS + 1.5 },
};
/** The troubles, and the longest back-off after them; less than the time for which the clock is behind. */
const lagMsMax = 10_000;

export const clockSkew: ScenarioBuilder = ({ random }) => {
  // Each further than the run is long, so that a moment of the log is told from all others; and once so far that S3 refuses what is signed by it.
  const minutes = (least: number): number => 60 * least + random.below(60);
  const aheadS = [minutes(-4), minutes(4), minutes(-20), 0];
  return defineScenario({
    name: 'clock-skew',
    why: 'The clock of the streamer is minutes ahead, then behind, then ahead, then right, with trouble at each step back: nothing lost, read twice, or late.',
    proves: 'At least once, always; few duplicates; and a lag under the SLO, whatever the clocks say.',
    takesS: loadS + 10,
    load: loadOf('1x', [constantPart('live', 1, loadS)], { warmupObjects: 4 }),
    // One alone: nobody takes its share while it is left alone.
    agents: 1,
    clocks: { aheadS: [minutes(7)], moment: null },
    settings: [
      ...promptSettings,
      {
        key: 'processing.lookback_interval',
        value: '5s',
        shipped: '5m',
        why: 'the look-back, too, meets each of the clocks',
      },
    ],
    countsS3Requests: true,
    faults: [
      s3Trouble,
      agentTrouble,
      ...aheadS.map((ahead, at): TimedFault => ({
        at: { afterS: (at + 1) * everyS },
        action: { kind: 'set-clock', streamer: 0, aheadS: ahead },
      })),
    ],
    observe: [objectsReadAgain],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      { ...lagSlo, name: 'lag, worst file', limit: lagMsMax, note: 'no step of the clock is waited for' },
      expectObserved(objectsReadAgain, 'integrity', '==', 0),
    ],
  });
};
