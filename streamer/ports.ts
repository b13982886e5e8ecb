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
 * - wanted: an object that an operator asked for by name, beside what discovery finds (`audit --requeue`, `replay`, `quarantine retry`).
 * - eligible: the moment max(visible, file timestamp + delay_window), from which an object may be read.
 * - live, backlog: eligible less, or more, than `processing.live_window` ago.
 * - session: one run of one instance, as the others see it; it lives as long as it renews its lease.
 * - claim: a session's hold on one object, named by a token; it ends with the session, and nobody is given the same token again.
 * - lister: the one session at a time that lists for all of them.
 */
import type { Claim } from './core/claim.ts';
import type { Range } from './core/ranges.ts';
import type { StreamerEvent } from './events.ts';

/** Wall clock in epoch milliseconds (with fractions) and a sleep that an abort ends early, without throwing. */
export interface Clock {
  now(): number;
  /** Milliseconds since some moment, by a clock that nobody sets: for what must end in time whatever the wall clock says. */
  elapsed(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Uniform in [0, 1). Only jitter and probing use it; what is delivered never depends on it. */
export interface Random {
  next(): number;
}

/** Told of everything that happens; must not throw and must not wait. */
export interface Events {
  emit(event: StreamerEvent): void;
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
  /** The version that stands there now. `S3_NOT_FOUND` proves nothing before a LIST has confirmed it: the answer has no body, and may be a proxy's. */
  head(object: Pick<ObjectRef, 'bucket' | 'key'>, signal: AbortSignal): Promise<ObjectRef>;
  /** Reads with If-Match on the ETag: an overwritten object fails with `S3_CHANGED`, so that versions are never mixed. */
  get(ref: ObjectRef, signal: AbortSignal): Promise<ObjectBody>;
}

/** One message that tells of objects. */
export interface Notification {
  /** The same each time that the queue shows the message. */
  readonly id: string;
  /** Names this showing of it; only the latest one counts. */
  readonly receipt: string;
  readonly body: string;
}

export interface QueueFacts {
  /** After this time the queue forgets a message, whether or not anybody has dealt with it. */
  readonly retentionMs: number;
  /** Messages that come back too often are moved to another queue, where somebody can look at them. */
  readonly hasRedrivePolicy: boolean;
}

/** What was not done for some receipts. */
export interface Undone {
  /** May succeed later. */
  readonly failed: readonly string[];
  /** The queue does not know them any more: their messages are visible again, or gone. */
  readonly lost: readonly string[];
}

/** The queue of S3 events. A message that is shown stays hidden from all others for a while, and is shown again unless it is deleted. Failures are thrown as `StreamerError` with a `QUEUE_*` code. */
export interface Notifications {
  describe(signal: AbortSignal): Promise<QueueFacts>;
  /** Waits a while for messages; empty when there were none. */
  receive(
    options: { readonly messagesMax: number; readonly hiddenMs: number },
    signal: AbortSignal,
  ): Promise<readonly Notification[]>;
  /** Hides the messages for this long from now; 0 shows them at once. */
  hide(receipts: readonly string[], hiddenMs: number, signal: AbortSignal): Promise<Undone>;
  delete(receipts: readonly string[], signal: AbortSignal): Promise<Undone>;
}

/** Content in memory that can be used again. */
export interface Inflated {
  readonly content: Uint8Array;
  /** Gives the memory to the next object: only when nobody reads the content any more, the network included. Not calling it is always safe. */
  release(): void;
}

/** One member of a gzip object. */
export interface GzipMember {
  readonly content: Uint8Array;
  /** Where in the stored bytes the next one begins. */
  readonly end: number;
  /** Its content is what its CRC and its length say. */
  readonly isSound: boolean;
}

/** gzip (any number of members), or plain content where the gzip magic is absent. */
export interface Inflate {
  /**
   * Whole content in one buffer; `stored` is spent then, and may be read no more. Null when the content exceeds `rawBytesMax` or is damaged, or zeros stand
   * in what is stored: then use `member` or `stream`, which give what is good of it.
   */
  whole(stored: Uint8Array, rawBytesMax: number): Promise<Inflated | null>;
  /** What is stored, to be sent as it is. */
  asStored(stored: Uint8Array): Inflated;
  /** The member that begins at this byte; null where none stands there that can be inflated to its end, or its content exceeds `rawBytesMax`. */
  member(stored: Uint8Array, at: number, rawBytesMax: number): Promise<GzipMember | null>;
  /** Yields all that can be inflated, then throws a `StreamerError` (`GZIP_CORRUPT`, `GZIP_TRUNCATED`) where the content is damaged. */
  stream(stored: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** One POST attempt. */
export interface SinkRequest {
  readonly endpoint: number;
  /** Lines joined by \n; the parts are sent one after the other. */
  readonly parts: readonly Uint8Array[];
  readonly bodyBytes: number;
  /** The parts are compressed already. */
  readonly encoding?: 'gzip';
  readonly contentType: string;
  readonly idempotencyKey: string;
}

/** What came of one POST attempt, before anybody decides what it means. */
export type SinkAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfterMs: number | null;
      readonly text: string;
      /** The system has taken every byte of the body (an endpoint may answer before that): its memory may be used again. */
      readonly isBodyReleased: boolean;
    }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'network'; readonly code: string; readonly message: string };

/** The EdgeDelta HTTP inputs. Expected failures are values; only an abort throws. */
export interface Sink {
  readonly endpoints: readonly string[];
  post(request: SinkRequest, signal: AbortSignal): Promise<SinkAnswer>;
  close(): Promise<void>;
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
  /** With a null range: what of the object is not part of the rest. */
  readonly settled?: readonly Range[];
}

/** An object that an operator asked for. The request stays in state until it is fulfilled, over any number of restarts; shared state that forgets everything forgets it, too. */
export interface WantedObject {
  /** Names the request, in the order in which they were made; a later request for the same object replaces the earlier and has another. */
  readonly seq: number;
  readonly object: ObjectRef;
  /** `missing`: to be delivered unless it is complete by now. `again`: whether complete or not, all of it but `settled`. */
  readonly kind: 'missing' | 'again';
  readonly settled: readonly Range[];
}

/** A request that is done. */
export interface Fulfilment {
  readonly wantedSeq: number;
  /** `gone`: the version that was asked for was overwritten. */
  readonly outcome: 'delivered' | 'gone';
  readonly atMs: number;
}

export interface StateChange {
  readonly object: ObjectRef;
  /** Ranges settled since the last commit; the store merges them (a set union). */
  readonly settled: readonly Range[];
  readonly complete: boolean;
  /**
   * Where instances share the objects, always: the claim of the reading. A completion under one that is not valid any more is refused, and the store calls its `lose`.
   * The ranges count; but where the object is complete and is read again on request, only those of that reading, which the claim tells.
   */
  readonly claim?: Claim;
}

/** What state knows beside the objects. */
export interface StateHead {
  /** Objects that were last modified before this moment are not ours (`processing.start_from` at the first start); epoch ms. */
  readonly startFromMs: number;
  /** Every object that was last modified before this moment is complete or not ours: discovery need not look further back; epoch ms. */
  readonly floorMs: number;
}

/** Lines that were thrown away because the buffer was full (`http.on_full: drop`). */
export interface Dropped {
  readonly lines: number;
  readonly batches: number;
}

export interface StateCommit {
  readonly changes: readonly StateChange[];
  readonly quarantined: readonly QuarantineRecord[];
  readonly fulfilled: readonly Fulfilment[];
  /** Null leaves it as it is. */
  readonly head: StateHead | null;
  /** Complete objects that were last modified before this moment may be forgotten; null forgets none. */
  readonly forgetBeforeMs: number | null;
  /** All that this process has dropped since it opened the store (not since the last commit): a commit that is repeated counts nothing twice. Absent where nothing was. */
  readonly dropped?: Dropped;
}

/**
 * Durable memory, keyed by object identity (bucket, key, ETag). When `commit` returns, all of it survives a crash; when it throws, none of it
 * need have. Size follows what may not be forgotten, never history.
 */
export interface StateStore {
  /** Null at the first start. */
  readHead(): Promise<StateHead | null>;
  /** One answer for each object, in order. */
  lookup(objects: readonly ObjectRef[]): Promise<readonly ObjectRecord[]>;
  /** Requests with a `seq` beyond this one, in order; another process may add some at any time. */
  readWanted(afterSeq: number, objectsMax: number): Promise<readonly WantedObject[]>;
  commit(commit: StateCommit): Promise<void>;
  close(): Promise<void>;
}

/** What the instances tell each other of an object. */
export interface SharedObject {
  readonly object: ObjectRef;
  readonly listedMs: number;
  /** The moment since which it may be read; of two objects in a lane the smaller goes first. */
  readonly rankMs: number;
  /** Ranges that need not be read, beside those that state knows of. */
  readonly settled: readonly Range[];
  readonly wanted: Pick<WantedObject, 'seq' | 'kind'> | null;
}

/** `full`: so many objects are ready that no more are taken now. */
export type OfferAnswer = 'queued' | 'under-way' | 'complete' | 'full';

export interface ClaimedObject extends SharedObject {
  /** The store calls its `lose` as soon as it hears that it is not valid any more, whatever was asked then. */
  readonly claim: Claim;
}

/** What a session holds. */
export interface HeldObject {
  readonly shared: SharedObject;
  readonly claim: Claim;
}

export interface ClaimAnswer {
  readonly claimed: readonly ClaimedObject[];
  /** Objects of dead sessions that were given back just now. */
  readonly takenOver: number;
  /** The store has no lease of the session, or one that has ended: it gave nothing. */
  readonly isLeaseOver: boolean;
}

export interface RenewalAnswer {
  readonly isLister: boolean;
  /** Tokens that are not valid any more. */
  readonly lost: readonly string[];
  /** Objects of dead sessions that were given back just now. */
  readonly takenOver: number;
}

/**
 * Objects that several instances share: found by one of them, put into a common set, and claimed from it by any. Each call is atomic, may be repeated,
 * and reads the time of the store, not the instance's. Failures are thrown as `StreamerError` with a `STATE_*` code.
 */
export interface SharedWork {
  readonly leaseTtlMs: number;
  /**
   * Keeps the session and its claims alive for `leaseTtlMs`, and not a moment less, from when it is asked; begins it if it is new. What the session was given and
   * does not hold goes back to the set. `onAsk`: it is asked now, or once more; it may have been told a lot before. What that gives back is called as soon as it
   * has answered; it may be told a lot after, and that may fail.
   */
  renew(session: string, held: readonly HeldObject[], onAsk: () => () => void): Promise<RenewalAnswer>;
  /** One answer for each object, in order. Live objects find as many places as backlog has, beside it. */
  offer(
    objects: readonly SharedObject[],
    options: { readonly readyMax: number; readonly liveWindowMs: number },
  ): Promise<readonly OfferAnswer[]>;
  /** Live objects first, the oldest of each lane first. Empty as well where the session's lease is over. */
  claim(session: string, options: { readonly objectsMax: number; readonly liveWindowMs: number }): Promise<ClaimAnswer>;
  /** Takes them out of the set: whoever follows them tells of them again. */
  dismiss(held: readonly HeldObject[]): Promise<void>;
  /** Ends the session: all it holds goes back to the set, and others may list. */
  leave(session: string): Promise<void>;
}

/** All of them, as `pipeline.ts` gets them. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly objects: ObjectStore;
  readonly inflate: Inflate;
  readonly sink: Sink;
  readonly state: StateStore;
  readonly events: Events;
  /** Only with `discovery.mode` `sqs` or `both`. */
  readonly notifications?: Notifications;
  /** Only where several instances share the objects. */
  readonly shared?: SharedWork;
}
