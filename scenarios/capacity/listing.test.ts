import { describe, expect, it } from 'vitest';
import { describeSlowSweep, type ListedLoad, scanListsPerS, sweepOf } from './listing.ts';

const hourS = 3600;
const documented: ListedLoad = { objectsPerS: 33_000 / 86_400, activeFolders: 1, folderSpanS: 24 * hourS };
const pace = { lookbackS: 24 * hourS, intervalS: 300, listMs: 80 };

describe('a look-back sweep', () => {
  it.each<[string, number, Partial<ListedLoad>, number]>([
    ['yesterday and half of today', 24 * hourS, {}, 50],
    ['half a day, where the window is short', hourS, {}, 19],
    [
      'two pages of each folder, where they are hours and hold little more than one',
      24 * hourS,
      { folderSpanS: hourS },
      49,
    ],
    ['hardly more than the window, where hours hold many', 24 * hourS, { folderSpanS: hourS, objectsPerS: 10 }, 882],
    [
      'a page of each folder, where they hold next to nothing',
      24 * hourS,
      { objectsPerS: 0.001, activeFolders: 5 },
      10,
    ],
  ])('lists %s', (_what, lookbackS, change, pages) => {
    expect(sweepOf({ ...documented, ...change }, { ...pace, lookbackS }).pages).toBe(pages + 3);
  });

  it('pauses behind each page, and begins again at once where it takes longer than its interval', () => {
    const { tookS, everyS } = sweepOf(documented, pace);
    expect(tookS).toBeCloseTo(53 * 0.18);
    expect(everyS).toBe(300);
    const slow = sweepOf({ ...documented, objectsPerS: 100 }, pace);
    expect(slow.everyS).toBe(slow.tookS);
    expect(describeSlowSweep(sweepOf(documented, pace))).toBeNull();
    expect(describeSlowSweep(slow)).toContain('cannot keep up');
  });
});

describe('head scans', () => {
  it('are one LIST each for an active folder, at the documented load', () => {
    expect(scanListsPerS(documented, 15)).toBeCloseTo(1 / 15);
    expect(scanListsPerS({ ...documented, activeFolders: 3 }, 15)).toBeCloseTo(3 / 15);
  });

  it('list the last minute again, where that is more than a page', () => {
    // 100 x (60 + 15) keys.
    expect(scanListsPerS({ ...documented, objectsPerS: 100 }, 15)).toBeCloseTo(8 / 15);
  });

  it('list the whole minute every 15 s only, where they are more frequent', () => {
    // 100 x (60 + 1) keys once in 15 s, and 100 x (5 + 1) the other fourteen times.
    expect(scanListsPerS({ ...documented, objectsPerS: 100 }, 1)).toBeCloseTo((7 + 14) / 15);
  });
});
