/** Scaling up beyond one instance's workers: what EdgeDelta feels of it, and more instances, with Redis and without. */
import { distantAgents } from '../../catalogue/sharing.ts';
import { arm, setting, smallBacklog } from '../arms.ts';
import { drainRate, duplicateLines, sinkCpu, sinkMemory, streamerCpu } from '../measures.ts';
import type { Arm, Claim, Row } from '../row.ts';

/** 140 MB. */
const objects = 70;
const agentDistanceMs = 200;
const shippedWorkers = 10;
/** About 10 MB/s an instance: several of them fit on two cores. */
const [fewWorkers, moreWorkers] = [2, 8];

function draining(workers: number): Arm {
  return arm({
    name: `drain-${workers}-workers`,
    why: `A backlog of ${objects * 2} MB to agents ${agentDistanceMs} ms away, ${workers} POSTs at a time.`,
    takesS: Math.round(34 / workers),
    load: smallBacklog(objects),
    settings: [setting('http.workers', workers, shippedWorkers, 'the lever, or the symptom')],
    faults: [distantAgents(agentDistanceMs)],
  });
}

function sharing(instances: number): Arm {
  return arm({
    name: `instances-${instances}`,
    why: `A backlog of ${objects * 2} MB drained by ${instances} instance${instances === 1 ? '' : 's'} with Redis, each waiting for its answers.`,
    takesS: Math.round(15 / instances) + 3,
    load: smallBacklog(objects),
    streamers: instances,
    redis: 'standalone',
    settings: [
      setting('http.workers', fewWorkers, shippedWorkers, 'each instance waits for its answers, not for a core'),
    ],
    faults: [distantAgents(agentDistanceMs)],
  });
}

const scaledUp = {
  lever: `http.workers ${fewWorkers} to ${moreWorkers}`,
  before: draining(fewWorkers),
  after: draining(moreWorkers),
  symptom: { op: '>', limit: 0 },
  effect: { kind: 'rises', to: 1.5 },
  provided: [],
  price: null,
} as const satisfies Partial<Claim>;

/** There is no symptom to mend: what is tested is whether the figures that one is told to watch move with what EdgeDelta is given. */
export const watchedAgents: Row = {
  name: 'edgedelta-watched',
  documented: ['upMonitor'],
  rounds: 1,
  claims: [
    { ...scaledUp, when: 'watching the network of EdgeDelta', measure: drainRate },
    { ...scaledUp, when: 'watching the CPU of EdgeDelta', measure: sinkCpu },
    { ...scaledUp, when: 'watching the memory of EdgeDelta', measure: sinkMemory },
  ],
};

export const moreInstances: Row = {
  name: 'more-instances',
  documented: ['upInstances'],
  rounds: 1,
  claims: [
    {
      when: 'an instance that waits for its agents',
      lever: 'instances 1 to 3',
      before: sharing(1),
      after: sharing(3),
      measure: drainRate,
      symptom: { op: '>', limit: 0 },
      effect: { kind: 'rises', to: 1.8 },
      provided: [],
      price: streamerCpu,
    },
  ],
};

const two = sharing(2);
/** Each with a state of its own: whatever comes twice is the finding, and no fault of the run. */
const withoutRedis: Arm = {
  ...two,
  name: 'instances-2-without-redis',
  why: `A backlog of ${objects * 2} MB and 2 instances, each with local state.`,
  redis: null,
  expect: two.expect.filter(({ path }) => path !== 'delivery.duplicateLines'),
};

export const redisRequired: Row = {
  name: 'redis-required',
  documented: ['upRedis'],
  rounds: 1,
  claims: [
    {
      when: 'two instances on the same objects',
      lever: 'state.redis, in place of local state',
      before: withoutRedis,
      after: two,
      measure: duplicateLines,
      symptom: { op: '>=', limit: 5000 },
      effect: { kind: 'falls', to: 0.01 },
      provided: [],
      price: null,
    },
  ],
};
