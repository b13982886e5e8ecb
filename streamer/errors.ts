/** One error class for everything that is not an expected outcome: a stable code, a message with the cure, and the cause. */

export type ErrorCode =
  | 'USAGE'
  | 'CONFIG_INVALID'
  | 'S3_THROTTLED'
  | 'S3_ACCESS_DENIED'
  | 'S3_NO_BUCKET'
  | 'S3_NOT_FOUND'
  | 'S3_CHANGED'
  | 'S3_ARCHIVED'
  | 'S3_UNAVAILABLE'
  | 'QUEUE_NOT_FOUND'
  | 'QUEUE_ACCESS_DENIED'
  | 'QUEUE_UNAVAILABLE'
  | 'GZIP_CORRUPT'
  | 'GZIP_TRUNCATED'
  | 'GZIP_BOMB'
  /** An object was read to its end, all that was sent of it is settled, and yet a part of it is not: a fault of ours. */
  | 'NOT_ALL_SETTLED'
  | 'STATE_CORRUPT'
  | 'STATE_UNWRITABLE'
  | 'STATE_LOCKED'
  /** Redis does not answer, or cannot do it now: later it may. */
  | 'STATE_UNREACHABLE'
  /** Redis answers, and refuses: a wrong password, a missing permission, a cluster. */
  | 'STATE_REFUSED'
  /** Redis has begun anew since this instance last spoke to it. */
  | 'STATE_FORGOTTEN'
  | 'STATE_MISSING'
  | 'STATE_NOT_MIGRATED'
  | 'PORT_IN_USE'
  | 'ENDPOINT_UNREACHABLE'
  /** `check` found something that would keep the streamer from working. */
  | 'PREFLIGHT_FAILED'
  /** `audit` found objects that were not delivered. */
  | 'OBJECTS_MISSING'
  /** Nothing was compared: no verdict. */
  | 'PROVES_NOTHING'
  | 'ABORTED';

export interface ErrorDetails {
  readonly [name: string]: string | number | boolean | null;
}

export class StreamerError extends Error {
  override readonly name = 'StreamerError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** 1: a check failed; 2: what the operator can mend; 3: no verdict, or a fault of ours. */
export function exitCodeOf(error: unknown): 1 | 2 | 3 {
  if (hasCode(error, 'OBJECTS_MISSING')) return 1;
  return error instanceof StreamerError && error.code !== 'PROVES_NOTHING' ? 2 : 3;
}

/** Whether the error is ours and has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is StreamerError {
  return error instanceof StreamerError && codes.includes(error.code);
}
