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
  name: 'batches sent again before the Retry-After of that agent was over',
  unit: 'batches',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, ({ tooSoon }) => tooSoon),
};

/** To all agents, from the start of the run. */
export const connectionsOpened: Observation = {
  id: 'connectionsOpened',
  name: 'connections opened to the agents',
  unit: 'connections',
  measure: ({ agentsAfter }) => sumOf(agentsAfter, (agent) => agent.connectionsOpened),
};

/** Requests that S3 refused for being too many, as the streamer counts them. */
export const s3Throttled: Observation = {
  id: 's3Throttled',
  name: 'requests that S3 throttled',
  unit: 'requests',
  measure: ({ totals }) => totals.s3Throttled,
};

export function answersWith(status: number): Observation {
  return {
    id: `answers${status}`,
    name: `answers ${status}`,
    unit: '',
    measure: ({ agentsAfter }) => sumOf(agentsAfter, ({ answers }) => answers[status] ?? 0),
  };
}
