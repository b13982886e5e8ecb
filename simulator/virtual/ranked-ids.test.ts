import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RankedIds } from './ranked-ids.ts';

// Few of them, so that they meet.
const digit = () => fc.integer({ min: 0, max: 9 });

const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), id: digit().map(String), rank: digit() }),
  fc.record({ kind: fc.constant('delete' as const), id: digit().map(String) }),
);

describe('names by rank', () => {
  it('are given in the order of their ranks, and of one rank as they came', () => {
    const ids = new RankedIds();
    for (const [id, rank] of [
      ['b', 2],
      ['a', 2],
      ['c', 1],
      ['d', 3],
    ] as const)
      ids.set(id, rank);
    expect(ids.between(-Infinity, 2, 10)).toEqual(['c', 'b', 'a']);
    expect(ids.between(1, 3, 2)).toEqual(['b', 'a']);
  });

  it('are what a map that is sorted each time would give', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), digit(), digit(), digit(), (steps, above, upTo, idsMax) => {
        const ids = new RankedIds();
        const expected = new Map<string, number>();
        for (const one of steps) {
          // Of one rank the last that came goes last, also when it was there before.
          expected.delete(one.id);
          if (one.kind === 'set') {
            expected.set(one.id, one.rank);
            ids.set(one.id, one.rank);
          } else ids.delete(one.id);
        }
        const sorted = [...expected]
          .filter(([, rank]) => rank > above && rank <= upTo)
          .toSorted(([, left], [, right]) => left - right)
          .map(([id]) => id);
        expect(ids.between(above, upTo, idsMax)).toEqual(sorted.slice(0, idsMax));
        expect(ids.size).toBe(expected.size);
      }),
    );
  });
});
