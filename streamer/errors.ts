/** One error class for everything that is not an expected outcome: a stable code, a message with the cure, and the cause. */

export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'S3_THROTTLED'
  | 'S3_ACCESS_DENIED'
  | 'S3_NO_BUCKET'
  | 'S3_NOT_FOUND'
  | 'S3_CHANGED'
  | 'S3_UNAVAILABLE'
  | 'GZIP_CORRUPT'
  | 'GZIP_TRUNCATED'
  | 'STATE_CORRUPT'
  | 'STATE_UNWRITABLE'
  | 'STATE_LOCKED'
  | 'PORT_IN_USE'
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

/** Whether the error is ours and has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is StreamerError {
  return error instanceof StreamerError && codes.includes(error.code);
}
