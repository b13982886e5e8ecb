/** Lets one loop sleep until there is something to do. A `notify` while nobody waits is remembered, so that none is missed. */
import type { Clock } from '../ports.ts';

export class Wakeup {
  #isNotified = false;
  #sleeper: AbortController | null = null;

  notify(): void {
    this.#isNotified = true;
    this.#sleeper?.abort();
  }

  /** Returns when notified (also before the call), when `ms` have passed, or when the signal aborts. One waiter at a time. */
  async wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isNotified && !signal.aborted) {
      const sleeper = new AbortController();
      const onAbort = (): void => sleeper.abort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#sleeper = sleeper;
      await clock.sleep(ms, sleeper.signal);
      this.#sleeper = null;
      signal.removeEventListener('abort', onAbort);
    }
    this.#isNotified = false;
  }
}
