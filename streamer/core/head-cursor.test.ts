import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadCursor, type ListedKey } from './head-cursor.ts';

const OVERLAP_MS = 60_000;

function listed(second: number, sequence: number): ListedKey {
  return {
    key: `${1_760_000_000 + second}_56442_130_${sequence}.gz`,
    fileTimestampMs: (1_760_000_000 + second) * 1000,
  };
}

function atSecond(second: number): number {
  return (1_760_000_000 + second) * 1000;
}

/** What S3 would answer: the keys of the folder after the cursor, in string order. */
function scan(cursor: HeadCursor, folder: readonly ListedKey[]): readonly ListedKey[] {
  const inOrder = folder.toSorted((left, right) => (left.key < right.key ? -1 : 1));
  return inOrder.filter(({ key }) => cursor.startAfter === null || key > cursor.startAfter);
}

describe('HeadCursor', () => {
  it('lists again every key that is not older than the newest by more than the overlap, whenever it appeared', () => {
    const arrival = fc.record({
      second: fc.nat(400),
      sequence: fc.integer({ min: 1, max: 12 }),
      scanNumber: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 40 }), (arrivals) => {
        const cursor = new HeadCursor({ overlapMs: OVERLAP_MS });
        const seen = new Set<string>();
        let newestMs = -Infinity;
        for (let scanNumber = 0; scanNumber <= 5; scanNumber += 1) {
          const folder = arrivals
            .filter((one) => one.scanNumber <= scanNumber)
            .map((one) => listed(one.second, one.sequence));
          const page = scan(cursor, folder);
          // What is missing now was either seen before, or came later than the overlap allows: the sweep's work.
          for (const { key, fileTimestampMs } of folder) {
            if (page.some((one) => one.key === key) || seen.has(key)) continue;
            expect(fileTimestampMs).toBeLessThan(newestMs - OVERLAP_MS);
          }
          for (const one of page) {
            seen.add(one.key);
            newestMs = Math.max(newestMs, one.fileTimestampMs);
          }
          cursor.advance(page, atSecond(400));
        }
      }),
    );
  });

  it('never parts _1, _10 and _2 of one second', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { minLength: 1, maxLength: 20 }), (seconds) => {
        const cursor = new HeadCursor({ overlapMs: OVERLAP_MS });
        const folder = seconds.flatMap((second) => [1, 2, 10].map((sequence) => listed(second, sequence)));
        cursor.advance(scan(cursor, folder), atSecond(200));
        const page = scan(cursor, folder);
        for (const second of new Set(page.map(({ fileTimestampMs }) => fileTimestampMs))) {
          const together = page.filter(({ fileTimestampMs }) => fileTimestampMs === second).map(({ key }) => key);
          expect(new Set(together).size).toBe(3);
        }
      }),
    );
  });

  it('leaves what is older behind, so that a scan costs the same all day', () => {
    const cursor = new HeadCursor({ overlapMs: OVERLAP_MS });
    const folder = Array.from({ length: 3600 }, (_, second) => listed(second, 1));
    cursor.advance(scan(cursor, folder), atSecond(3600));
    expect(scan(cursor, folder)).toHaveLength(61);
  });

  it('stops before the first key inside the overlap, even if an older one follows it', () => {
    const cursor = new HeadCursor({ overlapMs: OVERLAP_MS });
    const oddlyNamed = { key: 'zzz.gz', fileTimestampMs: atSecond(0) };
    cursor.advance([listed(0, 1), listed(95, 1), listed(100, 1), oddlyNamed], atSecond(100));
    expect(cursor.startAfter).toBe(listed(0, 1).key);
  });

  it('begins at the beginning, and stays there when there is nothing', () => {
    const cursor = new HeadCursor({ overlapMs: OVERLAP_MS });
    cursor.advance([], atSecond(0));
    expect(cursor.startAfter).toBeNull();
  });

  it('is not carried into the future by a time stamp from there', () => {
    const cursor = new HeadCursor({ overlapMs: OVERLAP_MS });
    const folder = [listed(10, 1), listed(20, 1), listed(100_000, 1)];
    cursor.advance(scan(cursor, folder), atSecond(30));
    expect(scan(cursor, [...folder, listed(25, 1)])).toHaveLength(4);
  });

  it('never goes back', () => {
    const cursor = new HeadCursor({ overlapMs: OVERLAP_MS });
    cursor.advance([listed(0, 1), listed(500, 1)], atSecond(500));
    const { startAfter } = cursor;
    cursor.advance([listed(480, 1)], atSecond(500));
    expect(cursor.startAfter).toBe(startAfter);
  });
});
