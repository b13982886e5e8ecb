import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WATERFALL_PARTS } from './model-latency.ts';
import { summarizeWaterfall, waterfallParts } from './waterfall.ts';
import type { WaterfallBoundaries } from './waterfall.ts';

const BASE_MS = 1_760_305_292_000;

/** Any order of boundaries: clocks of several processes may disagree. */
const boundaries = (): fc.Arbitrary<WaterfallBoundaries> => {
  const ms = fc.double({ min: 0, max: 100_000, noNaN: true }).map((offsetMs) => BASE_MS + offsetMs);
  return fc.record({
    fileTimestampMs: ms,
    intendedVisibleMs: ms,
    visibleMs: ms,
    eligibleMs: ms,
    listedMs: ms,
    getIssuedMs: ms,
    inflatedMs: ms,
    batchClosedMs: ms,
    firstSentMs: ms,
    acknowledgedMs: ms,
  });
};

const sumOf = (parts: Readonly<Record<string, number>>): number =>
  Object.values(parts).reduce((sum, ms) => sum + ms, 0);

describe('waterfallParts', () => {
  it('adds up to the file age, and no part is negative, whatever the clocks say', () => {
    fc.assert(
      fc.property(boundaries(), (times) => {
        const parts = waterfallParts(times);
        expect(sumOf(parts)).toBeCloseTo(Math.max(0, times.acknowledgedMs - times.fileTimestampMs), 3);
        expect(Object.values(parts).every((ms) => ms >= 0)).toBe(true);
      }),
    );
  });

  it('gives each part the time between its boundaries when they are in order', () => {
    const steps = [474, 6, 0, 116, 1, 20, 2, 4, 11];
    const at = (count: number): number => BASE_MS + steps.slice(0, count).reduce((sum, ms) => sum + ms, 0);
    const parts = waterfallParts({
      fileTimestampMs: at(0),
      intendedVisibleMs: at(1),
      visibleMs: at(2),
      eligibleMs: at(3),
      listedMs: at(4),
      getIssuedMs: at(5),
      inflatedMs: at(6),
      batchClosedMs: at(7),
      firstSentMs: at(8),
      acknowledgedMs: at(9),
    });
    expect(WATERFALL_PARTS.map((part) => parts[part])).toEqual(steps);
  });
});

describe('summarizeWaterfall', () => {
  it('averages parts that add up to the average file age', () => {
    fc.assert(
      fc.property(fc.array(boundaries(), { minLength: 1, maxLength: 40 }), (many) => {
        const objects = many.map((times, index) => ({ key: String(index), lagMs: index, boundaries: times }));
        const ages = many.map((times) => Math.max(0, times.acknowledgedMs - times.fileTimestampMs));
        const { avg } = summarizeWaterfall(objects);
        expect(sumOf(avg ?? {})).toBeCloseTo(ages.reduce((sum, ms) => sum + ms, 0) / ages.length, 3);
      }),
    );
  });

  it('keeps the objects with the longest lag, longest first', () => {
    const [times] = fc.sample(boundaries(), 1);
    if (times === undefined) throw new Error('no sample');
    const objects = [3, 9, 1, 7, 5, 8, 2].map((lagMs) => ({ key: `k${lagMs}`, lagMs, boundaries: times }));
    expect(summarizeWaterfall(objects).slowest.map(({ key }) => key)).toEqual(['k9', 'k8', 'k7', 'k5', 'k3']);
  });

  it('has no averages without objects', () => {
    expect(summarizeWaterfall([])).toEqual({ n: 0, avg: null, slowest: [] });
  });
});
