/**
 * Large buffers that are used again. A fresh 10 MB buffer for each object costs its page faults, its unmapping and a garbage collection (measured: a third more
 * CPU for the inflate). Invariants: the pool keeps at most `idleBytesMax`; with what is in use it is at most `bytesMax`, or keeps nothing; a buffer that was not
 * asked for lately is dropped, and its memory freed at once; the last of them stays longer, for where objects come one by one, but never beside a new one.
 */
import { freeMemory } from './free-memory.ts';

const SIZE_STEP_BYTES = 1024 * 1024;

interface IdleBuffer {
  readonly buffer: Buffer;
  readonly idleSinceMs: number;
}

export interface BufferPoolOptions {
  readonly bytesMax: number;
  readonly idleBytesMax: number;
  readonly idleMsMax: number;
  /** For the one that was given back last. */
  readonly lastIdleMsMax: number;
  readonly nowMs: () => number;
}

export class BufferPool {
  readonly #options: BufferPoolOptions;
  #usedBytes = 0;
  /** Smallest first. */
  #idle: IdleBuffer[] = [];
  /** A buffer that could not be given back is in use until it is collected. */
  readonly #collected = new FinalizationRegistry<number>((bytes) => {
    this.#usedBytes -= bytes;
  });

  constructor(options: BufferPoolOptions) {
    this.#options = options;
  }

  get idleBytes(): number {
    return this.#idle.reduce((bytes, { buffer }) => bytes + buffer.length, 0);
  }

  /** At least `bytes` long, and at most a quarter and one step longer; its content is arbitrary. */
  take(bytes: number): Buffer {
    const buffer = this.#takeIdle(bytes) ?? this.#make(Math.ceil(bytes / SIZE_STEP_BYTES) * SIZE_STEP_BYTES);
    this.#usedBytes += buffer.length;
    this.#collected.register(buffer, buffer.length, buffer);
    return buffer;
  }

  /** Nobody may read or write it any more. */
  give(buffer: Buffer): void {
    this.#collected.unregister(buffer);
    this.#usedBytes -= buffer.length;
    this.dropStale();
    this.#idle.push({ buffer, idleSinceMs: this.#options.nowMs() });
    this.#idle.sort((left, right) => left.buffer.length - right.buffer.length);
    this.#makeRoom(0);
  }

  /** Gives back to the system what nobody asked for lately. */
  dropStale(): void {
    const { nowMs, idleMsMax, lastIdleMsMax } = this.#options;
    const lastSinceMs = Math.max(...this.#idle.map(({ idleSinceMs }) => idleSinceMs));
    const last = this.#idle.find(({ idleSinceMs }) => idleSinceMs === lastSinceMs);
    this.#drop((idle) => idle.idleSinceMs <= nowMs() - (idle === last ? lastIdleMsMax : idleMsMax));
  }

  #drop(isStale: (idle: IdleBuffer) => boolean): void {
    const { stale = [], fresh = [] } = Object.groupBy(this.#idle, (idle) => (isStale(idle) ? 'stale' : 'fresh'));
    for (const { buffer } of stale) freeMemory(buffer);
    this.#idle = fresh;
  }

  #takeIdle(bytes: number): Buffer | null {
    const index = this.#idle.findIndex(({ buffer }) => buffer.length >= bytes);
    const found = this.#idle[index];
    if (found === undefined || found.buffer.length > bytes + bytes / 4 + SIZE_STEP_BYTES) return null;
    this.#idle.splice(index, 1);
    return found.buffer;
  }

  #make(bytes: number): Buffer {
    const { nowMs, idleMsMax } = this.#options;
    this.#drop(({ idleSinceMs }) => idleSinceMs <= nowMs() - idleMsMax);
    this.#makeRoom(bytes);
    return Buffer.allocUnsafeSlow(bytes);
  }

  /** Drops the smallest first: the largest cost the most to make. */
  #makeRoom(bytes: number): void {
    const { bytesMax, idleBytesMax } = this.#options;
    while (this.idleBytes > Math.max(0, Math.min(idleBytesMax, bytesMax - this.#usedBytes - bytes))) {
      const dropped = this.#idle.shift();
      if (dropped !== undefined) freeMemory(dropped.buffer);
    }
  }
}
