/** What follows from a failed reading, as data: which faults heal with time, and which only quarantine can end. */
import type { BackoffLimits } from './core/backoff.ts';
import type { ObjectTask } from './core/object-task.ts';
import type { StreamerError } from './errors.ts';

export type ReadingDecision =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'overwritten' }
  | { readonly kind: 'retry'; readonly backoff: BackoffLimits; readonly isDamage: boolean }
  | { readonly kind: 'quarantine'; readonly reason: string; readonly detail: string };

/** Damage can come from the wire, and a missing object from a listing that is ahead: read again this often before giving up. */
const DAMAGE_READINGS_MAX = 3;
const SOON: BackoffLimits = { delayMsBase: 200, delayMsMax: 10_000 };
const THROTTLED: BackoffLimits = { delayMsBase: 500, delayMsMax: 30_000 };
const DENIED: BackoffLimits = { delayMsBase: 5_000, delayMsMax: 60_000 };

export function failedReading(task: ObjectTask, error: StreamerError): ReadingDecision {
  switch (error.code) {
    case 'ABORTED':
      return { kind: 'stopped' };
    case 'S3_CHANGED':
      return { kind: 'overwritten' };
    case 'S3_THROTTLED':
      return { kind: 'retry', backoff: THROTTLED, isDamage: false };
    case 'S3_ACCESS_DENIED':
    case 'S3_NO_BUCKET':
      return { kind: 'retry', backoff: DENIED, isDamage: false };
    case 'S3_NOT_FOUND':
      return damaged(task, error, 'object-gone');
    case 'GZIP_CORRUPT':
      return damaged(task, error, 'gzip-corrupt');
    case 'GZIP_TRUNCATED':
      return damaged(task, error, 'gzip-truncated');
    case 'S3_ARCHIVED':
      return { kind: 'quarantine', reason: 'object-archived', detail: error.message };
    case 'GZIP_BOMB':
      return { kind: 'quarantine', reason: 'gzip-bomb', detail: error.message };
    case 'S3_UNAVAILABLE':
    case 'NOT_ALL_SETTLED':
    case 'QUEUE_NOT_FOUND':
    case 'QUEUE_ACCESS_DENIED':
    case 'QUEUE_UNAVAILABLE':
    case 'USAGE':
    case 'CONFIG_INVALID':
    case 'STATE_CORRUPT':
    case 'STATE_UNWRITABLE':
    case 'STATE_LOCKED':
    case 'STATE_UNREACHABLE':
    case 'STATE_REFUSED':
    case 'STATE_FORGOTTEN':
    case 'STATE_MISSING':
    case 'STATE_NOT_MIGRATED':
    case 'PREFLIGHT_FAILED':
    case 'OBJECTS_MISSING':
    case 'PROVES_NOTHING':
    case 'PORT_IN_USE':
    case 'ENDPOINT_UNREACHABLE':
      return { kind: 'retry', backoff: SOON, isDamage: false };
  }
}

function damaged(task: ObjectTask, error: StreamerError, reason: string): ReadingDecision {
  return task.damagedReadings + 1 >= DAMAGE_READINGS_MAX
    ? { kind: 'quarantine', reason, detail: error.message }
    : { kind: 'retry', backoff: SOON, isDamage: true };
}
