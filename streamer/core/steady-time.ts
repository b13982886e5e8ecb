/**
 * Turns a wall clock into time that never goes back: for pauses, which must not last longer because somebody set the clock. A clock that is set
 * forward only ends them early.
 */
export class SteadyTime {
  #latestMs = -Infinity;
  #aheadMs = 0;

  /** Steady time at this reading of the wall clock. */
  at(wallMs: number): number {
    const steadyMs = Math.max(this.#latestMs, wallMs + this.#aheadMs);
    this.#aheadMs = steadyMs - wallMs;
    this.#latestMs = steadyMs;
    return steadyMs;
  }
}
