/**
 * The outside world as the streamer sees it: every port is passed in, so that the same pipeline runs on real parts and on a virtual clock.
 *
 * Glossary (one meaning each, everywhere):
 * - object: one version (bucket, decoded key, ETag) of one S3 key.
 * - line: one record, delivered byte-exact, without its newline, after the format's rule.
 * - batch: contiguous lines of one object, or several whole tiny objects, in one POST.
 * - range: [start, end) in bytes of the object's uncompressed content; its ends lie on line boundaries.
 * - acknowledged: an endpoint answered 2xx to the batch that held the line. Nothing else counts.
 * - settled: acknowledged, or quarantined with a durable record, or (drop mode only) dropped with a durable count.
 * - complete: an object all of whose lines are settled.
 * - eligible: the moment max(visible, file timestamp + delay_window), from which an object may be read.
 * - live, backlog: eligible less, or more, than `processing.live_window` ago.
 */
import type { Range } from './core/ranges.ts';

/** Wall clock in epoch milliseconds (with fractions) and a sleep that an abort ends early, without throwing. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Uniform in [0, 1). Only jitter and probing use it; what is delivered never depends on it. */
export interface Random {
  next(): number;
}

/** Where objects come from: one bucket and prefix of `s3.sources[]` (or of `s3.bucket` and `s3.prefix`). */
export interface Source {
  readonly bucket: string;
  readonly prefix: string;
}

/** One object as LIST or a notification names it. */
export interface ObjectRef {
  readonly bucket: string;
  /** Decoded key. */
  readonly key: string;
  /** With its quotes taken off. */
  readonly etag: string;
  /** Bytes as stored. */
  readonly sizeBytes: number;
  /** Epoch ms; S3 gives it in whole seconds. */
  readonly lastModifiedMs: number;
}

export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Keys strictly after this one; null from the start. Ignored with a continuation token. */
  readonly startAfter: string | null;
  readonly continuationToken: string | null;
  /** `/` folds deeper keys into `prefixes`; null lists them all. */
  readonly delimiter: '/' | null;
  readonly keysMax: number;
}

export interface ListPage {
  readonly objects: readonly ObjectRef[];
  readonly prefixes: readonly string[];
  /** Null on the last page. */
  readonly continuationToken: string | null;
}

/** The body of one GET. Exactly one of `readAll`, `stream` and `discard` must be called, else its socket leaks. */
export interface ObjectBody {
  readonly etag: string;
  /** Bytes as stored; null when the server did not say. */
  readonly sizeBytes: number | null;
  readAll(): Promise<Uint8Array>;
  stream(): AsyncIterable<Uint8Array>;
  discard(): void;
}

/** S3. Failures are thrown as `StreamerError` with an `S3_*` code. */
export interface ObjectStore {
  list(request: ListRequest, signal: AbortSignal): Promise<ListPage>;
  /** Reads with If-Match on the ETag: an overwritten object fails with `S3_CHANGED`, so that versions are never mixed. */
  get(ref: ObjectRef, signal: AbortSignal): Promise<ObjectBody>;
}

/** gzip (any number of members) or plain content; failures are `StreamerError` with code `GZIP_CORRUPT` or `GZIP_TRUNCATED`. */
export interface Inflate {
  /** Whole content in one buffer, or null when it would exceed `rawBytesMax`: then use `stream`. */
  whole(stored: Uint8Array, rawBytesMax: number, signal: AbortSignal): Promise<Uint8Array | null>;
  stream(stored: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** One POST attempt. */
export interface SinkRequest {
  readonly endpoint: number;
  /** Lines joined by \n; the parts are sent one after the other. */
  readonly parts: readonly Uint8Array[];
  readonly bodyBytes: number;
  readonly contentType: string;
  readonly idempotencyKey: string;
}

/** What came of one POST attempt, before anybody decides what it means. */
export type SinkAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null; readonly text: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'network'; readonly code: string; readonly message: string };

/** The EdgeDelta HTTP inputs. Expected failures are values; only an abort throws. */
export interface Sink {
  readonly endpoints: readonly string[];
  post(request: SinkRequest, signal: AbortSignal): Promise<SinkAnswer>;
  close(): Promise<void>;
}

/** Identity of an object in state: the same for every instance and every restart. */
export interface ObjectIdentity {
  /** 128-bit hash of (bucket, key, etag), lower-case hex. */
  readonly id: string;
  /** UTC hour of the file timestamp (or of LastModified when later), in hours since the epoch: state is pruned by it. */
  readonly hour: number;
}

export type ObjectRecord =
  | { readonly kind: 'unknown' }
  /** Settled ranges of an object whose reading was interrupted. */
  | { readonly kind: 'partial'; readonly settled: readonly Range[] }
  | { readonly kind: 'complete' };

export interface QuarantineRecord {
  readonly object: ObjectRef;
  /** Null for the whole rest of the object. */
  readonly range: Range | null;
  /** Ordinal of the first line, from 0, where known. */
  readonly firstLine: number | null;
  readonly lineCount: number | null;
  /** Stable code: `line-too-long`, `refused`, `gzip-corrupt`, `gzip-truncated`, `object-gone`... */
  readonly reason: string;
  readonly detail: string;
  readonly atMs: number;
}

export interface StateChange {
  readonly identity: ObjectIdentity;
  readonly object: ObjectRef;
  /** Ranges settled since the last commit; the store merges them (a set union). */
  readonly settled: readonly Range[];
  readonly complete: boolean;
}

/** Durable memory. When `commit` returns, its changes survive a crash: all of them or none. */
export interface StateStore {
  /** Files with a timestamp before this moment are not ours (`processing.start_from` of the first start); kept since then. */
  readStartFromMs(firstStartMs: number): Promise<number>;
  lookup(identities: readonly ObjectIdentity[]): Promise<readonly ObjectRecord[]>;
  commit(changes: readonly StateChange[], quarantined: readonly QuarantineRecord[]): Promise<void>;
  /** Forgets what is older than the look-back and audit windows. */
  prune(beforeHour: number): Promise<void>;
  close(): Promise<void>;
}
