import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { drawDelayMs } from './delay.ts';
import type { Delay } from './faults.ts';

const draws = 20_000;

function sorted(delay: Delay): readonly number[] {
  const random = createRandom(1);
  return Array.from({ length: draws }, () => drawDelayMs(delay, random)).toSorted((a, b) => a - b);
}

function quantile(values: readonly number[], share: number): number {
  return values[Math.floor(share * values.length)] ?? Number.NaN;
}

describe('drawDelayMs', () => {
  it('draws a constant', () => {
    expect(new Set(sorted({ shape: 'constant', ms: 7 }))).toEqual(new Set([7]));
  });

  it('draws evenly between two bounds', () => {
    const values = sorted({ shape: 'uniform', minMs: 10, maxMs: 20 });
    expect(values[0]).toBeGreaterThanOrEqual(10);
    expect(values.at(-1)).toBeLessThan(20);
    expect(quantile(values, 0.5)).toBeCloseTo(15, 0);
  });

  it('draws exponentially with the mean that was asked for', () => {
    const values = sorted({ shape: 'exponential', meanMs: 50 });
    expect(values.reduce((sum, value) => sum + value) / draws / 50).toBeCloseTo(1, 1);
    expect(quantile(values, 0.5) / 50).toBeCloseTo(Math.LN2, 1);
  });

  it('draws log-normally with the median and p99 that were asked for', () => {
    const values = sorted({ shape: 'lognormal', medianMs: 20, p99Ms: 200 });
    expect(quantile(values, 0.5) / 20).toBeCloseTo(1, 1);
    expect(quantile(values, 0.99) / 200).toBeGreaterThan(0.85);
    expect(quantile(values, 0.99) / 200).toBeLessThan(1.15);
  });
});
