/** Which part of an object a request leaves out, as a set of settled ranges. */
import { type Range, subtractRanges, unionRanges } from './ranges.ts';

/** Further than any object reaches: the state does not know how long an object is. */
const WHOLE_OBJECT: Range = { start: 0, end: Number.MAX_SAFE_INTEGER };

/** What is in both sets. Both must be unions' results. */
export function intersectRanges(left: readonly Range[], right: readonly Range[]): readonly Range[] {
  return left.flatMap((range) => subtractRanges(range, subtractRanges(range, right)));
}

/** What was quarantined of an object: some lines, or (range null) all of it but what was settled before. */
export interface QuarantinedPart {
  readonly range: Range | null;
  readonly settled?: readonly Range[];
}

/** What must not be delivered when exactly these parts are to be delivered after all. */
export function settledExcept(parts: readonly QuarantinedPart[]): readonly Range[] {
  let settled: readonly Range[] = [WHOLE_OBJECT];
  for (const part of parts) {
    const others =
      part.range === null ? unionRanges(part.settled ?? [], []) : subtractRanges(WHOLE_OBJECT, [part.range]);
    settled = intersectRanges(settled, others);
  }
  return settled;
}
