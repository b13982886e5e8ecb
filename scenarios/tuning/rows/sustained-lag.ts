/** Sustained lag: more arrives than is delivered. What helps depends on what holds delivery back, so both are tried on both. */
import { distantAgents } from '../../catalogue/sharing.ts';
import { agentsOfCapacity, arm, setting, smallObjects } from '../arms.ts';
import { lagMedian, unevenness } from '../measures.ts';
import type { Arm, Claim, Row } from '../row.ts';

const durationS = 10;
const offeredMBps = 12;
/** Two of them take 8 MB/s of the 12, four 16. */
const agentMBps = 4;
/** Two POSTs of 1 MiB at a time to agents 250 ms away: about 8 MB/s as well. */
const agentDistanceMs = 250;
const [fewEndpoints, moreEndpoints] = [2, 4];
const shippedWorkers = 10;
const [fewWorkers, moreWorkers] = [2, 8];

interface Delivery {
  readonly agents: number;
  readonly workers: number;
  /** It is expected to keep up, and so to be done when the load is. */
  readonly isRelieved: boolean;
}

/** What holds delivery back. */
const obstacles = {
  limited: { agentsAre: `of ${agentMBps} MB/s each`, fault: agentsOfCapacity(agentMBps) },
  distant: { agentsAre: `${agentDistanceMs} ms away`, fault: distantAgents(agentDistanceMs) },
} as const;

function delivering(obstacle: keyof typeof obstacles, { agents, workers, isRelieved }: Delivery): Arm {
  const { agentsAre, fault } = obstacles[obstacle];
  return arm({
    name: `lag-${obstacle}-${agents}-endpoints-${workers}-workers`,
    why: `${offeredMBps} MB/s to ${agents} agents ${agentsAre}, ${workers} POSTs at a time.`,
    takesS: durationS + (isRelieved ? 1 : 7),
    load: smallObjects(offeredMBps, durationS),
    agents,
    settings: [setting('http.workers', workers, shippedWorkers, 'the lever, or the symptom')],
    faults: [fault],
  });
}

const limitedBefore = delivering('limited', { agents: fewEndpoints, workers: shippedWorkers, isRelieved: false });
const distantBefore = delivering('distant', { agents: fewEndpoints, workers: fewWorkers, isRelieved: false });

const lagFalls = {
  measure: lagMedian,
  symptom: { op: '>=', limit: 1500 },
  effect: { kind: 'falls', to: 0.5 },
  price: null,
} as const satisfies Partial<Claim>;

const evenly: Claim['provided'] = [{ arm: 'after', measure: unevenness, op: '<=', limit: 0.05 }];

const whenLimited = 'agents that take no more';
const whenDistant = 'agents that are far away';
const endpointsAdded = `endpoints ${fewEndpoints} to ${moreEndpoints}`;

export const lagByEndpoints: Row = {
  name: 'lag-endpoints',
  documented: ['lagEndpoints', 'upEndpoints'],
  rounds: 1,
  claims: [
    {
      when: whenLimited,
      lever: endpointsAdded,
      before: limitedBefore,
      after: delivering('limited', { agents: moreEndpoints, workers: shippedWorkers, isRelieved: true }),
      provided: [],
      ...lagFalls,
    },
    {
      when: whenDistant,
      lever: endpointsAdded,
      before: distantBefore,
      after: delivering('distant', { agents: moreEndpoints, workers: fewWorkers, isRelieved: false }),
      provided: [],
      ...lagFalls,
    },
  ],
};

export const lagByWorkers: Row = {
  name: 'lag-workers',
  documented: ['lagWorkers'],
  rounds: 1,
  claims: [
    {
      when: whenLimited,
      lever: `http.workers ${shippedWorkers} to ${2 * shippedWorkers}`,
      before: limitedBefore,
      after: delivering('limited', { agents: fewEndpoints, workers: 2 * shippedWorkers, isRelieved: false }),
      provided: [],
      ...lagFalls,
    },
    {
      when: whenDistant,
      lever: `http.workers ${fewWorkers} to ${moreWorkers}`,
      before: distantBefore,
      after: delivering('distant', { agents: fewEndpoints, workers: moreWorkers, isRelieved: true }),
      provided: [],
      ...lagFalls,
    },
  ],
};

export const lagByBoth: Row = {
  name: 'lag-endpoints-and-workers',
  documented: ['upWorkers', 'lagEven'],
  rounds: 1,
  claims: [
    {
      when: whenLimited,
      lever: `${endpointsAdded}, http.workers ${shippedWorkers} to ${2 * shippedWorkers}`,
      before: limitedBefore,
      after: delivering('limited', { agents: moreEndpoints, workers: 2 * shippedWorkers, isRelieved: true }),
      provided: evenly,
      ...lagFalls,
    },
    {
      when: whenDistant,
      lever: `${endpointsAdded}, http.workers ${fewWorkers} to ${2 * fewWorkers}`,
      before: distantBefore,
      after: delivering('distant', { agents: moreEndpoints, workers: 2 * fewWorkers, isRelieved: true }),
      provided: evenly,
      ...lagFalls,
    },
  ],
};
