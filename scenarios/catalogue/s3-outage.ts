/** S3 is away: errors of its own, connections that are cut, bodies that end in their middle. */
import { duplicatesWithinBound, lagShowsSlip, lagSlo, nothingLost } from '../checks.ts';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const outageS = 6;
const calmS = 4;

const troubles = [
  ['a third of the bodies cut in their middle', { kind: 'cut-body', operation: 'get', rate: 0.33 }],
  // Objects are still found, and each fails again and again.
  ['InternalError to every GET', { kind: 'internal-error', operation: 'get' }],
  ['InternalError to every request', { kind: 'internal-error' }],
  ['every connection cut', { kind: 'reset' }],
] as const;

export const s3Outage: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS === null ? outageS : durationS / troubles.length;
  const loadS = troubles.length * (forS + calmS);
  return defineScenario({
    name: 's3-outage',
    why: 'S3 cuts bodies, then answers GETs, then every request with an error, then cuts every connection: all is made up for.',
    proves: 'At least once, always: no S3 error loses a line.',
    takesS: loadS + 20,
    load: loadOf('3x', [constantPart('live', 3, loadS)], { warmupObjects: 4 }),
    faults: troubles.map(([label, fault], index) => ({
      at: { afterS: calmS + index * (forS + calmS) },
      action: { kind: 's3', label, faults: [fault], forS },
    })),
    expect: [...nothingLost, duplicatesWithinBound, lagSlo, lagShowsSlip],
  });
};
