/** One of two endpoints dies in the middle of the work, and comes back. */
import { duplicatesWithinBound, nothingLost, slipUnder } from '../checks.ts';
import { backlogPart, constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import { expectObserved } from '../observe/observation.ts';
import { rateUnderFault, unevennessAfterFault } from '../observe/sink-rate.ts';
import type { ScenarioBuilder } from '../scenario.ts';

const beginsS = 7;
const lastsS = 11;
const afterS = 17;
const fullSpeedObjects = 900;

const throughput = rateUnderFault(0, { from: 3, to: 10 }, 5);
const unevenness = unevennessAfterFault(0, { from: 10, to: 16 });

export const endpointOutage: ScenarioBuilder = ({ isFull }) =>
  defineScenario({
    name: 'endpoint-outage',
    why: 'One of two endpoints refuses all connections for a while: the other takes its share, and gives it back.',
    proves: 'Ensure load balancer distributes evenly; zero steady-state data loss.',
    takesS: 40,
    load: isFull
      ? loadOf('max', [backlogPart('backlog', fullSpeedObjects)])
      : loadOf('10x', [constantPart('live', 10, beginsS + lastsS + afterS)], { warmupObjects: 4 }),
    agents: 2,
    faults: [
      {
        at: { afterS: beginsS },
        action: {
          kind: 'sink',
          label: 'endpoint 1 of 2 dead',
          faults: [{ kind: 'refuse', agent: 0 }],
          forS: lastsS,
        },
      },
    ],
    observe: [throughput, unevenness],
    expect: [
      ...nothingLost,
      duplicatesWithinBound,
      expectObserved(throughput, 'performance', '>=', 0.6, 'within 10 s of its death the other has taken its share'),
      expectObserved(
        unevenness,
        'performance',
        '<=',
        0.05,
        'within 10 s of its return it has its share again: shares differ by no more than this',
      ),
      ...(isFull ? [] : [slipUnder(2, 'less than the margin of a rate over seven seconds')]),
    ],
  });
