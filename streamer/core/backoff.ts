/** Capped exponential back-off with full jitter: many senders that failed together do not return together. */

export interface BackoffLimits {
  readonly delayMsBase: number;
  readonly delayMsMax: number;
}

/** For a state that several instances share: a fail-over takes seconds, and nothing new is read before somebody has asked again. */
export const SHARED_STATE_RETRY: BackoffLimits = { delayMsBase: 100, delayMsMax: 1_000 };

/**
 * How long to wait before the attempt after the `failureCount`-th failure (from 1). `random` is uniform in [0, 1).
 * A server's `Retry-After` is a minimum, and the jitter comes on top of it.
 */
export function backoffMs(
  limits: BackoffLimits,
  failureCount: number,
  random: number,
  retryAfterMs: number | null,
): number {
  const ceilingMs = Math.min(limits.delayMsMax, limits.delayMsBase * 2 ** Math.min(failureCount - 1, 30));
  return (retryAfterMs ?? 0) + random * ceilingMs;
}
