import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aheadAt, type ClockStep, machineMsOf } from './clock-steps.ts';

const minuteMs = 60_000;
const runMs = 5 * minuteMs;
/** A clock that is set every minute, by more than the whole of it lasts: what it shows means one moment only. */
const steps = fc
  .uniqueArray(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 5 })
  .map((places) => places.map((place, at): ClockStep => ({ fromMs: at * minuteMs, aheadMs: place * 2 * runMs })));

describe('machineMsOf', () => {
  it('finds the moment at which the clock showed this', () => {
    fc.assert(
      fc.property(steps, fc.nat(runMs), (some, machineMs) => {
        expect(machineMsOf(some, machineMs + aheadAt(some, machineMs), runMs)).toBe(machineMs);
      }),
    );
  });

  it('takes what was never shown for the moment at which the clock was set forward', () => {
    const forward = [
      { fromMs: 0, aheadMs: 0 },
      { fromMs: minuteMs, aheadMs: 10 * minuteMs },
    ];
    expect(machineMsOf(forward, 3 * minuteMs, runMs)).toBe(minuteMs);
  });

  it('takes the later of two moments where the clock was set back', () => {
    const back = [
      { fromMs: 0, aheadMs: 0 },
      { fromMs: minuteMs, aheadMs: -minuteMs },
    ];
    const shownMs = minuteMs / 2;
    expect(machineMsOf(back, shownMs, runMs)).toBe(shownMs + minuteMs);
    expect(machineMsOf(back, shownMs, minuteMs)).toBe(shownMs);
  });
});
