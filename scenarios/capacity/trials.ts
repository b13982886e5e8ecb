/** Measured points as the search sees them. */
import type { CapacityPoint } from '#reports';
import type { Trial } from './search.ts';

export function trialsOf(points: readonly CapacityPoint[]): readonly Trial[] {
  return points.flatMap(({ load, outcome: { kind } }) =>
    load.offeredRawMBps === null || kind === 'drained' ? [] : [{ rawMBps: load.offeredRawMBps, kind }],
  );
}
