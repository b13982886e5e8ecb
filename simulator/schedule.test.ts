import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { DOCUMENTED_RATE, intendedOffsetsMs, type Rate, type Schedule } from './schedule.ts';

const rate = (): fc.Arbitrary<Rate> =>
  fc.oneof(
    fc.record({ objectsPerS: fc.double({ min: 0.01, max: 10_000, noNaN: true }) }),
    fc.record({ rawMBPerMin: fc.double({ min: 0.01, max: 100_000, noNaN: true }) }),
  );
const schedule = (): fc.Arbitrary<Schedule> =>
  fc.oneof(
    fc.record({ kind: fc.constant('constant' as const), rate: rate() }),
    fc.record({ kind: fc.constant('poisson' as const), rate: rate() }),
    fc.record({ kind: fc.constant('bursts' as const), rate: rate(), everyMs: fc.integer({ min: 1, max: 60_000 }) }),
  );
const sizes = (): fc.Arbitrary<number[]> => fc.array(fc.integer({ min: 1, max: 20_000_000 }), { maxLength: 200 });
const offsets = (plan: Schedule, rawBytes: number[], seed = 1): number[] => [
  ...intendedOffsetsMs(plan, rawBytes, createRandom(seed)),
];
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

describe('intendedOffsetsMs', () => {
  it('gives every object a finite time, none before the one before it, the same for the same seed', () => {
    fc.assert(
      fc.property(schedule(), sizes(), fc.nat(), (plan, rawBytes, seed) => {
        const times = offsets(plan, rawBytes, seed);
        expect(times).toHaveLength(rawBytes.length);
        expect(times.every((time, index) => Number.isFinite(time) && time >= (times[index - 1] ?? 0))).toBe(true);
        expect(offsets(plan, rawBytes, seed)).toEqual(times);
      }),
    );
  });

  it('keeps a constant rate to the byte: what comes before a moment is what the rate allows until then', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 100_000, noNaN: true }), sizes(), (rawMBPerMin, rawBytes) => {
        const times = offsets({ kind: 'constant', rate: { rawMBPerMin } }, rawBytes);
        times.forEach((time, index) => {
          const bytesBefore = sum(rawBytes.slice(0, index));
          expect(Math.abs((time / 60_000) * rawMBPerMin * 1e6 - bytesBefore)).toBeLessThan(1 + bytesBefore * 1e-9);
        });
      }),
    );
  });

  it('sends a burst at the beginning of each period, with what a constant schedule would send in that period', () => {
    fc.assert(
      fc.property(rate(), fc.integer({ min: 1, max: 60_000 }), sizes(), (perTime, everyMs, rawBytes) => {
        const bursts = offsets({ kind: 'bursts', rate: perTime, everyMs }, rawBytes);
        const constant = offsets({ kind: 'constant', rate: perTime }, rawBytes);
        bursts.forEach((time, index) => {
          const earlyMs = (constant[index] ?? 0) - time;
          expect(earlyMs >= 0 && earlyMs < everyMs + 1e-3).toBe(true);
          expect(Math.abs(time / everyMs - Math.round(time / everyMs))).toBeLessThan(1e-6);
        });
      }),
    );
  });

  it('lets Poisson arrivals keep the rate in the long run, with gaps as irregular as independence demands', () => {
    const count = 20_000;
    const times = offsets(
      { kind: 'poisson', rate: { objectsPerS: 10 } },
      Array.from({ length: count }, () => 1),
      3,
    );
    const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));
    const mean = sum(gaps) / count;
    const variance = sum(gaps.map((gap) => (gap - mean) ** 2)) / count;
    // 100 ms expected, standard error 0.7 ms; for exponential gaps the deviation equals the mean.
    expect(Math.abs(mean - 100)).toBeLessThan(3.5);
    expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(0.05);
  });

  it('spaces the documented object 2.6 s apart at the documented rate', () => {
    const times = offsets({ kind: 'constant', rate: DOCUMENTED_RATE }, [10e6, 10e6, 10e6]);
    expect(times.map(Math.round)).toEqual([0, 2_632, 5_263]);
  });

  it('refuses a rate of nothing', () => {
    expect(() => offsets({ kind: 'constant', rate: { objectsPerS: 0 } }, [1])).toThrow('above 0');
    expect(() => offsets({ kind: 'bursts', rate: { objectsPerS: 1 }, everyMs: 0 }, [1])).toThrow('more than 0 ms');
  });
});
