import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERCENTILES, SAMPLES_NEEDED, summarizeLatency } from './percentiles.ts';
import type { PercentileName } from './percentiles.ts';

const names = ['p50', 'p90', 'p99', 'p999'] as const satisfies readonly PercentileName[];

describe('summarizeLatency', () => {
  it('gives no percentile from fewer samples than it needs', () => {
    for (const name of names) {
      const enough = SAMPLES_NEEDED[name];
      expect(summarizeLatency(Array.from({ length: enough - 1 }, (_, i) => i))[name]).toBeNull();
      expect(summarizeLatency(Array.from({ length: enough }, (_, i) => i))[name]).not.toBeNull();
    }
  });

  it('needs three samples expected beyond a percentile above the median', () => {
    for (const name of ['p90', 'p99', 'p999'] as const) {
      expect(SAMPLES_NEEDED[name] * (1 - PERCENTILES[name])).toBeCloseTo(3, 6);
    }
  });

  it('takes the nearest rank', () => {
    // 90 % of 31 is 27.9: the 28th, not the 27th.
    expect(summarizeLatency(Array.from({ length: 31 }, (_, i) => i + 1)).p90).toBe(28);
    const summary = summarizeLatency(Array.from({ length: 3000 }, (_, i) => 3000 - i));
    expect(summary).toMatchObject({ n: 3000, avg: 1500.5, p50: 1500, p90: 2700, p99: 2970, p999: 2997, max: 3000 });
  });

  it('gives nothing from nothing', () => {
    expect(summarizeLatency([])).toEqual({
      n: 0,
      avg: null,
      p50: null,
      p90: null,
      p99: null,
      p999: null,
      max: null,
      curve: null,
    });
  });

  it('gives only measured values, in order, whatever the samples', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 700 }),
        (samples) => {
          const summary = summarizeLatency(samples);
          const given = [summary.p50, summary.p90, summary.p99, summary.max].filter((value) => value !== null);
          expect(given.every((value) => samples.includes(value))).toBe(true);
          expect(given).toEqual(given.toSorted((a, b) => a - b));
          expect(summary.max).toBe(Math.max(...samples));
        },
      ),
    );
  });
});
