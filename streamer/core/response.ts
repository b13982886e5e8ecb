/** What an answer to a POST means. The three outcomes are data: the sender acts on them and on nothing else. */

export type Outcome =
  | { readonly kind: 'delivered' }
  /** May succeed later, here or at another endpoint. */
  | { readonly kind: 'retry'; readonly afterMs: number | null }
  /** This body is refused and will be refused again: 400, 413, 422. */
  | { readonly kind: 'refused' }
  /** Any other answer is about the endpoint (credentials, path, method), not about the data: it is paused, the batch goes elsewhere. */
  | { readonly kind: 'misconfigured' };

export function classifyStatus(status: number, retryAfterMs: number | null): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  // 408 and 429 are 4xx by number but may succeed later.
  if (status === 408 || status === 429 || status >= 500) return { kind: 'retry', afterMs: retryAfterMs };
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused' };
  return { kind: 'misconfigured' };
}

/** All three forms of an HTTP date begin so. `Date.parse` alone reads a date of 2001 into `-5` or `try 5`. */
const WEEKDAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/** `Retry-After` is seconds or an HTTP date; anything else is null. Never negative, capped at `afterMsMax`. */
export function parseRetryAfter(header: string | null, nowMs: number, afterMsMax: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, afterMsMax);
  // The oldest form names no zone; every HTTP date is GMT.
  const atMs = WEEKDAY.test(text) ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) : NaN;
  return Number.isNaN(atMs) ? null : Math.min(Math.max(0, atMs - nowMs), afterMsMax);
}
