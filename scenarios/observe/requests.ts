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

export function answersWith(status: number): Observation {
  return {
    id: `answers${status}`,
    name: `answers ${status}`,
    unit: '',
    measure: ({ agentsAfter }) => sumOf(agentsAfter, ({ answers }) => answers[status] ?? 0),
  };
}
