/**
 * A set of line numbers of one object, kept as sorted ranges: batches are contiguous, so a million objects in progress fit.
 * Not shared with the streamer's range algebra on purpose: the judge must not inherit a fault of the judged.
 * Invariant: the ranges are sorted, not empty, and neither overlap nor touch.
 */

/** Lines first..end-1. */
export interface LineRange {
  readonly first: number;
  readonly end: number;
}

const nothing: readonly LineRange[] = [];

export class LineSet {
  readonly #ranges: LineRange[] = [];

  /** Adds lines first..end-1 and returns those that were in the set already. */
  add(first: number, end: number): readonly LineRange[] {
    if (end <= first) return nothing;
    const ranges = this.#ranges;
    const from = this.#positionReaching(first);
    let mergedFirst = first;
    let mergedEnd = end;
    let to = from;
    for (let next = ranges[to]; next !== undefined && next.first <= end; next = ranges[to]) {
      mergedFirst = Math.min(mergedFirst, next.first);
      mergedEnd = Math.max(mergedEnd, next.end);
      to += 1;
    }
    const merged = ranges.splice(from, to - from, { first: mergedFirst, end: mergedEnd });
    return merged.length === 0 ? nothing : clip(merged, first, end);
  }

  /** What of lines first..end-1 is in the set, in order. */
  within(first: number, end: number): readonly LineRange[] {
    const from = this.#positionReaching(first);
    let to = from;
    while ((this.#ranges[to]?.first ?? end) < end) to += 1;
    return clip(this.#ranges.slice(from, to), first, end);
  }

  /** What of lines first..end-1 is not in the set, in order. */
  gaps(first: number, end: number): readonly LineRange[] {
    const gaps: LineRange[] = [];
    let next = first;
    for (const range of this.within(first, end)) {
      if (range.first > next) gaps.push({ first: next, end: range.first });
      next = range.end;
    }
    if (next < end) gaps.push({ first: next, end });
    return gaps;
  }

  /** Position of the first range that ends at or after this line. */
  #positionReaching(line: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.end ?? line) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function countLines(ranges: readonly LineRange[]): number {
  return ranges.reduce((sum, range) => sum + range.end - range.first, 0);
}

/** The parts of the ranges that lie in first..end-1. */
function clip(ranges: readonly LineRange[], first: number, end: number): readonly LineRange[] {
  return ranges
    .map((range) => ({ first: Math.max(first, range.first), end: Math.min(end, range.end) }))
    .filter((range) => range.end > range.first);
}
