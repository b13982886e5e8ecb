/** Objects that were forwarded unopened: nobody counted their lines. */
import { completedObjects } from '../run/streamers.ts';
import type { Observation } from './observation.ts';

export const passedThrough: Observation = {
  id: 'passedThrough',
  name: 'objects forwarded unopened',
  unit: 'objects',
  measure: ({ execution: { streamers } }) =>
    [...completedObjects(streamers).values()].filter(({ lines }) => lines === null).length,
};
