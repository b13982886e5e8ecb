/** The folders in which objects were seen, and which of them can receive new objects now. Size: one entry a feed, not one a day. */
import {
  doSpansOverlap,
  foldersOfSpan,
  mergePatterns,
  type PartitionPattern,
  patternOfFolder,
  spanOfFolder,
  type TimeSpan,
} from './partitions.ts';

/** A folder stays active this long after its day (or hour) has ended: files are late. */
const ACTIVE_AFTER_MS = 15 * 60_000;
/** And becomes so this long before it begins: our clock may be behind that of who names the files. */
const ACTIVE_BEFORE_MS = 10 * 60_000;

export class FolderMap {
  /** One for each place in which a date is written. */
  #patterns: PartitionPattern[] = [];
  /** Folders without a day in their name: null means that they are always active. */
  readonly #fixed = new Map<string, TimeSpan | null>();

  /** `folder` is relative to the source's prefix and ends in `/`, or is empty. */
  add(folder: string): void {
    const pattern = patternOfFolder(folder);
    if (pattern === null) {
      this.#fixed.set(folder, spanOfFolder(folder));
      return;
    }
    for (const [index, known] of this.#patterns.entries()) {
      const merged = mergePatterns(known, pattern);
      if (merged === null) continue;
      this.#patterns[index] = merged;
      return;
    }
    this.#patterns.push(pattern);
  }

  /** Oldest first; empty until a folder was added. */
  activeAt(nowMs: number): readonly string[] {
    const span = { startMs: nowMs - ACTIVE_AFTER_MS, endMs: nowMs + ACTIVE_BEFORE_MS };
    const folders = new Set<string>();
    for (const [folder, folderSpan] of this.#fixed) {
      if (folderSpan === null || doSpansOverlap(folderSpan, span)) folders.add(folder);
    }
    for (const pattern of this.#patterns) for (const folder of foldersOfSpan(pattern, span)) folders.add(folder);
    return [...folders];
  }
}
