import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '#simulator';
import { configurationsOf, type Lever, orderOf } from './sweep-design.ts';

const levers: readonly Lever[] = [
  { key: 'http.workers', values: [10, 20, 40] },
  { key: 'http.compression', values: ['none', 'gzip'] },
];

describe('configurationsOf', () => {
  it('moves one lever at a time from the first values', () => {
    expect(configurationsOf(levers, 'one-at-a-time', 0)).toEqual([
      [10, 'none'],
      [20, 'none'],
      [40, 'none'],
      [10, 'gzip'],
    ]);
  });

  it('combines all values with all in a grid', () => {
    expect(configurationsOf(levers, 'grid', 0)).toHaveLength(6);
  });

  it('takes a sample whose smaller size is a part of the larger one, and that reaches every value', () => {
    const many = configurationsOf(levers, 'sample', 12);
    expect(many.slice(0, 4)).toEqual(configurationsOf(levers, 'sample', 4).slice(0, 4));
    for (const [lever, { values }] of levers.entries()) {
      expect(new Set(many.map((configuration) => configuration[lever]))).toEqual(new Set(values));
    }
  });
});

describe('orderOf', () => {
  it('measures each configuration once a round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }), fc.nat(), (size, rounds, seed) => {
        const random = createRandom(seed);
        const order = orderOf(size, rounds, () => random.next());
        for (let round = 0; round < rounds; round += 1) {
          const one = order.slice(round * size, (round + 1) * size).toSorted((a, b) => a - b);
          expect(one).toEqual(Array.from({ length: size }, (_, index) => index));
        }
      }),
    );
  });
});
