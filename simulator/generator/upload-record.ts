/** The generator's record of a run, `uploads.ndjson`: one line per uploaded object, appended when its PUT has ended. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { HarnessError, messageOf } from '../process/errors.ts';

/** Times are epoch milliseconds, with fractions. */
export interface UploadRecord {
  readonly index: number;
  readonly key: string;
  readonly etag: string;
  /** When the schedule wanted it. Lag is counted from here, so that a slow generator cannot hide it. */
  readonly intendedMs: number;
  readonly putStartMs: number;
  /** The end of the PUT: from then on the object can be listed. */
  readonly putEndMs: number;
  readonly fileTimestampMs: number;
  readonly gzBytes: number;
  readonly rawBytes: number;
  readonly lines: number;
}

export interface UploadRecorder {
  append(record: UploadRecord): void;
  close(): Promise<void>;
}

/** Appends to the file, which is there from the start, so that it can be followed while the run goes on. */
export async function openUploadRecorder(path: string | null): Promise<UploadRecorder> {
  if (path === null) return { append: () => {}, close: async () => {} };
  const stream = createWriteStream(path, { flags: 'a' });
  // Met when closing, or by the append after it.
  const ended = finished(stream);
  ended.catch(() => {});
  await Promise.race([once(stream, 'open'), ended]).catch((error: unknown) => throwUnwritable(path, error));
  return {
    append(record) {
      if (stream.errored !== null) throwUnwritable(path, stream.errored);
      stream.write(`${JSON.stringify(record)}\n`);
    },
    async close() {
      stream.end();
      await ended.catch((error: unknown) => throwUnwritable(path, error));
    },
  };
}

function throwUnwritable(path: string, error: unknown): never {
  throw new HarnessError('usage', `Cannot write the record of uploads to ${path}: ${messageOf(error)}.`, {
    cause: error,
  });
}
