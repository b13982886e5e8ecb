import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FolderMap } from './folder-map.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

function activeAt(folders: readonly string[], at: string): readonly string[] {
  const map = new FolderMap();
  for (const folder of folders) map.add(folder, 0);
  return map.activeAt(Date.parse(at));
}

function dayFolder(atMs: number): string {
  const date = new Date(atMs);
  return `year=${date.getUTCFullYear()}/month=${date.getUTCMonth() + 1}/day=${date.getUTCDate()}/`;
}

describe('FolderMap', () => {
  it('names the folders of a quarter of an hour ago, of now and of ten minutes ahead, whatever day was seen first', () => {
    const moment = fc.integer({ min: Date.UTC(2006, 0, 1), max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(moment, fc.array(moment, { minLength: 1, maxLength: 40 }), (nowMs, seen) => {
        const map = new FolderMap();
        // Day 9 of month 9 tells the padding, as it does within nine days of any feed's life.
        map.add('year=2025/month=9/day=9/', 0);
        for (const seenMs of seen) map.add(dayFolder(seenMs), 0);
        const expected = new Set([
          dayFolder(nowMs - 15 * MINUTE_MS),
          dayFolder(nowMs),
          dayFolder(nowMs + 10 * MINUTE_MS - 1),
        ]);
        expect(map.activeAt(nowMs)).toEqual([...expected]);
      }),
    );
  });

  it.each([
    ['2025-09-09T23:49:00Z', ['year=2025/month=9/day=9/']],
    ['2025-09-09T23:51:00Z', ['year=2025/month=9/day=9/', 'year=2025/month=9/day=10/']],
    ['2025-09-10T00:10:00Z', ['year=2025/month=9/day=9/', 'year=2025/month=9/day=10/']],
    ['2025-09-10T00:16:00Z', ['year=2025/month=9/day=10/']],
    ['2025-09-30T23:59:30Z', ['year=2025/month=9/day=30/', 'year=2025/month=10/day=1/']],
    ['2025-12-31T23:59:30Z', ['year=2025/month=12/day=31/', 'year=2026/month=1/day=1/']],
  ])('walks over midnight: at %s', (at, folders) => {
    expect(activeAt(['year=2025/month=9/day=9/'], at)).toEqual(folders);
  });

  it('keeps one entry a feed, however many days it has seen', () => {
    const days = Array.from({ length: 400 }, (_, index) => `web/${dayFolder(Date.UTC(2025, 0, 1) + index * DAY_MS)}`);
    expect(activeAt([...days, 'dns/year=2025/month=9/day=9/'], '2026-06-06T12:00:00Z')).toEqual([
      'web/year=2026/month=6/day=6/',
      'dns/year=2026/month=6/day=6/',
    ]);
  });

  it('lists both spellings until a date tells which one is used', () => {
    expect(activeAt(['year=2025/month=11/day=24/'], '2025-12-05T12:00:00Z')).toEqual([
      'year=2025/month=12/day=5/',
      'year=2025/month=12/day=05/',
    ]);
    expect(activeAt(['year=2025/month=11/day=24/', 'year=2025/month=12/day=05/'], '2025-12-06T12:00:00Z')).toEqual([
      'year=2025/month=12/day=06/',
    ]);
  });

  it('keeps a folder without a date active for ever, and one with a coarser date while that lasts', () => {
    const folders = ['', 'web/', 'year=2025/month=9/'];
    expect(activeAt(folders, '2025-09-20T12:00:00Z')).toEqual(folders);
    expect(activeAt(folders, '2025-10-20T12:00:00Z')).toEqual(['', 'web/']);
  });

  it('keeps an oddly written day active on that day only', () => {
    const folder = 'year=2025/month=9/day=9/hour=05/';
    expect(activeAt([folder], '2025-09-09T05:30:00Z')).toEqual([folder]);
    expect(activeAt([folder], '2025-09-09T07:30:00Z')).toEqual([]);
  });

  // A folder named for each run was listed every day from then on: the scans grew until the next restart.
  it.each(['year=2025/month=9/day=9/', ''])(
    'keeps of folders that are named for each run, below %j, those of lately',
    (day) => {
      const map = new FolderMap();
      map.add('quiet/', null);
      for (let run = 0; run < 5000; run += 1) map.add(`${day}run=${run}/`, run);
      map.forgetQuiet(4900);
      const active = map.activeAt(Date.UTC(2025, 8, 9, 12));
      expect(active).toEqual(Array.from({ length: 100 }, (_, index) => `${day}run=${4900 + index}/`));
      map.add(`${day}run=1/`, null);
      expect(map.activeAt(Date.UTC(2025, 8, 9, 12))).toEqual(active);
    },
  );

  it('keeps some feeds however long they are quiet, the least quiet ones', () => {
    const map = new FolderMap();
    for (let feed = 0; feed < 30; feed += 1) map.add(`feed-${feed}/`, feed < 25 ? feed : 1000);
    map.forgetQuiet(500);
    const kept = [...Array.from({ length: 15 }, (_, index) => 10 + index), 25, 26, 27, 28, 29];
    expect(map.activeAt(0)).toEqual(kept.map((feed) => `feed-${feed}/`));
    map.forgetQuiet(2000);
    expect(map.activeAt(0)).toHaveLength(20);
  });

  it('is empty until a folder was added', () => {
    expect(activeAt([], '2025-09-09T12:00:00Z')).toEqual([]);
  });
});
