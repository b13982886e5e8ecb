/**
 * The whole distribution of a latency, as an HdrHistogram (three significant digits, microseconds): its curve for the report, and the histogram itself
 * in the standard encoding, so that runs can be merged and other tools can read it.
 */
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { LatencyCurve } from './model-latency.ts';

/** Points for each factor of ten that fewer samples lie beyond. */
const POINTS_PER_DECADE = 8;
/** As for single percentiles: so many samples must be expected beyond a point. */
const SAMPLES_BEYOND = 3;
const SIGNIFICANT_DIGITS = 3;

export function latencyCurve(samplesMs: readonly number[]): LatencyCurve | null {
  if (samplesMs.length === 0) return null;
  const histogram = build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    useWebAssembly: false,
  });
  for (const sampleMs of samplesMs) histogram.recordValue(Math.round(Math.max(0, sampleMs) * 1000));
  const decades = Math.log10(Math.max(1, samplesMs.length / SAMPLES_BEYOND));
  const points = Array.from({ length: Math.floor(decades * POINTS_PER_DECADE) + 1 }, (_, index) => {
    const percentile = 100 * (1 - 10 ** (-index / POINTS_PER_DECADE));
    return { percentile, ms: histogram.getValueAtPercentile(percentile) / 1000 };
  });
  return { points, hdr: encodeIntoCompressedBase64(histogram) };
}
