/** So many requests a second, and no more than a second's worth saved up. Time is passed in, so nothing waits in here. */
export class Allowance {
  readonly #perS: number;
  #left: number;
  /** Null before the first request. */
  #atMs: number | null = null;

  constructor(perS: number) {
    this.#perS = perS;
    this.#left = perS;
  }

  /** True where one more request is within the limit. */
  take(nowMs: number): boolean {
    const sinceS = (nowMs - (this.#atMs ?? nowMs)) / 1000;
    this.#atMs = nowMs;
    this.#left = Math.min(this.#perS, this.#left + sinceS * this.#perS);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
