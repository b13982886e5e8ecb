import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const limits = { delayMsBase: 100, delayMsMax: 10_000 };
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoffMs', () => {
  it('stays between 0 and the ceiling of that failure, and under the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), random, (failureCount, chance) => {
        const delayMs = backoffMs(limits, failureCount, chance, null);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(Math.min(limits.delayMsMax, limits.delayMsBase * 2 ** (failureCount - 1)));
      }),
    );
  });

  it('never waits less than the server asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), random, fc.nat(600_000), (failureCount, chance, afterMs) => {
        const delayMs = backoffMs(limits, failureCount, chance, afterMs);
        expect(delayMs).toBeGreaterThanOrEqual(afterMs);
        expect(delayMs).toBeLessThanOrEqual(afterMs + limits.delayMsMax);
      }),
    );
  });

  it('doubles the ceiling with each failure until the cap', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((failures) => backoffMs(limits, failures, 1, null));
    expect(ceilings).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  });

  it('uses the whole span below the ceiling, so that senders which failed together part', () => {
    expect(backoffMs(limits, 4, 0, null)).toBe(0);
    expect(backoffMs(limits, 4, 0.5, null)).toBe(400);
  });
});
