/**
 * Keeps readers away from a source that refuses them. A single refused object may be a matter of that object; several in a row, with nothing allowed in
 * between, are a matter of credentials or policy: then the source rests for a while, and nothing of it is taken for damaged.
 */

export interface SourceGateLimits {
  readonly refusalsInRowMax: number;
  readonly restMs: number;
}

export class SourceGate {
  readonly #limits: SourceGateLimits;
  #refusalsInRow = 0;
  #restsUntilMs = -Infinity;

  constructor(limits: SourceGateLimits) {
    this.#limits = limits;
  }

  /** How long the source rests. */
  get restMs(): number {
    return this.#limits.restMs;
  }

  /** An object was refused. True when the source goes to rest because of it. */
  refuse(nowMs: number): boolean {
    this.#refusalsInRow += 1;
    if (this.#refusalsInRow < this.#limits.refusalsInRowMax || nowMs < this.restsUntilMs(nowMs)) return false;
    this.#restsUntilMs = nowMs + this.#limits.restMs;
    return true;
  }

  allow(): void {
    this.#refusalsInRow = 0;
    this.#restsUntilMs = -Infinity;
  }

  /** The moment until which nothing should be read; in the past when all is well. */
  restsUntilMs(nowMs: number): number {
    // A rest that is longer than any rest was begun before the clock was set back.
    if (this.#restsUntilMs > nowMs + this.#limits.restMs) this.#restsUntilMs = -Infinity;
    return this.#restsUntilMs;
  }

  /** Refused so often that it cannot be chance; until the next object that is allowed. */
  get isRefusing(): boolean {
    return this.#refusalsInRow >= this.#limits.refusalsInRowMax;
  }
}
