/** A straight line through points by least squares, and how sure its slope is. */
import { linearRegression, mean, probit } from 'simple-statistics';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LineFit {
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the slope; infinite with fewer than three points. */
  readonly slopeError: number;
  readonly points: number;
}

/** Needs two points or more. */
export function fitLine(points: readonly Point[]): LineFit {
  if (points.length < 2) throw new RangeError('a line needs two points');
  const { m: slope, b: intercept } = linearRegression(points.map(({ x, y }) => [x, y]));
  const middle = mean(points.map(({ x }) => x));
  let residuals = 0;
  let spread = 0;
  for (const { x, y } of points) {
    residuals += (y - (intercept + slope * x)) ** 2;
    spread += (x - middle) ** 2;
  }
  const freedom = points.length - 2;
  return {
    slope,
    intercept,
    slopeError: freedom === 0 || spread === 0 ? Infinity : Math.sqrt(residuals / freedom / spread),
    points: points.length,
  };
}

/** Upper end of the two-sided interval of this confidence (0.9: the slope lies above it once in twenty times). */
export function slopeUpperBound(fit: LineFit, confidence: number): number {
  return fit.slope + studentQuantile((1 + confidence) / 2, fit.points - 2) * fit.slopeError;
}

/**
 * Quantile of Student's t by the Cornish-Fisher series (Abramowitz and Stegun 26.7.5): within 1 % of the exact value from five degrees of
 * freedom on, for probabilities up to 0.975.
 */
export function studentQuantile(probability: number, freedom: number): number {
  const z = probit(probability);
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, power) => sum + term / freedom ** power, 0);
}
