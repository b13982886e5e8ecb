/**
 * An agent of limited capacity: it works off so many bytes per second from a bounded queue.
 * Invariant: the queue never holds more than `queueBytes`; time is passed in, so nothing waits in here.
 */
import type { FaultOf } from './faults.ts';

export class WorkQueue {
  /** When everything taken so far is worked off; epoch ms. */
  #idleAtMs = 0;

  /** Takes a batch and returns when it will be worked off (epoch ms), or null when there is no room for it. */
  offer(
    batchBytes: number,
    limits: Pick<FaultOf<'capacity'>, 'bytesPerS' | 'queueBytes'>,
    nowMs: number,
  ): number | null {
    const startMs = Math.max(nowMs, this.#idleAtMs);
    const queuedBytes = ((startMs - nowMs) / 1_000) * limits.bytesPerS;
    // An idle agent takes any batch, else one larger than the queue could never pass.
    if (queuedBytes > 0 && queuedBytes + batchBytes > limits.queueBytes) return null;
    this.#idleAtMs = startMs + (batchBytes / limits.bytesPerS) * 1_000;
    return this.#idleAtMs;
  }
}
