/**
 * Where work waits for a server: first come, first served, by so many servers of one speed. How long each piece takes is known when it comes, so it is
 * told at once when it will be done, and nobody need queue.
 */
export class Station {
  readonly #freeMs: Float64Array;
  #busyMs = 0;

  constructor(servers: number) {
    this.#freeMs = new Float64Array(servers);
  }

  /** Server time that was given so far, begun work counted to its end. */
  get busyMs(): number {
    return this.#busyMs;
  }

  get servers(): number {
    return this.#freeMs.length;
  }

  /** When a piece is done that comes at `atMs` and takes `ms`. */
  take(atMs: number, ms: number): number {
    const free = this.#freeMs;
    let first = 0;
    for (let index = 1; index < free.length; index += 1) if ((free[index] ?? 0) < (free[first] ?? 0)) first = index;
    const doneMs = Math.max(atMs, free[first] ?? 0) + ms;
    free[first] = doneMs;
    this.#busyMs += ms;
    return doneMs;
  }
}
