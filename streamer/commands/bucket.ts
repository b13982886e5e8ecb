/** S3 as the commands look at it: page by page, with patience for an S3 that asks to slow down, and with an account of what it cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config, SourceConfig } from '../config/config.ts';
import { backoffMs } from '../core/backoff.ts';
import type { TimeSpan } from '../core/partitions.ts';
import { printable } from '../core/printable.ts';
import { hasCode } from '../errors.ts';
import { type WalkedPage, walkFolders } from '../folder-walk.ts';
import { createS3Client, createS3ObjectStore } from '../io/s3-object-store.ts';
import type { ListPage, ListRequest, ObjectStore } from '../ports.ts';

const KEYS_PER_PAGE = 1000;
const SOCKETS_MAX = 4;
/** Beside those that the SDK makes by itself. */
const ATTEMPTS_MAX = 5;
const RETRY = { delayMsBase: 500, delayMsMax: 10_000 } as const;

export interface Bucket {
  readonly objects: ObjectStore;
  /** LIST requests that were answered, and the time they took together. */
  readonly listing: { requests: number; totalMs: number };
  /** Every page of the source; of folders with a date only those that are wanted. */
  walk(source: SourceConfig, isWanted: (span: TimeSpan) => boolean): AsyncGenerator<WalkedPage, void, void>;
}

/** Gives the connections back when the work is done. */
export async function withBucket<T>(config: Config, work: (bucket: Bucket) => Promise<T>): Promise<T> {
  const client = createS3Client({ ...config.s3, socketsMax: SOCKETS_MAX });
  const objects = createS3ObjectStore(client, SOCKETS_MAX);
  const listing = { requests: 0, totalMs: 0 };
  try {
    return await work({
      objects,
      listing,
      walk: (source, isWanted) =>
        walkFolders({
          prefix: source.prefix,
          isWanted,
          list: async (request) => listPage(objects, { bucket: source.bucket, ...request }, listing),
        }),
    });
  } finally {
    client.destroy();
  }
}

async function listPage(
  objects: ObjectStore,
  request: Omit<ListRequest, 'keysMax'>,
  listing: Bucket['listing'],
): Promise<ListPage> {
  for (let attempt = 1; ; attempt += 1) {
    const startMs = performance.now();
    try {
      const page = await objects.list({ ...request, keysMax: KEYS_PER_PAGE }, new AbortController().signal);
      listing.requests += 1;
      listing.totalMs += performance.now() - startMs;
      return page;
    } catch (error) {
      if (!hasCode(error, 'S3_THROTTLED', 'S3_UNAVAILABLE') || attempt === ATTEMPTS_MAX) throw error;
      await sleep(backoffMs(RETRY, attempt, Math.random(), null));
    }
  }
}

/** For people: its control characters are shown, not sent to the terminal. */
export function nameOfSource({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }): string {
  return printable(`s3://${bucket}/${prefix}`);
}
