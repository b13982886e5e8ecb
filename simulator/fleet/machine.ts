/** The CPU of one machine: cores that everything on it shares, and for each process one event loop, which does one thing at a time. */
import { Station } from './station.ts';

export class Machine {
  readonly cores: Station;

  constructor(cores: number) {
    this.cores = new Station(cores);
  }

  /** A thread of the pool, or another process. */
  work(atMs: number, ms: number): number {
    return this.cores.take(atMs, ms);
  }

  createLoop(): EventLoop {
    return new EventLoop(this.cores);
  }
}

export class EventLoop {
  readonly #cores: Station;
  #freeMs = 0;
  #busyMs = 0;

  constructor(cores: Station) {
    this.#cores = cores;
  }

  get busyMs(): number {
    return this.#busyMs;
  }

  work(atMs: number, ms: number): number {
    this.#busyMs += ms;
    this.#freeMs = this.#cores.take(Math.max(atMs, this.#freeMs), ms);
    return this.#freeMs;
  }
}
