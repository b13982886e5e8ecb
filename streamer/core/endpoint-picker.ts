/**
 * Chooses the endpoint of each POST, and learns from its answers which ones to leave alone for a while.
 *
 * Per endpoint a breaker: `closed` (in use), `open` (left alone until a moment), `half-open` (one probe under way decides).
 * What was under way when it opened lengthens no pause. Its success closes the breaker. No answer ends a pause before the moment for which the endpoint asked.
 * Among the usable ones the least outstanding bytes decide, but only by more than one body: inside that the one that lately got the fewest bytes wins.
 * (By outstanding bytes alone whoever has just answered is asked again, and an endpoint that holds one body more than the others keeps that share for
 * ever: measured, 40 % off even with 4 workers on 3 endpoints.) The memory of past bytes fades by half each second, so that shares are even again soon
 * after an endpoint comes back.
 */

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface PickerLimits {
  /** Failures in a row that open the breaker. */
  readonly failuresMax: number;
  /** First pause of an open breaker; doubles with each failed probe. */
  readonly pauseMsBase: number;
  readonly pauseMsMax: number;
  /** Pause after an answer that no retry can mend (401, 403, 404...): somebody must change the configuration. */
  readonly misconfiguredPauseMs: number;
}

/** A body on its way to an endpoint; given back with exactly one of `succeed`, `fail` and `cancel`. */
export interface Booking {
  readonly endpoint: number;
  readonly bytes: number;
  /** Its answer decides whether the endpoint is back. */
  readonly isProbe: boolean;
  /** How often the endpoint had asked to be left alone when this was sent. */
  readonly pausesAsked: number;
}

interface Endpoint {
  outstandingBytes: number;
  recentBytes: number;
  recentAtMs: number;
  failuresInRow: number;
  pauses: number;
  /** By `Retry-After`. */
  pausesAsked: number;
  /** Null while closed; otherwise the moment from which one probe is allowed. */
  openUntilMs: number | null;
  isProbing: boolean;
}

const RECENT_HALF_LIFE_MS = 1000;

export class EndpointPicker {
  readonly #limits: PickerLimits;
  readonly #endpoints: Endpoint[];

  constructor(endpointCount: number, limits: PickerLimits) {
    this.#limits = limits;
    this.#endpoints = Array.from({ length: endpointCount }, () => ({
      outstandingBytes: 0,
      recentBytes: 0,
      recentAtMs: 0,
      failuresInRow: 0,
      pauses: 0,
      pausesAsked: 0,
      openUntilMs: null,
      isProbing: false,
    }));
  }

  /** The endpoint for a body of `bytes`, one of those to avoid only if it must be; null when none may be used now. */
  pick(nowMs: number, bytes: number, avoid: ReadonlySet<number>): Booking | null {
    const usable = [...this.#endpoints.keys()].filter((index) => this.#isUsable(index, nowMs));
    const others = usable.filter((index) => !avoid.has(index));
    const best = this.#best(others.length > 0 ? others : usable, nowMs, bytes);
    if (best === null) return null;
    const endpoint = this.#at(best);
    endpoint.outstandingBytes += bytes;
    endpoint.recentBytes = this.#recentBytes(endpoint, nowMs) + bytes;
    endpoint.recentAtMs = nowMs;
    const isProbe = endpoint.openUntilMs !== null;
    if (isProbe) endpoint.isProbing = true;
    return { endpoint: best, bytes, isProbe, pausesAsked: endpoint.pausesAsked };
  }

  /** Milliseconds until some endpoint may be used again; 0 when one may be now, null while only probes under way can tell. */
  waitMs(nowMs: number): number | null {
    let waitMs: number | null = null;
    for (const endpoint of this.#endpoints) {
      if (endpoint.isProbing) continue;
      const untilMs = endpoint.openUntilMs === null ? 0 : Math.max(0, endpoint.openUntilMs - nowMs);
      waitMs = waitMs === null ? untilMs : Math.min(waitMs, untilMs);
    }
    return waitMs;
  }

  /** Answered as it should, or refused the body itself: in both cases the endpoint works. */
  succeed(booking: Booking): void {
    const endpoint = this.#giveBack(booking);
    endpoint.failuresInRow = 0;
    // It was sent before the endpoint asked to be left alone.
    if (booking.pausesAsked < endpoint.pausesAsked) return;
    endpoint.pauses = 0;
    endpoint.openUntilMs = null;
    endpoint.isProbing = false;
  }

  fail(booking: Booking, nowMs: number, reason: 'unavailable' | 'misconfigured', retryAfterMs: number | null): void {
    const endpoint = this.#giveBack(booking);
    endpoint.failuresInRow += 1;
    if (reason === 'misconfigured') {
      this.#pause(endpoint, nowMs + this.#limits.misconfiguredPauseMs);
      return;
    }
    if (retryAfterMs !== null) {
      endpoint.pausesAsked += 1;
      this.#pause(endpoint, nowMs + retryAfterMs);
      return;
    }
    // Requests that were under way when the breaker opened fail too; only the first failure and failed probes lengthen the pause.
    if (endpoint.openUntilMs !== null && !booking.isProbe) return;
    if (!booking.isProbe && endpoint.failuresInRow < this.#limits.failuresMax) return;
    const pauseMs = Math.min(this.#limits.pauseMsMax, this.#limits.pauseMsBase * 2 ** Math.min(endpoint.pauses, 30));
    endpoint.pauses += 1;
    this.#pause(endpoint, nowMs + pauseMs);
  }

  /** Never shorter than it is: another answer may have asked for longer. */
  #pause(endpoint: Endpoint, untilMs: number): void {
    endpoint.openUntilMs = Math.max(endpoint.openUntilMs ?? 0, untilMs);
  }

  /** Gives the booking back without a verdict: the attempt was aborted by ourselves. */
  cancel(booking: Booking): void {
    this.#giveBack(booking);
  }

  state(index: number, nowMs: number): BreakerState {
    const endpoint = this.#at(index);
    if (endpoint.openUntilMs === null) return 'closed';
    return endpoint.isProbing || endpoint.openUntilMs <= nowMs ? 'half-open' : 'open';
  }

  #giveBack({ endpoint: index, bytes, isProbe }: Booking): Endpoint {
    const endpoint = this.#at(index);
    endpoint.outstandingBytes -= bytes;
    if (isProbe) endpoint.isProbing = false;
    return endpoint;
  }

  #isUsable(index: number, nowMs: number): boolean {
    const endpoint = this.#at(index);
    return endpoint.openUntilMs === null || (endpoint.openUntilMs <= nowMs && !endpoint.isProbing);
  }

  #best(candidates: readonly number[], nowMs: number, bytes: number): number | null {
    // A probe that is due goes first: one batch tells whether the endpoint is back.
    const probe = candidates.find((index) => this.#at(index).openUntilMs !== null);
    if (probe !== undefined) return probe;
    const leastBytes = Math.min(...candidates.map((index) => this.#at(index).outstandingBytes));
    let best: number | null = null;
    for (const index of candidates) {
      if (this.#at(index).outstandingBytes > leastBytes + bytes) continue;
      if (best === null || this.#gotLess(index, best, nowMs)) best = index;
    }
    return best;
  }

  #gotLess(index: number, than: number, nowMs: number): boolean {
    const [left, right] = [this.#at(index), this.#at(than)];
    const [leftBytes, rightBytes] = [this.#recentBytes(left, nowMs), this.#recentBytes(right, nowMs)];
    return leftBytes === rightBytes ? left.recentAtMs < right.recentAtMs : leftBytes < rightBytes;
  }

  #recentBytes(endpoint: Endpoint, nowMs: number): number {
    return endpoint.recentBytes * 0.5 ** (Math.max(0, nowMs - endpoint.recentAtMs) / RECENT_HALF_LIFE_MS);
  }

  #at(index: number): Endpoint {
    const endpoint = this.#endpoints[index];
    if (endpoint === undefined) throw new RangeError(`endpoint ${index} of ${this.#endpoints.length}`);
    return endpoint;
  }
}
