import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelinePoint } from '../model.ts';
import { sampleMeasurements } from '../sample-result.ts';
import { axisTicks, chooseBinS, countTicks, maxBins, rateBins, sumBins, timeTicks, unbroken } from './series.ts';

function timelineOf(files: readonly number[]): TimelinePoint[] {
  const [point] = sampleMeasurements().timeline;
  if (point === undefined) throw new Error('the sample has no timeline');
  return files.map((count, tS) => ({ ...point, tS, files: count, lagMaxMs: count === 0 ? null : count }));
}

const files = fc.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 400 });

describe('bins', () => {
  it('lose nothing and lie one beside the other, whatever the width', () => {
    fc.assert(
      fc.property(files, fc.integer({ min: 1, max: 90 }), (counts, binS) => {
        const bins = sumBins(timelineOf(counts), binS, (point) => point.files);
        expect(bins.reduce((sum, { value }) => sum + value, 0)).toBe(counts.reduce((sum, value) => sum + value, 0));
        expect(bins.map(({ fromS }) => fromS)).toEqual([0, ...bins.slice(0, -1).map(({ toS }) => toS)]);
        expect(bins.at(-1)?.toS).toBe(counts.length);
      }),
    );
  });

  it('keep the total as rates too, with a short end joined to the bin before', () => {
    fc.assert(
      fc.property(files, fc.integer({ min: 1, max: 90 }), (counts, binS) => {
        const bins = rateBins(timelineOf(counts), binS, (point) => point.files);
        const total = bins.reduce((sum, { fromS, toS, value }) => sum + value * (toS - fromS), 0);
        expect(total).toBeCloseTo(
          counts.reduce((sum, value) => sum + value, 0),
          6,
        );
      }),
    );
    expect(rateBins(timelineOf([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 9]), 5, (point) => point.files).at(-1)).toMatchObject({
      fromS: 5,
      toS: 11,
    });
  });

  it('are cut where nothing was measured for long', () => {
    const bin = (fromS: number) => ({ fromS, toS: fromS + 1, value: 1 });
    const bins = [0, 1, 2, 4, 60, 61].map(bin);
    expect(unbroken(bins).map((stretch) => stretch.map(({ fromS }) => fromS))).toEqual([
      [0, 1, 2, 4],
      [60, 61],
    ]);
    expect(unbroken([])).toEqual([]);
  });

  it('leave out seconds in which nothing was measured', () => {
    const bins = maxBins(timelineOf([3, 0, 0, 0, 7, 1]), 2, (point) => point.lagMaxMs);
    expect(bins.map(({ fromS, value }) => [fromS, value])).toEqual([
      [0, 3],
      [4, 7],
    ]);
  });

  it('are never more than asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.integer({ min: 6, max: 240 }), (durationS, binsMax) => {
        expect(Math.ceil(durationS / chooseBinS(durationS, binsMax))).toBeLessThanOrEqual(binsMax);
      }),
    );
  });
});

describe('ticks', () => {
  it('start at 0, cover the highest value, and are three to six', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (highest) => {
        const ticks = axisTicks(highest);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest * 0.999_999);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it('of time stay within the run', () => {
    expect(timeTicks(61)).toEqual([0, 15, 30, 45, 60]);
    expect(timeTicks(1)).toEqual([0, 1]);
  });
});

it('counts in whole numbers on an axis, as far as the data go', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), (most) => {
      const ticks = countTicks(most);
      expect(ticks.every((tick) => Number.isInteger(tick))).toBe(true);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }),
  );
});
