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
import { mean, quantileSorted } from 'simple-statistics';

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

/** Throughput in raw MB/s. */
export interface Band {
  readonly middle: number;
  /** Of 90 %; null where the points do not tell how sure they are. */
  readonly range: { readonly low: number; readonly high: number } | null;
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

/**
 * What the law says of N instances, with the 90 % band that resampling the repetitions of each size gives. Whole points are not drawn: with a size left
 * out by chance the law is another one. Where a size was measured only once nothing tells how sure it is, and there is no band.
 */
export function predictBand(points: readonly Scaled[], instances: number, random: () => number): Band {
  const middle = predict(fitLaw(points), instances);
  if (!isRepeated(points)) return { middle, range: null };
  const spread = bySize(points).map(spreadOf);
  const resampled: number[] = [];
  for (let round = 0; round < bandRounds; round += 1) {
    const sample = spread.flatMap((drawn) => drawn.map(() => drawn[Math.floor(random() * drawn.length)]!));
    resampled.push(predict(fitLaw(sample), instances));
  }
  resampled.sort((a, b) => a - b);
  return { middle, range: { low: quantileSorted(resampled, 0.05), high: quantileSorted(resampled, 0.95) } };
}

/** Whether each size was measured twice or more. */
export function isRepeated(points: readonly Scaled[]): boolean {
  return bySize(points).every(({ length }) => length > 1);
}

function bySize(points: readonly Scaled[]): readonly (readonly Scaled[])[] {
  return [...Map.groupBy(points, ({ instances }) => instances).values()];
}

/** Few repetitions lie closer together than many would: each is moved away from their mean by the usual correction. By ratios, as all errors here. */
function spreadOf(repetitions: readonly Scaled[]): readonly Scaled[] {
  const middle = mean(repetitions.map(({ rawMBps }) => Math.log(rawMBps)));
  const stretch = Math.sqrt(repetitions.length / (repetitions.length - 1));
  return repetitions.map(({ instances, rawMBps }) => ({
    instances,
    rawMBps: Math.exp(middle + (Math.log(rawMBps) - middle) * stretch),
  }));
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
