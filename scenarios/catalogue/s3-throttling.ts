/** S3 answers a fifth of all requests with SlowDown. */
import { duplicatesWithinBound, lagShowsSlip, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { s3Throttled } from '../observe/requests.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const loadS = 25;
const throttledShare = 0.2;

export const s3Throttling: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS ?? loadS;
  return defineScenario({
    name: 's3-throttling',
    why: 'S3 answers a fifth of all requests with SlowDown: everything is delivered, under the SLO.',
    proves: 'S3 throttling: back-off; nothing is lost by it.',
    takesS: forS + 15,
    load: loadOf('3x', [constantPart('live', 3, forS)], { warmupObjects: 4 }),
    faults: [
      {
        at: { afterS: 2 },
        action: {
          kind: 's3',
          label: 'SlowDown on a fifth of all requests',
          faults: [{ kind: 'slow-down', rate: throttledShare }],
          forS: forS - 2,
        },
      },
    ],
    observe: [s3Throttled],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      lagSlo,
      lagShowsSlip,
      expectObserved(s3Throttled, 'validity', '>', 0),
    ],
  });
};
