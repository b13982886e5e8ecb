import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversRange, type Range, unionRanges } from './ranges.ts';
import { intersectRanges, settledExcept } from './wanted-ranges.ts';

const LENGTH = 60;

const range = fc
  .tuple(fc.nat(LENGTH), fc.nat(LENGTH))
  .map(([a, b]): Range => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }));
const set = fc.array(range, { maxLength: 6 }).map((ranges) => unionRanges(ranges, []));

/** Byte by byte: whether the set holds it. */
function bytes(ranges: readonly Range[]): readonly boolean[] {
  return Array.from({ length: LENGTH + 2 }, (_, at) => coversRange(ranges, { start: at, end: at + 1 }));
}

describe('intersectRanges', () => {
  it('holds a byte exactly if both sets hold it', () => {
    fc.assert(
      fc.property(set, set, (left, right) => {
        const [a, b] = [bytes(left), bytes(right)];
        expect(bytes(intersectRanges(left, right))).toEqual(a.map((isIn, at) => isIn && b[at] === true));
      }),
    );
  });

  it('gives a set in its normal form, as the state and the cutter want it', () => {
    fc.assert(
      fc.property(set, set, (left, right) => {
        const both = intersectRanges(left, right);
        expect(both).toEqual(unionRanges(both, []));
      }),
    );
  });
});

describe('settledExcept', () => {
  it('leaves open exactly the lines that were quarantined', () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), (ranges) => {
        const wanted = bytes(unionRanges(ranges, []));
        expect(bytes(settledExcept(ranges.map((one) => ({ range: one }))))).toEqual(
          wanted.map((isWanted) => !isWanted),
        );
      }),
    );
  });

  it('of a quarantined rest leaves open all that was not settled before, and the lines that are asked for as well', () => {
    const settled = [{ start: 0, end: 20 }];
    expect(settledExcept([{ range: null, settled }])).toEqual(settled);
    expect(settledExcept([{ range: null, settled }, { range: { start: 5, end: 8 } }])).toEqual([
      { start: 0, end: 5 },
      { start: 8, end: 20 },
    ]);
  });

  it('leaves open the whole object when its rest was quarantined before anything was settled', () => {
    expect(settledExcept([{ range: null }])).toEqual([]);
    expect(settledExcept([{ range: null, settled: [] }])).toEqual([]);
  });
});
