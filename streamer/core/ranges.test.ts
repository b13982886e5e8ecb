import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversRange, type Range, rangeBytes, subtractRanges, unionRanges } from './ranges.ts';

const LENGTH = 24;

/** Empty and backward ones too: a union must not care. */
const range = fc.tuple(fc.nat(LENGTH), fc.nat(LENGTH)).map(([start, end]): Range => ({ start, end }));
const ranges = fc.array(range, { maxLength: 8 });

/** The model: the plain set of bytes. */
function bytesOf(set: readonly Range[]): ReadonlySet<number> {
  const bytes = new Set<number>();
  for (const { start, end } of set) for (let at = start; at < end; at += 1) bytes.add(at);
  return bytes;
}

describe('unionRanges', () => {
  it('holds exactly the bytes of both sets', () => {
    fc.assert(
      fc.property(ranges, ranges, (left, right) => {
        expect(bytesOf(unionRanges(left, right))).toEqual(new Set([...bytesOf(left), ...bytesOf(right)]));
      }),
    );
  });

  it('gives sorted ranges that are not empty, do not overlap and do not touch', () => {
    fc.assert(
      fc.property(ranges, ranges, (left, right) => {
        let previousEnd = -1;
        for (const { start, end } of unionRanges(left, right)) {
          expect(start).toBeGreaterThan(previousEnd);
          expect(end).toBeGreaterThan(start);
          previousEnd = end;
        }
      }),
    );
  });

  it('is commutative, associative and idempotent, so that acknowledgements may come in any order, and twice', () => {
    fc.assert(
      fc.property(ranges, ranges, ranges, (a, b, c) => {
        expect(unionRanges(a, b)).toEqual(unionRanges(b, a));
        expect(unionRanges(unionRanges(a, b), c)).toEqual(unionRanges(a, unionRanges(b, c)));
        expect(unionRanges(unionRanges(a, b), b)).toEqual(unionRanges(a, b));
      }),
    );
  });

  it('leaves its arguments as they were', () => {
    const left = [{ start: 5, end: 9 }];
    const right = [{ start: 0, end: 6 }];
    unionRanges(left, right);
    expect({ left, right }).toEqual({ left: [{ start: 5, end: 9 }], right: [{ start: 0, end: 6 }] });
  });
});

describe('subtractRanges', () => {
  it('gives exactly the bytes of the range that the set lacks, in order', () => {
    fc.assert(
      fc.property(range, ranges, (whole, covered) => {
        const set = unionRanges(covered, []);
        const rest = subtractRanges(whole, set);
        const covers = bytesOf(set);
        expect([...bytesOf(rest)]).toEqual([...bytesOf([whole])].filter((at) => !covers.has(at)));
        expect(rest).toEqual(unionRanges(rest, []));
      }),
    );
  });
});

describe('coversRange', () => {
  it('is true when no byte of the range is missing from the set', () => {
    fc.assert(
      fc.property(range, ranges, (whole, covered) => {
        const set = unionRanges(covered, []);
        const covers = bytesOf(set);
        expect(coversRange(set, whole)).toBe([...bytesOf([whole])].every((at) => covers.has(at)));
      }),
    );
  });

  it('holds for an empty range, whatever the set', () => {
    expect(coversRange([], { start: 0, end: 0 })).toBe(true);
  });
});

describe('rangeBytes', () => {
  it('counts the bytes of the set', () => {
    fc.assert(
      fc.property(ranges, (some) => {
        const set = unionRanges(some, []);
        expect(rangeBytes(set)).toBe(bytesOf(set).size);
      }),
    );
  });
});
