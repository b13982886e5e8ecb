import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNatural } from './natural-order.ts';

/** Few characters, so that prefixes, equal numbers with other zeros, and runs of both kinds are frequent. */
const name = fc.string({ unit: fc.constantFrom('0', '1', '2', '9', 'a', '_', '/', 'é'), maxLength: 8 });

describe('compareNatural', () => {
  it('is a total order: antisymmetric, transitive, and zero for equal names only', () => {
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
        const [low, middle, high] = [a, b, c].toSorted(compareNatural) as [string, string, string];
        expect(compareNatural(low, middle)).toBeLessThanOrEqual(0);
        expect(compareNatural(middle, high)).toBeLessThanOrEqual(0);
        expect(compareNatural(low, high)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('orders names that differ in one number as the numbers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.bigInt({ min: 0n, max: 10n ** 30n }), (left, right) => {
        const order = Math.sign(compareNatural(`17_${left}.gz`, `17_${right}.gz`));
        expect(order).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });

  it('puts _1 before _2 before _10', () => {
    const names = ['1760305292_56442_130_10.gz', '1760305292_56442_130_2.gz', '1760305292_56442_130_1.gz'];
    expect(names.toSorted(compareNatural)).toEqual([
      '1760305292_56442_130_1.gz',
      '1760305292_56442_130_2.gz',
      '1760305292_56442_130_10.gz',
    ]);
  });

  it('puts day 9 before day 10 and month 9 before month 10, padded or not', () => {
    const folders = ['year=2025/month=10/day=1/', 'year=2025/month=9/day=10/', 'year=2025/month=9/day=9/'];
    expect(folders.toSorted(compareNatural)).toEqual(folders.toReversed());
    const padded = ['2025/10/01/', '2025/09/10/', '2025/09/09/'];
    expect(padded.toSorted(compareNatural)).toEqual(padded.toReversed());
  });

  it('puts a number before a word, however long the number is', () => {
    expect(['log_x.gz', 'log_1000.gz'].toSorted(compareNatural)).toEqual(['log_1000.gz', 'log_x.gz']);
  });

  it('tells names apart that differ in leading zeros only', () => {
    expect(compareNatural('a_01', 'a_1')).toBeLessThan(0);
    expect(compareNatural('a_1', 'a_01')).toBeGreaterThan(0);
  });
});
