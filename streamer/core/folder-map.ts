/** The folders in which objects were seen, and which of them can receive new objects now. Size: one entry a feed, not one a day, of those that had something lately. */
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

/** So many places are kept however long nothing came: a quiet feed that begins anew is found by the next scan. */
const QUIET_PLACES_MAX = 20;

interface Place {
  /** More than one only where dates are written in two ways. */
  readonly patterns: PartitionPattern[];
  /** When a sweep last found something fresh in it; -Infinity for never. */
  freshMs: number;
}

export class FolderMap {
  /** Where a date is written: one entry for all its days. */
  readonly #places = new Map<string, Place>();
  /** Folders without a day in their name: a null span means that they are always active. */
  readonly #fixed = new Map<string, { readonly span: TimeSpan | null; freshMs: number }>();

  /** `folder` is relative to the source's prefix and ends in `/`, or is empty. `freshMs`: when something fresh was found in it; null when all of it is old. */
  add(folder: string, freshMs: number | null): void {
    const pattern = patternOfFolder(folder);
    const known = pattern === null ? this.#fixed.get(folder) : this.#places.get(placeOf(pattern));
    if (known === undefined) {
      // Folders that are named anew for each run are never written to again.
      if (freshMs === null && this.#size >= QUIET_PLACES_MAX) return;
      const seen = { freshMs: freshMs ?? -Infinity };
      if (pattern === null) this.#fixed.set(folder, { span: spanOfFolder(folder), ...seen });
      else this.#places.set(placeOf(pattern), { patterns: [pattern], ...seen });
      return;
    }
    known.freshMs = Math.max(known.freshMs, freshMs ?? -Infinity);
    if (pattern !== null && 'patterns' in known) learn(known.patterns, pattern);
  }

  /** Forgets the places in which nothing fresh was found since then, the longest quiet ones first, but for a few. */
  forgetQuiet(sinceMs: number): void {
    const quiet = [this.#places, this.#fixed].flatMap((entries) =>
      [...entries].map(([key, { freshMs }]) => ({ entries, key, freshMs })).filter(({ freshMs }) => freshMs < sinceMs),
    );
    const excess = Math.max(0, this.#size - QUIET_PLACES_MAX);
    for (const { entries, key } of quiet.toSorted((left, right) => left.freshMs - right.freshMs).slice(0, excess))
      entries.delete(key);
  }

  /** Oldest first; empty until a folder was added. */
  activeAt(nowMs: number): readonly string[] {
    const span = { startMs: nowMs - ACTIVE_AFTER_MS, endMs: nowMs + ACTIVE_BEFORE_MS };
    const folders = new Set<string>();
    for (const [folder, fixed] of this.#fixed) {
      if (fixed.span === null || doSpansOverlap(fixed.span, span)) folders.add(folder);
    }
    for (const { patterns } of this.#places.values())
      for (const pattern of patterns) for (const folder of foldersOfSpan(pattern, span)) folders.add(folder);
    return [...folders];
  }

  get #size(): number {
    return this.#places.size + this.#fixed.size;
  }
}

function placeOf({ before, shape, hasHour, after }: PartitionPattern): string {
  return JSON.stringify([before, shape, hasHour, after]);
}

function learn(patterns: PartitionPattern[], pattern: PartitionPattern): void {
  for (const [index, known] of patterns.entries()) {
    const merged = mergePatterns(known, pattern);
    if (merged === null) continue;
    patterns[index] = merged;
    return;
  }
  patterns.push(pattern);
}
