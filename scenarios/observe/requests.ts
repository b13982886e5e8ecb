/** What the agents saw of the streamer's requests. */
import { sumOf } from '../run/sum.ts';
import type { Observation } from './observation.ts';

/** Batches that were stored without a 2xx to say so: the sender cannot know. */
export const ambiguousBatches: Observation = {
  id: 'ambiguousBatches',
  name: 'batches stored without an acknowledgement',
  unit: 'batches',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, ({ unacknowledgedPosts }) => unacknowledgedPosts),
};

/** By the names that the streamer gives to its batches. */
export const returnedTooSoon: Observation = {
  id: 'returnedTooSoon',
  name: 'of them, sent to the same agent again before that time was over',
  unit: 'batches',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, ({ tooSoon }) => tooSoon),
};

/** Of batches without a name nobody can tell whether they came too soon. */
export const askedToWait: Observation = {
  id: 'askedToWait',
  name: 'batches answered with Retry-After, known by their Idempotency-Key',
  unit: 'batches',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, (agent) => agent.askedToWait),
};

/** To all agents, from the start of the run. */
export const connectionsOpened: Observation = {
  id: 'connectionsOpened',
  name: 'connections opened to the agents',
  unit: 'connections',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, (agent) => agent.connectionsOpened),
};

/** By their path, method, credentials or encoding; what a fault refuses is not among them. */
export const notAdmitted: Observation = {
  id: 'notAdmitted',
  name: 'requests that the agents turned away',
  unit: 'requests',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, (agent) => agent.notAdmitted),
};

/** Of the requests that the agents let in. */
export const gzipBodies: Observation = {
  id: 'gzipBodies',
  name: 'bodies that came compressed',
  unit: 'bodies',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, ({ gzipPosts }) => gzipPosts),
};

export const plainBodies: Observation = {
  id: 'plainBodies',
  name: 'bodies that came uncompressed',
  unit: 'bodies',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, (agent) => agent.posts - agent.notAdmitted - agent.gzipPosts),
};

/** Requests that S3 refused for being too many, as the streamer counts them. */
export const s3Throttled: Observation = {
  id: 's3Throttled',
  name: 'requests that S3 throttled',
  unit: 'requests',
  measure: ({ totals }) => totals?.s3Throttled ?? null,
};

/** As those count who refuse them: the proxy in front of S3. */
export const s3Refused: Observation = {
  id: 's3Refused',
  name: 'requests that S3 refused',
  unit: 'requests',
  measure: async ({ stage: { s3Proxy } }) => (s3Proxy === null ? null : (await s3Proxy.stats()).strikes),
};

/** As the proxy in front of S3 counts them. */
export const s3Lists: Observation = {
  id: 's3Lists',
  name: 'LISTs that came to S3',
  unit: 'requests',
  measure: async ({ stage: { s3Proxy } }) => (s3Proxy === null ? null : (await s3Proxy.stats()).lists),
};

/** Of the requests that S3 refused, those that the streamer tells of. */
export const s3RefusedTold: Observation = {
  id: 's3RefusedTold',
  name: 'refused requests that the streamer counts as throttled',
  unit: 'share',
  measure: async ({ stage: { s3Proxy }, totals }) => {
    const refused = s3Proxy === null ? 0 : (await s3Proxy.stats()).strikes;
    return refused === 0 || totals === null ? null : totals.s3Throttled / refused;
  },
};

export function answersWith(status: number): Observation {
  return {
    id: `answers${status}`,
    name: `POSTs answered ${status}`,
    unit: 'times',
    measure: ({ agentsAfter }) => sumOf(agentsAfter, ({ answers }) => answers[status] ?? 0),
  };
}
