/**
 * Latency summaries that print no percentile from too few samples.
 *
 * The rule: a percentile above the median needs three samples expected beyond it, n >= 3 / (1 - p), so that one odd object
 * does not become "the p99": p90 needs 30 samples, p99 300, p99.9 3,000. The median needs 2, average and maximum 1.
 * Percentiles are nearest-rank: always a value that was measured, never an interpolation.
 */
import { latencyCurve } from './latency-curve.ts';
import type { LatencySummary } from './model-latency.ts';

export const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const;

export type PercentileName = keyof typeof PERCENTILES;

export const SAMPLES_NEEDED: Readonly<Record<PercentileName, number>> = { p50: 2, p90: 30, p99: 300, p999: 3000 };

/** Nearest-rank percentile of sorted samples, or null where there are too few of them. */
function percentile(sorted: Float64Array, name: PercentileName): number | null {
  if (sorted.length < SAMPLES_NEEDED[name]) return null;
  return sorted[Math.ceil(PERCENTILES[name] * sorted.length) - 1] ?? null;
}

export function summarizeLatency(samplesMs: Iterable<number>): LatencySummary {
  const sorted = Float64Array.from(samplesMs).toSorted();
  const n = sorted.length;
  return {
    n,
    avg: n === 0 ? null : sorted.reduce((sum, sampleMs) => sum + sampleMs, 0) / n,
    p50: percentile(sorted, 'p50'),
    p90: percentile(sorted, 'p90'),
    p99: percentile(sorted, 'p99'),
    p999: percentile(sorted, 'p999'),
    max: sorted.at(-1) ?? null,
    curve: latencyCurve([...sorted]),
  };
}
