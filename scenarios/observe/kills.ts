/** What kills hit. The bound of duplicates tells it too, but that holds what other faults of the run left in doubt as well. */
import type { FaultRecord } from '../run/fault-record.ts';
import { sumOf } from '../run/sum.ts';
import type { Observation } from './observation.ts';

export const linesInFlightAtKills: Observation = {
  id: 'linesInFlightAtKills',
  name: 'lines in flight when the streamer was killed',
  unit: 'lines',
  measure: ({ execution: { faults } }) => linesHitBy(faults),
};

/** Over all faults that made a streamer fall silent: what had reached the sink and was in no durable state. */
export function linesHitBy(faults: readonly Pick<FaultRecord, 'victim' | 'duplicateBound'>[]): number {
  return sumOf(
    faults.filter(({ victim }) => victim !== null),
    ({ duplicateBound }) => duplicateBound,
  );
}
