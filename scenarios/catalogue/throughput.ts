/** The documented throughput, held. */
import { duplicatesWithinBound, nothingLost, sinkHasHeadroom } from '../checks.ts';
import { constantPart, defineScenario, documentedRawMBPerMin, loadOf } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const times = 10;
const loadS = 40;
/** The schedule's own rounding, and the last objects on their way. */
const heldShareMin = 0.95;

export const throughput: ScenarioBuilder = ({ durationS }) => {
  const forS = durationS ?? loadS;
  return defineScenario({
    name: 'throughput',
    why: `Ten times the documented throughput is offered, and held: ${times * documentedRawMBPerMin} MB/min of raw data.`,
    proves: '228 MB/min sustained throughput (≈13.7 GB/hour).',
    takesS: forS + 10,
    load: loadOf(`${times}x`, [constantPart('live', times, forS)], { warmupObjects: 4 }),
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      {
        name: 'throughput, ten times the documented',
        kind: 'performance',
        path: 'throughput.rawMBPerMin',
        op: '>=',
        limit: heldShareMin * times * documentedRawMBPerMin,
        unit: 'MB/min',
      },
      sinkHasHeadroom,
    ],
  });
};
