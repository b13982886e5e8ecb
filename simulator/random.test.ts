import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type SeededRandom } from './random.ts';

const draws = (random: SeededRandom, count: number): number[] => Array.from({ length: count }, () => random.uint32());

describe('createRandom', () => {
  it('repeats itself for a seed and differs for another', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (left, right) => {
        expect(draws(createRandom(left), 8)).toEqual(draws(createRandom(left), 8));
        fc.pre(left !== right);
        expect(draws(createRandom(left), 8)).not.toEqual(draws(createRandom(right), 8));
      }),
    );
  });

  it('gives a fork the same stream however much its parent was used', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), fc.nat({ max: 50 }), (seed, name, used) => {
        const parent = createRandom(seed);
        draws(parent, used);
        parent.fork('sibling');
        expect(draws(parent.fork(name), 8)).toEqual(draws(createRandom(seed).fork(name), 8));
      }),
    );
  });

  it('keeps forks of different names and paths apart', () => {
    const root = createRandom(1);
    const streams = [
      root,
      root.fork(''),
      root.fork('ab').fork('c'),
      root.fork('a').fork('bc'),
      root.fork('abc'),
      root.fork(1),
      root.fork('1'),
      ...Array.from({ length: 500 }, (_, index) => root.fork('object').fork(index)),
    ];
    expect(new Set(streams.map((stream) => draws(stream, 4).join())).size).toBe(streams.length);
  });

  it('stays in its bounds', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 1_000_000 }), (seed, limit) => {
        const random = createRandom(seed);
        for (let round = 0; round < 50; round += 1) {
          const value = random.below(limit);
          expect(Number.isInteger(value) && value >= 0 && value < limit).toBe(true);
        }
      }),
    );
    expect(() => createRandom(1).pick([])).toThrow('no values');
  });

  it('is even enough: every one of 16 bins gets its share, also over neighbouring forks', () => {
    const root = createRandom(7);
    const direct = Array.from({ length: 16 }, () => 0);
    const forked = Array.from({ length: 16 }, () => 0);
    for (let round = 0; round < 16_000; round += 1) {
      const first = root.below(16);
      direct[first] = (direct[first] ?? 0) + 1;
      const second = root.fork(round).below(16);
      forked[second] = (forked[second] ?? 0) + 1;
    }
    for (const bins of [direct, forked]) {
      // 1,000 expected, standard deviation 31: five of them is one chance in a million.
      for (const bin of bins) expect(Math.abs(bin - 1_000)).toBeLessThan(155);
    }
  });

  it('never changes its streams: prepared loads and stored seeds depend on them', () => {
    expect(draws(createRandom(42).fork('object').fork(3), 3)).toMatchInlineSnapshot(`
      [
        1939704304,
        2813373490,
        3654372723,
      ]
    `);
  });
});
