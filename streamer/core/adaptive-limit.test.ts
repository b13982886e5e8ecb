import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdaptiveLimit } from './adaptive-limit.ts';

describe('an AdaptiveLimit', () => {
  it('stays between 1 and its maximum, whatever happens', () => {
    const step = fc.record({ isSlowDown: fc.boolean(), afterMs: fc.integer({ min: 0, max: 3000 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 100 }), (limitMax, steps) => {
        const adaptive = new AdaptiveLimit({ limitMax, windowMs: 1000 });
        let nowMs = 0;
        for (const { isSlowDown, afterMs } of steps) {
          nowMs += afterMs;
          if (isSlowDown) adaptive.slowDown(nowMs);
          else adaptive.succeed(nowMs);
          expect(adaptive.limit).toBeGreaterThanOrEqual(1);
          expect(adaptive.limit).toBeLessThanOrEqual(limitMax);
        }
      }),
    );
  });

  it('halves once for a volley of refusals, and grows by one a window after that', () => {
    const adaptive = new AdaptiveLimit({ limitMax: 16, windowMs: 1000 });
    for (const nowMs of [5000, 5001, 5002, 5999]) adaptive.slowDown(nowMs);
    expect(adaptive.limit).toBe(8);
    for (const nowMs of [6000, 6500, 7000, 7999, 8000]) adaptive.succeed(nowMs);
    expect(adaptive.limit).toBe(11);
  });

  it('grows, and is halved, as soon after the clock was set back as at any other time', () => {
    const adaptive = new AdaptiveLimit({ limitMax: 16, windowMs: 1000 });
    adaptive.slowDown(3_600_000);
    adaptive.succeed(2000);
    adaptive.succeed(3000);
    expect(adaptive.limit).toBe(10);
    adaptive.slowDown(1000);
    expect(adaptive.limit).toBe(5);
  });
});
