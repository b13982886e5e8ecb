/**
 * Which keys of one folder the next head scan lists. Where the keys of the overlap fill more than one page, a scan of all of them costs more than finding
 * what is new is worth: between two such scans only the keys near the newest one are listed. What appears further behind is found a little later.
 */
import { HeadCursor, type ListedKey } from './head-cursor.ts';

/** Who scans as seldom as this (the shipped `scan_interval`) always scans all of the overlap. */
export const WHOLE_SCAN_EVERY_MS = 15_000;
export const NEAR_OVERLAP_MS = 5_000;

export interface FolderScan {
  /** Keys up to this one are not listed; null lists the folder from its beginning. */
  readonly startAfter: string | null;
  readonly isWhole: boolean;
}

export class FolderScans {
  readonly #whole: HeadCursor;
  readonly #near = new HeadCursor({ overlapMs: NEAR_OVERLAP_MS });
  #wholeMs = -Infinity;
  #wholePages = 0;

  constructor(options: { readonly overlapMs: number }) {
    this.#whole = new HeadCursor(options);
  }

  next(nowMs: number): FolderScan {
    // The clock may be set back.
    const isRecent = Math.abs(nowMs - this.#wholeMs) < WHOLE_SCAN_EVERY_MS;
    if (isRecent && this.#wholePages > 1) return { startAfter: this.#near.startAfter, isWhole: false };
    return { startAfter: this.#whole.startAfter, isWhole: true };
  }

  /** Takes all keys of a scan that came to its end, in listing order. */
  finish({ isWhole }: FolderScan, keys: readonly ListedKey[], pages: number, nowMs: number): void {
    this.#near.advance(keys, nowMs);
    this.#whole.advance(keys, nowMs);
    if (!isWhole) return;
    this.#wholeMs = nowMs;
    this.#wholePages = pages;
  }
}
