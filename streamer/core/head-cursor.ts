/**
 * Where the next head scan of one folder begins. In a folder whose key order is time order, keys older than the newest one by more than the overlap
 * need not be listed again; the look-back sweep finds what arrives later than that. The boundary falls between two time stamps, never inside
 * one second, so `_1`, `_10` and `_2` of the same second are always listed together.
 */

export interface ListedKey {
  readonly key: string;
  readonly fileTimestampMs: number;
}

export class HeadCursor {
  readonly #overlapMs: number;
  #startAfter: string | null = null;

  constructor(options: { readonly overlapMs: number }) {
    this.#overlapMs = options.overlapMs;
  }

  /** Keys up to this one need no more head scans; null lists the folder from its beginning. */
  get startAfter(): string | null {
    return this.#startAfter;
  }

  /** Takes a whole scan's keys in listing order. A time stamp in the future must not move the boundary past the present. */
  advance(keys: readonly ListedKey[], nowMs: number): void {
    let newestMs = -Infinity;
    for (const { fileTimestampMs } of keys)
      if (fileTimestampMs <= nowMs && fileTimestampMs > newestMs) newestMs = fileTimestampMs;
    const boundaryMs = newestMs - this.#overlapMs;
    for (const { key, fileTimestampMs } of keys) {
      if (fileTimestampMs >= boundaryMs) return;
      this.#startAfter = key;
    }
  }
}
