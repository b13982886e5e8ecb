/**
 * Everything that the streamer tells: each event with its log level, its message and what it counts, in one place.
 * Messages are constant; what varies stands in fields, with the unit in the name. No line content and no secret is ever a field.
 */
import { objectIdOf } from './core/idempotency-key.ts';
import type { ObjectTimes } from './core/object-task.ts';
import type { Range } from './core/ranges.ts';
import type { SkipReason } from './core/selection.ts';
import { countDiscoveryEvent, DISCOVERY_LEVELS, type DiscoveryEvent, isDiscoveryEvent } from './discovery-events.ts';
import {
  countNotificationEvent,
  isNotificationEvent,
  NOTIFICATION_LEVELS,
  type NotificationEvent,
} from './notification-events.ts';
import type { ObjectRef, QuarantineRecord } from './ports.ts';
import { ASK_AGAIN, countSharingEvent, isSharingEvent, SHARING_LEVELS, type SharingEvent } from './sharing-events.ts';

export type StreamerEvent =
  | StartedEvent
  | { readonly kind: 'streamer stopping'; readonly reason: string }
  | DiscoveryEvent
  | NotificationEvent
  | SharingEvent
  | { readonly kind: 'object found'; readonly object: ObjectRef; readonly isLate: boolean }
  | { readonly kind: 'object skipped'; readonly bucket: string; readonly key: string; readonly reason: SkipReason }
  | { readonly kind: 'object read'; readonly object: ObjectRef }
  | { readonly kind: 'object completed'; readonly object: ObjectRef; readonly completed: CompletedObject }
  | {
      readonly kind: 'object retried';
      readonly object: ObjectRef;
      readonly code: string;
      readonly error: string;
      readonly delayMs: number;
    }
  | { readonly kind: 'object changed'; readonly object: ObjectRef }
  /** It was passed through and refused: it is read again, and its lines are sent. */
  | { readonly kind: 'object opened'; readonly object: ObjectRef; readonly status: number; readonly error: string }
  /** The buffer was full, and `http.on_full` is `drop`. */
  | {
      readonly kind: 'lines dropped';
      readonly object: ObjectRef;
      readonly range: Range;
      readonly lines: number;
      readonly bodyBytes: number;
      /** Lines, by this process. */
      readonly droppedBefore: number;
    }
  /** Every endpoint in use answers them with server errors, and takes others: the object is read again later. */
  | {
      readonly kind: 'batches parked';
      readonly object: ObjectRef;
      readonly batches: number;
      /** How often this has happened to the object. */
      readonly parkings: number;
      readonly delayMs: number;
    }
  | { readonly kind: 'source paused'; readonly bucket: string; readonly error: string; readonly restMs: number }
  | {
      readonly kind: 'long line';
      readonly object: ObjectRef;
      readonly policy: 'split' | 'truncate';
      readonly line: number;
      readonly bytes: number;
    }
  | { readonly kind: 'quarantined'; readonly record: QuarantineRecord }
  | ({ readonly kind: 'batch posted'; readonly bodyBytes: number; readonly lines: number } & Attempt)
  | ({
      readonly kind: 'delivery retried';
      readonly status: number | null;
      readonly error: string;
      readonly attempt: number;
      readonly delayMs: number;
    } & Attempt)
  /** The data is at fault: the batch is taken apart, or the line that is left of it is set aside. */
  | ({ readonly kind: 'delivery refused'; readonly status: number; readonly error: string } & Attempt)
  | {
      readonly kind: 'endpoint paused';
      readonly endpoint: string;
      readonly status: number | null;
      readonly error: string;
    }
  | { readonly kind: 'endpoint resumed'; readonly endpoint: string }
  | { readonly kind: 'state saved'; readonly objects: number; readonly durationMs: number }
  | {
      readonly kind: 'state save failed';
      readonly code: string;
      readonly error: string;
      readonly failuresInRow: number;
    }
  | { readonly kind: 'state read failed'; readonly code: string; readonly error: string; readonly delayMs: number }
  | { readonly kind: 'metrics export failed'; readonly endpoint: string; readonly error: string }
  | { readonly kind: 'metrics export resumed'; readonly endpoint: string };

/** One POST. */
interface Attempt {
  readonly endpoint: string;
  /** Of every object that has lines in the batch: with them, one search finds all that happened to an object. */
  readonly objectIds: readonly string[];
  readonly idempotencyKey: string;
  readonly durationMs: number;
}

interface StartedEvent {
  readonly kind: 'streamer started';
  readonly version: string;
  readonly pid: number;
  readonly endpoints: readonly string[];
  readonly sources: readonly string[];
  /** Null when the health server is off. */
  readonly healthPort: number | null;
}

export interface CompletedObject {
  readonly rawBytes: number;
  /** Null where the object was passed through: nobody has counted them. */
  readonly lines: number | null;
  readonly batches: number;
  readonly fileTimestampMs: number;
  readonly listedMs: number;
  readonly eligibleMs: number;
  /** An operator asked for it: its lag says nothing about live delivery. */
  readonly isWanted: boolean;
  readonly times: ObjectTimes;
}

/** Sums since the start. Names follow the documented metrics where there is one. */
export interface Totals {
  listRequests: number;
  headRequests: number;
  getRequests: number;
  /** As stored, of the objects that were asked for. */
  getBytes: number;
  postRequests: number;
  s3FilesProcessed: number;
  s3BytesProcessed: number;
  objectsPassedThrough: number;
  s3FilesErrored: number;
  s3Throttled: number;
  lateObjects: number;
  notificationsReceived: number;
  notificationsUnreadable: number;
  queueErrors: number;
  httpBatchesSent: number;
  httpLinesSent: number;
  httpBytesSent: number;
  httpErrors: number;
  httpNetworkErrors: number;
  httpTimeoutErrors: number;
  httpServerErrors: number;
  httpBufferDrops: number;
  batchesParked: number;
  quarantined: number;
  /** Lines over `processing.max_line_bytes`, delivered in pieces or cut short. */
  linesSplit: number;
  linesTruncated: number;
  stateCommits: number;
  stateSaveFailures: number;
  stateReadFailures: number;
  claimsLost: number;
  objectsTakenOver: number;
  leaseFailures: number;
}

export function zeroTotals(): Totals {
  return {
    listRequests: 0,
    headRequests: 0,
    getRequests: 0,
    getBytes: 0,
    postRequests: 0,
    s3FilesProcessed: 0,
    s3BytesProcessed: 0,
    objectsPassedThrough: 0,
    s3FilesErrored: 0,
    s3Throttled: 0,
    lateObjects: 0,
    notificationsReceived: 0,
    notificationsUnreadable: 0,
    queueErrors: 0,
    httpBatchesSent: 0,
    httpLinesSent: 0,
    httpBytesSent: 0,
    httpErrors: 0,
    httpNetworkErrors: 0,
    httpTimeoutErrors: 0,
    httpServerErrors: 0,
    httpBufferDrops: 0,
    batchesParked: 0,
    quarantined: 0,
    linesSplit: 0,
    linesTruncated: 0,
    stateCommits: 0,
    stateSaveFailures: 0,
    stateReadFailures: 0,
    claimsLost: 0,
    objectsTakenOver: 0,
    leaseFailures: 0,
  };
}

/** Adds one event to the sums. */
export function countEvent(totals: Totals, event: StreamerEvent): void {
  if (isDiscoveryEvent(event)) countDiscoveryEvent(totals, event);
  else if (isNotificationEvent(event)) countNotificationEvent(totals, event);
  else if (isSharingEvent(event)) countSharingEvent(totals, event);
  else countPipelineEvent(totals, event);
}

type PipelineEvent = Exclude<StreamerEvent, DiscoveryEvent | NotificationEvent | SharingEvent>;

function countPipelineEvent(totals: Totals, event: PipelineEvent): void {
  switch (event.kind) {
    case 'object found':
      if (event.isLate) totals.lateObjects += 1;
      return;
    case 'object read':
      totals.getRequests += 1;
      totals.getBytes += event.object.sizeBytes;
      return;
    case 'object completed':
      totals.s3FilesProcessed += 1;
      totals.s3BytesProcessed += event.completed.rawBytes;
      if (event.completed.lines === null) totals.objectsPassedThrough += 1;
      return;
    case 'object retried':
      totals.s3FilesErrored += 1;
      if (event.code === 'S3_THROTTLED') totals.s3Throttled += 1;
      return;
    case 'batch posted':
      totals.postRequests += 1;
      totals.httpBatchesSent += 1;
      totals.httpLinesSent += event.lines;
      totals.httpBytesSent += event.bodyBytes;
      return;
    case 'delivery retried':
      countFailedPost(totals, event);
      return;
    case 'delivery refused':
      totals.postRequests += 1;
      totals.httpErrors += 1;
      return;
    case 'lines dropped':
    case 'batches parked':
    case 'long line':
      countExceptions(totals, event);
      return;
    case 'quarantined':
      totals.quarantined += 1;
      // The whole rest of an object: its last reading failed, and no other follows.
      if (event.record.range === null) totals.s3FilesErrored += 1;
      return;
    case 'state saved':
      totals.stateCommits += 1;
      return;
    case 'state save failed':
      totals.stateSaveFailures += 1;
      return;
    case 'state read failed':
      totals.stateReadFailures += 1;
      return;
    case 'streamer started':
    case 'streamer stopping':
    case 'object skipped':
    case 'object changed':
    case 'object opened':
    case 'endpoint paused':
    case 'endpoint resumed':
    case 'source paused':
    case 'metrics export failed':
    case 'metrics export resumed':
      return;
  }
}

/** What became of lines that could not go the usual way. */
function countExceptions(
  totals: Totals,
  event: Extract<StreamerEvent, { kind: 'lines dropped' | 'batches parked' | 'long line' }>,
): void {
  switch (event.kind) {
    case 'lines dropped':
      totals.httpBufferDrops += event.lines;
      return;
    case 'batches parked':
      totals.batchesParked += event.batches;
      return;
    case 'long line':
      if (event.policy === 'split') totals.linesSplit += 1;
      else totals.linesTruncated += 1;
      return;
  }
}

function countFailedPost(
  totals: Totals,
  { status, error }: { readonly status: number | null; readonly error: string },
): void {
  totals.postRequests += 1;
  totals.httpErrors += 1;
  if (status !== null && status >= 500) totals.httpServerErrors += 1;
  else if (error === 'timeout') totals.httpTimeoutErrors += 1;
  else if (status === null) totals.httpNetworkErrors += 1;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: Readonly<Record<StreamerEvent['kind'], LogLevel>> = {
  'streamer started': 'info',
  'streamer stopping': 'info',
  ...DISCOVERY_LEVELS,
  ...NOTIFICATION_LEVELS,
  ...SHARING_LEVELS,
  'object found': 'debug',
  'object skipped': 'debug',
  'object read': 'debug',
  'object completed': 'info',
  'object retried': 'warn',
  'object changed': 'info',
  'object opened': 'warn',
  'lines dropped': 'warn',
  'batches parked': 'warn',
  'source paused': 'error',
  'long line': 'warn',
  quarantined: 'error',
  'batch posted': 'debug',
  'delivery retried': 'warn',
  'delivery refused': 'debug',
  'endpoint paused': 'warn',
  'endpoint resumed': 'info',
  'state saved': 'debug',
  'state save failed': 'error',
  'state read failed': 'error',
  'metrics export failed': 'warn',
  'metrics export resumed': 'info',
};

export function levelOf(event: StreamerEvent): LogLevel {
  // Somebody was told of this object, and nobody will ever read it.
  if (event.kind === 'object skipped' && event.reason === 'gone') return 'warn';
  // Loud once; then as often as the log bears.
  if (event.kind === 'lines dropped' && event.droppedBefore === 0) return 'error';
  return LEVELS[event.kind];
}

/**
 * The log line's fields: the event's own, with the object flattened to its bucket, key and ETag, and its `objectId`. That id stands in every event of the
 * object's life, those of its batches included, and begins the `Idempotency-Key` that the endpoints see.
 */
export function fieldsOf(event: StreamerEvent): Readonly<Record<string, unknown>> {
  const { kind: _, ...fields } = event;
  if (event.kind === 'quarantined') {
    const { object, settled: _settled, ...record } = event.record;
    return { ...nameOf(object), ...record };
  }
  if (event.kind === 'object completed') {
    const { times, ...completed } = event.completed;
    return {
      ...nameOf(event.object),
      gzBytes: event.object.sizeBytes,
      ...completed,
      ...times,
      processingMs: times.acknowledgedMs - times.getIssuedMs,
      lagMs: times.acknowledgedMs - completed.eligibleMs,
    };
  }
  if (event.kind === 'state forgotten') return { ...fields, advice: ASK_AGAIN };
  if (!('object' in event)) return fields;
  const { kind: _kind, object, ...rest } = event;
  return { ...nameOf(object), ...rest };
}

function nameOf(object: ObjectRef): { objectId: string; bucket: string; key: string; etag: string } {
  return { objectId: objectIdOf(object), bucket: object.bucket, key: object.key, etag: object.etag };
}
