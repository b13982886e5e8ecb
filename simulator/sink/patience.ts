/** Who was asked to wait (Retry-After), and came back too soon. By the name that a sender gives to its batch, so that only repetitions count. */

/** Batches of senders that never came back. */
const keptMax = 10_000;

export class Patience {
  readonly #untilMs = new Map<string, number>();

  /** `batch`: null where the sender gave it no name. */
  askToWait(batch: string | null, untilMs: number): void {
    if (batch === null) return;
    this.#untilMs.delete(batch);
    this.#untilMs.set(batch, untilMs);
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > keptMax && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  /** It has come again: whether it should have waited longer. */
  isTooSoon(batch: string | null, nowMs: number): boolean {
    if (batch === null) return false;
    const untilMs = this.#untilMs.get(batch) ?? -Infinity;
    this.#untilMs.delete(batch);
    return nowMs < untilMs;
  }
}
