import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencyCurve } from './latency-curve.ts';

const samples = fc.array(fc.double({ min: 0.01, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 500 });

describe('latencyCurve', () => {
  it('rises, and stays within three digits of the samples', () => {
    fc.assert(
      fc.property(samples, (samplesMs) => {
        const points = latencyCurve(samplesMs)?.points ?? [];
        expect(points.length).toBeGreaterThan(0);
        for (const [index, { ms, percentile }] of points.entries()) {
          expect(ms).toBeGreaterThanOrEqual(points[index - 1]?.ms ?? 0);
          expect(ms).toBeLessThanOrEqual(Math.max(...samplesMs) * 1.001 + 0.001);
          expect(percentile).toBeLessThan(100);
        }
      }),
    );
  });

  it('ends where too few samples lie beyond', () => {
    const last = (count: number) =>
      latencyCurve(Array.from({ length: count }, (_, at) => at + 1))?.points.at(-1)?.percentile;
    expect(last(2)).toBe(0);
    expect(last(300)).toBeCloseTo(99);
    expect(last(3000)).toBeCloseTo(99.9);
  });

  it('can be read back by whoever knows HdrHistograms', () => {
    const curve = latencyCurve([1, 2, 3, 4, 1000]);
    const histogram = decodeFromCompressedBase64(curve?.hdr ?? '');
    expect(histogram.totalCount).toBe(5);
    expect(histogram.maxValue / 1_000_000).toBeCloseTo(1, 2);
  });

  it('is nothing without samples', () => {
    expect(latencyCurve([])).toBeNull();
  });
});
