import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SteadyTime } from './steady-time.ts';

describe('steady time', () => {
  it('is the wall clock as long as that goes forward', () => {
    const steady = new SteadyTime();
    expect([10, 20, 20, 35].map((wallMs) => steady.at(wallMs))).toEqual([10, 20, 20, 35]);
  });

  it('goes on from where it was when the clock is set back', () => {
    const steady = new SteadyTime();
    expect([100, 40, 50, 200].map((wallMs) => steady.at(wallMs))).toEqual([100, 100, 110, 260]);
  });

  it('never goes back, and passes no slower than the wall clock', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (steps) => {
        const steady = new SteadyTime();
        let wallMs = 0;
        let before = steady.at(wallMs);
        for (const step of steps) {
          wallMs += step;
          const now = steady.at(wallMs);
          expect(now - before).toBe(Math.max(0, step));
          before = now;
        }
      }),
    );
  });
});
