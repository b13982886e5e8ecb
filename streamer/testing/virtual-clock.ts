/** A clock that only moves when nothing else can happen, so that hours pass in milliseconds and every run is the same. */
import type { Clock } from '../ports.ts';

/** Lets everything run that can run without the clock moving. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Time stands still until `runUntil` finds that everybody sleeps; then it jumps to the next who wakes. */
export class VirtualClock implements Clock {
  #nowMs: number;
  /** By so much the wall clock was set forward; below 0: back. */
  aheadMs = 0;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs + this.aheadMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Fails when that has not come true within the given virtual time, or when nobody sleeps any more. */
  async runUntil(isDone: () => boolean, withinMs = 3_600_000): Promise<void> {
    const deadlineMs = this.#nowMs + withinMs;
    for (await settle(); !isDone(); await settle()) {
      const [next] = this.#sleepers.toSorted((left, right) => left.atMs - right.atMs);
      if (next === undefined) throw new Error('nobody sleeps, and nothing happens any more');
      if (next.atMs > deadlineMs) throw new Error(`it has not happened within ${withinMs} ms`);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
  }

  async runFor(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    let isOver = false;
    const sleep = async (): Promise<void> => {
      await this.sleep(ms, new AbortController().signal);
      isOver = true;
    };
    void sleep();
    await this.runUntil(() => isOver, endMs);
  }
}
