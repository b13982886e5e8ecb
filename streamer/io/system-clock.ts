/** The machine's clock: epoch milliseconds with fractions, so that latencies below a millisecond can be told apart. */
import type { Clock, Random } from '../ports.ts';

export const systemClock: Clock = {
  // Date.now() anchors it, so that a step of the wall clock is followed; performance.now() alone would drift from it for ever.
  now() {
    const coarseMs = Date.now();
    const fineMs = performance.timeOrigin + performance.now();
    return Math.abs(fineMs - coarseMs) <= 2 ? fineMs : coarseMs;
  },
  elapsed: () => performance.now(),
  async sleep(ms, signal) {
    if (signal.aborted || ms <= 0) {
      // A loop that sleeps for 0 ms must still let others run.
      if (!signal.aborted) await new Promise((resolve) => setImmediate(resolve));
      return;
    }
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
    });
  },
};

export const systemRandom: Random = { next: () => Math.random() };
