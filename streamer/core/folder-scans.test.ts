import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FolderScans, NEAR_OVERLAP_MS, WHOLE_SCAN_EVERY_MS } from './folder-scans.ts';
import type { ListedKey } from './head-cursor.ts';

const OVERLAP_MS = 60_000;
const START_S = 1_760_000_000;

function listed(second: number, sequence: number): ListedKey {
  return { key: `${START_S + second}_1_1_${sequence}.gz`, fileTimestampMs: (START_S + second) * 1000 };
}

/** One head scan of the folder as it is now: what S3 lists behind the cursor, in string order. */
function scan(scans: FolderScans, folder: readonly ListedKey[], nowMs: number, pageKeys = 20): readonly ListedKey[] {
  const next = scans.next(nowMs);
  const keys = folder
    .filter(({ key }) => next.startAfter === null || key > next.startAfter)
    .toSorted((left, right) => (left.key < right.key ? -1 : 1));
  scans.finish(next, keys, Math.max(1, Math.ceil(keys.length / pageKeys)), nowMs);
  return keys;
}

const atMs = (second: number): number => (START_S + second) * 1000;

describe('FolderScans', () => {
  it('lists each key that is near the newest at the next scan, and each one inside the overlap soon after', () => {
    const arrival = fc.record({ second: fc.nat(240), behindS: fc.nat(59), sequence: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 200 }), (arrivals) => {
        const scans = new FolderScans({ overlapMs: OVERLAP_MS });
        const folder = new Map<string, ListedKey>();
        const cameMs = new Map<string, number>();
        const seen = new Set<string>();
        let newestMs = -Infinity;
        for (let second = 0; second <= 300; second += 1) {
          for (const one of arrivals.filter((other) => other.second === second)) {
            const key = listed(second - one.behindS, one.sequence);
            if (folder.has(key.key) || key.fileTimestampMs < newestMs - OVERLAP_MS) continue;
            folder.set(key.key, key);
            cameMs.set(key.key, atMs(second));
          }
          for (const { key, fileTimestampMs } of scan(scans, [...folder.values()], atMs(second), 2)) {
            seen.add(key);
            newestMs = Math.max(newestMs, fileTimestampMs);
          }
          for (const { key, fileTimestampMs } of folder.values()) {
            const isNear = fileTimestampMs >= newestMs - NEAR_OVERLAP_MS;
            const isSoon = atMs(second) - (cameMs.get(key) ?? 0) >= WHOLE_SCAN_EVERY_MS;
            // What the newest key left behind by more than the overlap meanwhile is the sweep's.
            const isInReach = fileTimestampMs >= newestMs - OVERLAP_MS;
            if (isNear || (isSoon && isInReach)) expect(seen).toContain(key);
          }
        }
      }),
    );
  });

  it('lists what is near the newest key only, where all of the overlap would take pages', () => {
    const scans = new FolderScans({ overlapMs: OVERLAP_MS });
    const folder = Array.from({ length: 61 }, (_, second) => listed(second, 1));
    expect(scan(scans, folder, atMs(60))).toHaveLength(61);
    expect(scan(scans, folder, atMs(61))).toHaveLength(6);
    expect(scan(scans, folder, atMs(60) + WHOLE_SCAN_EVERY_MS)).toHaveLength(61);
  });

  it('always lists all of the overlap where that is one page', () => {
    const scans = new FolderScans({ overlapMs: OVERLAP_MS });
    const folder = Array.from({ length: 12 }, (_, index) => listed(index * 5, 1));
    for (const second of [60, 61, 62]) expect(scan(scans, folder, atMs(second))).toHaveLength(12);
  });
});
