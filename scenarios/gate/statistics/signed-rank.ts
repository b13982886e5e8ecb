/**
 * Wilcoxon's signed-rank test: the permutation test for pairs, on ranks. Exact for any number of pairs (no simulation, no seed), and one pair that a
 * busy machine spoiled counts no more than its rank. With it the Hodges-Lehmann estimate, and the interval that belongs to the same test.
 */
import { median } from 'simple-statistics';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Probability, if head and base were alike, of ranks as lopsided as these in either direction. Pairs without a difference say nothing. */
export function signedRankP(differences: readonly number[]): number {
  const ranked = doubledRanks(differences.filter((difference) => difference !== 0));
  if (ranked.length === 0) return 1;
  const ranks = ranked.map(({ doubledRank }) => doubledRank);
  const positive = ranked.reduce((sum, { difference, doubledRank }) => sum + (difference > 0 ? doubledRank : 0), 0);
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const smaller = Math.min(positive, total - positive);
  const atMost = distributionOf(ranks)
    .slice(0, smaller + 1)
    .reduce((sum, share) => sum + share, 0);
  return Math.min(1, 2 * atMost);
}

/** The median of the averages of all pairs of differences. */
export function hodgesLehmann(differences: readonly number[]): number {
  return differences.length === 0 ? 0 : median([...walshAverages(differences)]);
}

/** What the test does not refuse at `alpha`, half of it on either side. Unbounded where there are too few pairs for so small an alpha. */
export function signedRankInterval(differences: readonly number[], alpha: number): Interval {
  const averages = walshAverages(differences);
  const distribution = distributionOf(differences.map((_, index) => 2 * (index + 1)));
  let cut = 0;
  // Doubled ranks without ties have even sums only: two steps at a time.
  for (let below = 0; cut < averages.length; cut++) {
    below += distribution[2 * cut] ?? 0;
    if (below > alpha / 2) break;
  }
  if (cut === 0) return { low: -Infinity, high: Infinity };
  return { low: averages[cut - 1] ?? -Infinity, high: averages[averages.length - cut] ?? Infinity };
}

/** Ties share the mean of their ranks, doubled here to stay whole. */
function doubledRanks(differences: readonly number[]): { readonly difference: number; readonly doubledRank: number }[] {
  const sorted = differences.toSorted((a, b) => Math.abs(a) - Math.abs(b));
  const sizes = sorted.map((difference) => Math.abs(difference));
  return sorted.map((difference) => {
    const size = Math.abs(difference);
    return { difference, doubledRank: sizes.indexOf(size) + sizes.lastIndexOf(size) + 2 };
  });
}

/** Share of all assignments of signs that give each sum of positive ranks. */
function distributionOf(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const shares = new Float64Array(total + 1);
  shares[0] = 1;
  let highest = 0;
  for (const rank of ranks) {
    highest += rank;
    for (let sum = highest; sum >= 0; sum--)
      shares[sum] = ((shares[sum] ?? 0) + (sum >= rank ? (shares[sum - rank] ?? 0) : 0)) / 2;
  }
  return shares;
}

function walshAverages(differences: readonly number[]): Float64Array {
  const averages = differences.flatMap((first, index) =>
    differences.slice(index).map((second) => (first + second) / 2),
  );
  return Float64Array.from(averages).toSorted();
}
