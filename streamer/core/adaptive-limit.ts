/**
 * How many GETs at a time S3 bears: halved when it asks to slow down, one more after each window without that (additive increase, multiplicative
 * decrease). LISTs have their own back-off, so that a throttled reader does not blind discovery, nor the other way round.
 */

export class AdaptiveLimit {
  readonly #limitMax: number;
  readonly #windowMs: number;
  #limit: number;
  #changedMs = -Infinity;

  constructor(options: { readonly limitMax: number; readonly windowMs: number }) {
    this.#limitMax = options.limitMax;
    this.#windowMs = options.windowMs;
    this.#limit = options.limitMax;
  }

  get limit(): number {
    return this.#limit;
  }

  /** At most once a window: the requests that were under way together fail together, and mean one thing. */
  slowDown(nowMs: number): void {
    if (this.#isInWindow(nowMs)) return;
    this.#changedMs = nowMs;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
  }

  /** A request went well. */
  succeed(nowMs: number): void {
    if (this.#limit === this.#limitMax || this.#isInWindow(nowMs)) return;
    this.#changedMs = nowMs;
    this.#limit += 1;
  }

  /** The clock may be set back: a change in its future is over. */
  #isInWindow(nowMs: number): boolean {
    return Math.abs(nowMs - this.#changedMs) < this.#windowMs;
  }
}
