import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from './holm.ts';
import { lookShare, spentShare } from './looks.ts';
import { hodgesLehmann, signedRankInterval, signedRankP } from './signed-rank.ts';

const difference = fc.double({ min: -2, max: 2, noNaN: true });

describe('signedRankP', () => {
  it('is what the tables of the signed-rank test say', () => {
    // All of one sign: 2 / 2^n. W = 5 of n = 8: 0.0781 two-sided... the published critical values.
    expect(signedRankP([1, 2, 3, 4, 5, 6])).toBeCloseTo(2 / 64);
    expect(signedRankP([-1, 2, 3, -4, 5, 6, 7, 8])).toBeCloseTo(0.078_125);
  });

  it('equals the count over all assignments of signs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 8 }), (differences) => {
        expect(signedRankP(differences)).toBeCloseTo(countedP(differences), 9);
      }),
    );
  });

  it('is a probability, the same for either direction and any scale', () => {
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 40 }), (differences) => {
        const p = signedRankP(differences);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(signedRankP(differences.map((value) => -value))).toBeCloseTo(p, 9);
      }),
    );
  });

  it('raises no alarm in more than its share of assignments of signs', () => {
    const sizes = [0.3, 0.1, 0.5, 0.5, 0.02, 0.7, 0.9, 1.1];
    const assignments = Array.from({ length: 2 ** sizes.length }, (_, mask) =>
      sizes.map((size, at) => ((mask >> at) & 1 ? size : -size)),
    );
    for (const alpha of [0.01, 0.05, 0.2]) {
      const alarms = assignments.filter((differences) => signedRankP(differences) <= alpha).length;
      expect(alarms / assignments.length).toBeLessThanOrEqual(alpha);
    }
  });
});

describe('signedRankInterval', () => {
  it('holds the estimate, moves with the differences, and narrows with a larger alpha', () => {
    fc.assert(
      fc.property(fc.array(difference, { minLength: 6, maxLength: 30 }), (differences) => {
        const estimate = hodgesLehmann(differences);
        const wide = signedRankInterval(differences, 0.05);
        const narrow = signedRankInterval(differences, 0.5);
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(narrow.high).toBeLessThanOrEqual(wide.high);
        expect(narrow.low).toBeLessThanOrEqual(estimate + 1e-12);
        expect(narrow.high).toBeGreaterThanOrEqual(estimate - 1e-12);
        const moved = signedRankInterval(
          differences.map((value) => value + 1),
          0.05,
        );
        expect(moved.low).toBeCloseTo(wide.low + 1, 9);
        expect(moved.high).toBeCloseTo(wide.high + 1, 9);
      }),
    );
  });

  it('leaves out nothing exactly where the test is significant', () => {
    // Without ties and zeros both are one and the same statement.
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 5, maxLength: 12 }),
        fc.infiniteStream(fc.boolean()),
        (sizes, signs) => {
          const differences = sizes.map((size) => (signs.next().value === true ? size : -size));
          const { low, high } = signedRankInterval(differences, 0.1);
          expect(low > 0 || high < 0).toBe(signedRankP(differences) <= 0.1);
        },
      ),
    );
  });

  it('is unbounded where no number of pairs so small could be significant', () => {
    expect(signedRankInterval([1, 2, 3], 0.05)).toEqual({ low: -Infinity, high: Infinity });
  });
});

describe('looks', () => {
  const sharesOf = (pairs: readonly number[], pairsMax: number) =>
    pairs.map((now, at) =>
      lookShare({ pairs: now, pairsBefore: pairs[at - 1] ?? 0, pairsMax, isLast: at === pairs.length - 1 }),
    );

  it('spend the whole error and no more, whenever they take place', () => {
    const increasing = fc
      .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 })
      .map((pairs) => pairs.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(increasing, (pairs) => {
        const shares = sharesOf(pairs, 60);
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
      }),
    );
  });

  it('begin with nothing and end with all', () => {
    expect(spentShare(0)).toBe(0);
    expect(spentShare(1)).toBeCloseTo(1);
  });
});

describe('holm', () => {
  it('is the textbook example', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
  });

  it('finds at least what Bonferroni finds, at most what no correction finds, and never skips a smaller p', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (pValues) => {
        const found = holm(pValues, 0.05);
        const largest = Math.max(-1, ...pValues.filter((_, index) => found[index]));
        for (const [index, p] of pValues.entries()) {
          if (p <= 0.05 / pValues.length) expect(found[index]).toBe(true);
          if (p > 0.05) expect(found[index]).toBe(false);
          if (p < largest) expect(found[index]).toBe(true);
        }
      }),
    );
  });
});

/** Two-sided, by going through every assignment of signs. */
function countedP(differences: readonly number[]): number {
  const sizes = differences.filter((value) => value !== 0).map((value) => Math.abs(value));
  if (sizes.length === 0) return 1;
  const ranks = sizes.map(
    (size) => sizes.filter((other) => other < size).length + (sizes.filter((other) => other === size).length + 1) / 2,
  );
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const smallerSum = (isPositive: (at: number) => boolean): number => {
    const positive = ranks.reduce((sum, rank, at) => sum + (isPositive(at) ? rank : 0), 0);
    return Math.min(positive, total - positive);
  };
  const signs = differences.filter((value) => value !== 0).map((value) => value > 0);
  const observed = smallerSum((at) => signs[at] === true);
  let count = 0;
  for (let mask = 0; mask < 2 ** ranks.length; mask++) {
    if (smallerSum((at) => ((mask >> at) & 1) === 1) <= observed) count += 1;
  }
  return Math.min(1, count / 2 ** ranks.length);
}
