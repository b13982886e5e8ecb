/** What is in the world's buckets, and the way in: every object enters the truth and S3 together. */
import type { ObjectRef } from '#streamer';
import { MemoryBucket } from './memory-bucket.ts';
import { type PlannedObject, SOURCES } from './plan.ts';
import type { Truth, Version } from './truth.ts';

export class StoredObjects {
  readonly #truth: Truth;
  readonly #startFromMs: number;
  readonly #buckets = new Map<string, MemoryBucket>(SOURCES.map(({ bucket }) => [bucket, new MemoryBucket()]));

  /** `startFromMs`: what was last modified before that moment is none of the streamer's. */
  constructor(options: { readonly truth: Truth; readonly startFromMs: number }) {
    this.#truth = options.truth;
    this.#startFromMs = options.startFromMs;
  }

  /** It can be seen from `visibleMs` on. */
  put({ source, key, content, visibleMs }: PlannedObject): Version {
    const bucket = SOURCES[source]?.bucket ?? '';
    const lastModifiedMs = Math.floor(visibleMs / 1000) * 1000;
    const isOurs = isReadable(key) && lastModifiedMs >= this.#startFromMs;
    const standing = isOurs ? 'owed' : 'foreign';
    const version = this.#truth.addVersion({ bucket, key, lastModifiedMs, visibleMs, standing }, content);
    this.bucket(bucket).put(version);
    return version;
  }

  /** What the key of some source holds at that moment; null for nothing. */
  refAt(key: string, atMs: number): ObjectRef | null {
    const source = SOURCES.find(({ prefix }) => key.startsWith(prefix));
    return source === undefined ? null : this.bucket(source.bucket).refAt(key, atMs);
  }

  bucket(name: string): MemoryBucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new RangeError(`there is no bucket ${name}`);
    return bucket;
  }
}

/** Names that the sources' formats know. */
function isReadable(key: string): boolean {
  return /\/\d{10}_\d+_\d+_\d+\.gz$/.test(key) || /\/\d{4}-\d\d-\d\d-\d\d-\d\d-\w+\.csv\.gz$/.test(key);
}
