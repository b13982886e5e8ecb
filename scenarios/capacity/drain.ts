/** What a run tells of a backlog that drained beside live traffic. The instances were up before the first live object was due, so some of it was gone by then. */
import type { Result } from '#reports';

export interface Drain {
  /** Uploaded before. */
  readonly backlogObjects: number;
  /** Left of it when the first live object was due: from then on is counted. */
  readonly leftObjects: number;
  /** Fewer of them waited at the end, by so many. */
  readonly drainedObjects: number;
  readonly liveObjectsPerS: number;
  readonly liveS: number;
  /** The end of the first second in which no more waits than live traffic has in hand anyway; null when that never came. */
  readonly drainedS: number | null;
}

/** As many live objects as come in so many seconds are in hand at any moment. */
const inHandS = 2;
const inHandObjectsMin = 2;

export function drainOf({ load, timeline }: Result): Drain {
  // To the first second counts all that had been due before.
  const [first, ...rest] = timeline;
  const live = rest.filter(({ offeredRawBytes }) => offeredRawBytes > 0);
  const liveBytes = live.reduce((sum, { offeredRawBytes }) => sum + offeredRawBytes, 0);
  const liveObjectsPerS = liveBytes / (load.rawBytes / load.files) / Math.max(1, live.length);
  const liveS = live.length + 1;
  const drained = timeline.find(
    ({ backlogFiles }) => backlogFiles !== null && backlogFiles <= inHandMax(liveObjectsPerS),
  );
  const leftObjects = Math.max(0, Math.round((first?.backlogFiles ?? 0) + (first?.files ?? 0) - liveObjectsPerS));
  return {
    backlogObjects: Math.round(load.files - liveObjectsPerS * liveS),
    leftObjects,
    drainedObjects: Math.max(0, leftObjects - inHandMax(liveObjectsPerS)),
    liveObjectsPerS,
    liveS,
    drainedS: drained === undefined ? null : drained.tS + 1,
  };
}

export function inHandMax(liveObjectsPerS: number): number {
  return Math.max(inHandObjectsMin, inHandS * liveObjectsPerS);
}
