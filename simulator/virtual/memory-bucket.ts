/** The buckets of the virtual S3: versions over time, listed in string order as S3 does, with pages, folders and a past that a lagging LIST can show. */
import type { ListPage, ListRequest, ObjectRef } from '#streamer';
import type { Version } from './truth.ts';

interface StoredVersion {
  readonly version: Version;
  readonly ref: ObjectRef;
  readonly fromMs: number;
  untilMs: number;
}

export class MemoryBucket {
  /** Sorted: S3 lists keys as strings. */
  readonly #keys: string[] = [];
  readonly #versions = new Map<string, StoredVersion[]>();

  /** The object can be listed from `version.visibleMs` on; an older version of the key is gone then. */
  put(version: Version): void {
    const { bucket, key, content, lastModifiedMs, visibleMs } = version;
    const ref: ObjectRef = { bucket, key, etag: content.etag, sizeBytes: content.stored.length, lastModifiedMs };
    const versions = this.#versions.get(key) ?? [];
    const older = versions.at(-1);
    if (older !== undefined) older.untilMs = Math.min(older.untilMs, visibleMs);
    versions.push({ version, ref, fromMs: visibleMs, untilMs: Infinity });
    this.#versions.set(key, versions);
    const at = this.#positionOf(key);
    if (this.#keys[at] !== key) this.#keys.splice(at, 0, key);
  }

  delete(key: string, atMs: number): void {
    const newest = this.#versions.get(key)?.at(-1);
    if (newest !== undefined) newest.untilMs = Math.min(newest.untilMs, atMs);
  }

  /** What the key holds at that moment; null for nothing. */
  at(key: string, atMs: number): Version | null {
    return this.#storedAt(key, atMs)?.version ?? null;
  }

  refAt(key: string, atMs: number): ObjectRef | null {
    return this.#storedAt(key, atMs)?.ref ?? null;
  }

  /** The page as of that moment. */
  list(request: ListRequest, atMs: number): ListPage {
    const { prefix, delimiter, continuationToken, startAfter } = request;
    const after = continuationToken ?? startAfter;
    const objects: ObjectRef[] = [];
    const prefixes: string[] = [];
    let last = '';
    for (let at = this.#firstPosition(prefix, after); ; at += 1) {
      const key = this.#keys[at];
      if (key === undefined || !key.startsWith(prefix)) return { objects, prefixes, continuationToken: null };
      const stored = this.#storedAt(key, atMs);
      if (stored === null) continue;
      const folder = delimiter === null ? null : folderOf(key, prefix, delimiter);
      // A folder that an earlier page told, or this one just did.
      if (folder !== null && (folder === last || folder === continuationToken)) continue;
      if (objects.length + prefixes.length >= request.keysMax) return { objects, prefixes, continuationToken: last };
      if (folder === null) objects.push(stored.ref);
      else prefixes.push(folder);
      last = folder ?? key;
    }
  }

  #storedAt(key: string, atMs: number): StoredVersion | null {
    const versions = this.#versions.get(key);
    if (versions === undefined) return null;
    for (let index = versions.length - 1; index >= 0; index -= 1) {
      const stored = versions[index];
      if (stored !== undefined && stored.fromMs <= atMs && atMs < stored.untilMs) return stored;
    }
    return null;
  }

  #firstPosition(prefix: string, after: string | null): number {
    if (after === null || after < prefix) return this.#positionOf(prefix);
    const at = this.#positionOf(after);
    return this.#keys[at] === after ? at + 1 : at;
  }

  /** Position of the first key that is not below this one. */
  #positionOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The key up to the first delimiter behind the prefix; null when there is none. */
function folderOf(key: string, prefix: string, delimiter: string): string | null {
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? null : key.slice(0, at + 1);
}
