/** A long way, a narrow one, and one on which connections do not last: nothing is refused, everything takes longer. */
import { duplicatesWithinBound, lagShowsSlip, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { lagInCalm } from '../observe/recovery.ts';
import type { NetworkAction, ScenarioBuilder } from '../scenario.ts';

const forS = 12;
const calmS = 8;
const recoveryS = 5;

const troubles: readonly Pick<NetworkAction, 'label' | 'between' | 'faults'>[] = [
  {
    label: 'agents 100 ms away, with half of that as jitter',
    between: 'streamer-sink',
    faults: [{ kind: 'latency', ms: 50, jitterMs: 25 }],
  },
  // A body of 1 MB takes two seconds, and one that is cut has to be sent again.
  {
    label: 'half of the connections to the agents cut in mid-body, all of them narrow',
    between: 'streamer-sink',
    faults: [
      { kind: 'bandwidth', direction: 'upstream', bytesPerS: 4_000_000 },
      { kind: 'reset', direction: 'upstream', rate: 0.5, afterBytes: 3_500_000 },
    ],
  },
  {
    label: 'S3 far, narrow and unreliable',
    between: 'streamer-s3',
    faults: [
      { kind: 'latency', ms: 30, jitterMs: 10 },
      { kind: 'bandwidth', direction: 'downstream', bytesPerS: 1_000_000 },
      { kind: 'reset', direction: 'downstream', rate: 0.5, afterBytes: 900_000 },
    ],
  },
  {
    label: 'answers of the agents lost: connections reset as they come',
    between: 'streamer-sink',
    faults: [{ kind: 'reset', direction: 'downstream', rate: 0.3, afterBytes: 1 }],
  },
];

const lagAfterwards = lagInCalm(recoveryS);

export const slowNetwork: ScenarioBuilder = () => {
  const loadS = calmS + troubles.length * (forS + calmS);
  return defineScenario({
    name: 'slow-network',
    why: 'The network is slow, then narrow, then cuts connections in mid-body, and at last before the answer comes.',
    proves: 'At least once, always; few duplicates: one batch for each answer that was lost, and no more.',
    takesS: loadS + 10,
    load: loadOf('3x', [constantPart('live', 3, loadS)], { warmupObjects: 4 }),
    faults: troubles.map((trouble, index) => ({
      at: { afterS: calmS + index * (forS + calmS) },
      action: { kind: 'network', ...trouble, forS },
    })),
    observe: [lagAfterwards],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      expectObserved(lagAfterwards, 'performance', '<', 10_000, 'of which the generator may have been late by half'),
      lagShowsSlip,
    ],
  });
};
