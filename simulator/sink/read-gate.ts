/**
 * Lets a body flow only while nobody holds it back. Several may at once (a pause fault, a slow reader, a busy inflate), and none of
 * them may set free what another holds.
 */

export type HoldReason = 'paused' | 'slow' | 'inflating';

export class ReadGate {
  readonly #stream: { pause(): unknown; resume(): unknown };
  readonly #holds = new Set<HoldReason>();

  constructor(stream: { pause(): unknown; resume(): unknown }) {
    this.#stream = stream;
  }

  hold(reason: HoldReason): void {
    this.#holds.add(reason);
    this.#stream.pause();
  }

  release(reason: HoldReason): void {
    if (this.#holds.delete(reason) && this.#holds.size === 0) this.#stream.resume();
  }
}
