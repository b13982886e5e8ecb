/**
 * The Universal Scalability Law (Gunther, "Guerrilla Capacity Planning", 2007): throughput of N instances that share something,
 *
 *     X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))
 *
 * lambda: MB/s of one alone; sigma: the share of the work that waits for the others; kappa: the cost of keeping in step, which in the end makes
 * more instances slower. N / X(N) is linear in (1, N - 1, N (N - 1)), so it is fitted by least squares, with no coefficient below 0.
 */
import type { CapacityPoint } from '#reports';
import { Matrix, QrDecomposition } from 'ml-matrix';
import { quantileSorted } from 'simple-statistics';

export interface Scaled {
  readonly instances: number;
  readonly rawMBps: number;
}

/** What a backlog says of capacity: null when the point says nothing. */
export function scaledOf({ instances, outcome, measured }: CapacityPoint): Scaled | null {
  const rawMBps = measured.steadyRawMBps ?? measured.rawMBps ?? 0;
  return outcome.kind === 'drained' && rawMBps > 0 ? { instances, rawMBps } : null;
}

export interface ScalabilityLaw {
  readonly lambda: number;
  readonly sigma: number;
  readonly kappa: number;
}

export interface Band {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Below three sizes, sigma and kappa cannot be told from noise: then growth is taken as proportional, and the caller must say so. */
export const sizesForLaw = 3;

export function predict({ lambda, sigma, kappa }: ScalabilityLaw, instances: number): number {
  return (lambda * instances) / (1 + sigma * (instances - 1) + kappa * instances * (instances - 1));
}

/** Needs a point or more. Each point weighs by its relative error, since a measurement is off by a percentage. */
export function fitLaw(points: readonly Scaled[]): ScalabilityLaw {
  if (points.length === 0) throw new RangeError('a law needs a point');
  const sizes = new Set(points.map(({ instances }) => instances)).size;
  const candidates = sizes >= sizesForLaw ? [[0, 1, 2], [0, 1], [0, 2], [0]] : [[0]];
  let best: { readonly law: ScalabilityLaw; readonly error: number } | null = null;
  for (const terms of candidates) {
    const coefficients = leastSquares(points, terms);
    if (coefficients === null || coefficients.some((value) => value < 0)) continue;
    const [base = 0, contention = 0, coherency = 0] = coefficients;
    if (base === 0) continue;
    const law = { lambda: 1 / base, sigma: contention / base, kappa: coherency / base };
    const error = points.reduce((sum, { instances, rawMBps }) => sum + (predict(law, instances) / rawMBps - 1) ** 2, 0);
    if (best === null || error < best.error) best = { law, error };
  }
  if (best === null) throw new RangeError('the points fit no law: is a throughput 0?');
  return best.law;
}

/** What the law says of N instances, with the 90 % band that resampling the points gives. */
export function predictBand(points: readonly Scaled[], instances: number, random: () => number): Band {
  const middle = predict(fitLaw(points), instances);
  const resampled: number[] = [];
  for (let round = 0; round < bandRounds; round += 1) {
    const sample = points
      .map(() => points[Math.floor(random() * points.length)])
      .filter((point) => point !== undefined);
    resampled.push(predict(fitLaw(sample), instances));
  }
  resampled.sort((a, b) => a - b);
  return { low: quantileSorted(resampled, 0.05), middle, high: quantileSorted(resampled, 0.95) };
}

const bandRounds = 1000;

/** Coefficients of (1, N - 1, N (N - 1)), 0 for those not among the terms; null when the points do not determine them. */
function leastSquares(points: readonly Scaled[], terms: readonly number[]): readonly number[] | null {
  if (points.length < terms.length) return null;
  // Each row is divided by what it should give, so that the fit minimises relative errors.
  const rows = points.map(({ instances, rawMBps }) => {
    const all = [1, instances - 1, instances * (instances - 1)];
    return terms.map((term) => ((all[term] ?? 0) * rawMBps) / instances);
  });
  const decomposition = new QrDecomposition(new Matrix(rows));
  if (!decomposition.isFullRank()) return null;
  const solution = decomposition.solve(Matrix.ones(points.length, 1)).to1DArray();
  const coefficients = [0, 0, 0];
  for (const [index, term] of terms.entries()) coefficients[term] = solution[index] ?? 0;
  return coefficients;
}
