/**
 * Sets of byte ranges: what of an object is settled.
 * Invariant: a set is sorted, its ranges are not empty, do not overlap and do not touch. Union is commutative and idempotent, so
 * acknowledged ranges may arrive in any order, twice, and from anyone.
 */

/** [start, end) in bytes of the uncompressed object. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The union of two sets (or of a set and one range). Neither argument need be sorted. */
export function unionRanges(left: readonly Range[], right: readonly Range[]): readonly Range[] {
  const sorted = [...left, ...right].filter((range) => range.end > range.start).toSorted((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ start: range.start, end: range.end });
  }
  return merged;
}

/** What of `range` the set does not cover, in order. `set` must be a union's result. */
export function subtractRanges(range: Range, set: readonly Range[]): readonly Range[] {
  const rest: Range[] = [];
  let start = range.start;
  for (const covered of set) {
    if (covered.end <= start) continue;
    if (covered.start >= range.end) break;
    if (covered.start > start) rest.push({ start, end: covered.start });
    start = covered.end;
  }
  if (start < range.end) rest.push({ start, end: range.end });
  return rest;
}

/** Whether the set covers the whole range. An empty range is always covered. */
export function coversRange(set: readonly Range[], range: Range): boolean {
  return subtractRanges(range, set).length === 0;
}

/** Bytes in the set. `set` must be a union's result. */
export function rangeBytes(set: readonly Range[]): number {
  return set.reduce((sum, range) => sum + range.end - range.start, 0);
}
