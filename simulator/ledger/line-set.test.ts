import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLines, LineSet } from './line-set.ts';

const linesMax = 60;
const range = fc
  .tuple(fc.nat(linesMax), fc.nat(linesMax))
  .map(([a, b]) => ({ first: Math.min(a, b), end: Math.max(a, b) }));

function numbersOf(ranges: readonly { first: number; end: number }[]): readonly number[] {
  return ranges.flatMap(({ first, end }) => Array.from({ length: end - first }, (_value, offset) => first + offset));
}

describe('LineSet', () => {
  it('agrees with a set of numbers, whatever is added in whatever order', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 40 }), range, (added, window) => {
        const set = new LineSet();
        const model = new Set<number>();
        for (const { first, end } of added) {
          const again = numbersOf([{ first, end }]).filter((line) => model.has(line));
          expect(numbersOf(set.add(first, end))).toEqual(again);
          for (const line of numbersOf([{ first, end }])) model.add(line);
        }
        const inWindow = numbersOf([window]);
        expect(numbersOf(set.within(window.first, window.end))).toEqual(inWindow.filter((line) => model.has(line)));
        expect(numbersOf(set.gaps(window.first, window.end))).toEqual(inWindow.filter((line) => !model.has(line)));
      }),
    );
  });

  it('keeps touching ranges as one', () => {
    const set = new LineSet();
    set.add(5, 10);
    set.add(0, 5);
    set.add(10, 12);
    expect(set.within(0, 20)).toEqual([{ first: 0, end: 12 }]);
  });

  it('counts lines, not ranges', () => {
    expect(
      countLines([
        { first: 0, end: 3 },
        { first: 7, end: 8 },
      ]),
    ).toBe(4);
  });
});
