/**
 * Large buffers that are used again. A fresh 10 MB buffer for each object costs its page faults, its unmapping and a garbage collection (measured: a third more
 * CPU for the inflate). Invariant: the pool holds at most `idleBytesMax`, and a buffer that was not asked for lately is dropped.
 */

const SIZE_STEP_BYTES = 1024 * 1024;

interface IdleBuffer {
  readonly buffer: Buffer;
  readonly idleSinceMs: number;
}

export class BufferPool {
  readonly #idleBytesMax: number;
  readonly #idleMsMax: number;
  readonly #nowMs: () => number;
  /** Smallest first. */
  #idle: IdleBuffer[] = [];

  constructor(options: { readonly idleBytesMax: number; readonly idleMsMax: number; readonly nowMs: () => number }) {
    this.#idleBytesMax = options.idleBytesMax;
    this.#idleMsMax = options.idleMsMax;
    this.#nowMs = options.nowMs;
  }

  get idleBytes(): number {
    return this.#idle.reduce((bytes, { buffer }) => bytes + buffer.length, 0);
  }

  /** At least `bytes` long, and at most a quarter and one step longer; its content is arbitrary. */
  take(bytes: number): Buffer {
    const index = this.#idle.findIndex(({ buffer }) => buffer.length >= bytes);
    const found = this.#idle[index];
    if (found !== undefined && found.buffer.length <= bytes + bytes / 4 + SIZE_STEP_BYTES) {
      this.#idle.splice(index, 1);
      return found.buffer;
    }
    return Buffer.allocUnsafeSlow(Math.ceil(bytes / SIZE_STEP_BYTES) * SIZE_STEP_BYTES);
  }

  /** Nobody may read or write it any more. */
  give(buffer: Buffer): void {
    this.dropStale();
    this.#idle.push({ buffer, idleSinceMs: this.#nowMs() });
    this.#idle.sort((left, right) => left.buffer.length - right.buffer.length);
    while (this.idleBytes > this.#idleBytesMax) this.#idle.shift();
  }

  /** Gives back to the system what nobody asked for lately. */
  dropStale(): void {
    const nowMs = this.#nowMs();
    this.#idle = this.#idle.filter(({ idleSinceMs }) => nowMs - idleSinceMs < this.#idleMsMax);
  }
}
