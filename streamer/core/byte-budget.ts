/**
 * The one account of bytes in flight: what a reader may hold is reserved here first, so the sum never exceeds `memory.limit`.
 * Requests are granted in order, live objects before backlog. A request larger than the whole budget is granted when the budget is
 * empty, cut down to it, so that it cannot wait for ever.
 */

export interface Reservation {
  readonly bytes: number;
  /** Takes `bytes` more if they are free, before those who wait (a holder is nearer to its end); tells whether it did. Never waits, so that holders cannot block each other. */
  tryGrow(bytes: number): boolean;
  /** Gives some bytes back early. */
  shrink(bytes: number): void;
  /** Gives everything back. Safe to call twice. */
  release(): void;
}

interface Waiter {
  readonly bytes: number;
  readonly grant: (reservation: Reservation | null) => void;
}

export class ByteBudget {
  readonly #bytesMax: number;
  #heldBytes = 0;
  #peakBytes = 0;
  readonly #waiting = { live: [] as Waiter[], backlog: [] as Waiter[] };

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The highest that `heldBytes` ever was. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Waits until the bytes are free; null when the signal aborts first. */
  async reserve(bytes: number, lane: 'live' | 'backlog', signal: AbortSignal): Promise<Reservation | null> {
    if (signal.aborted) return null;
    // Whole bytes only: sums of fractions never come back to exactly 0, and the largest request would wait for that for ever.
    const askedBytes = Math.min(Math.ceil(bytes), this.#bytesMax);
    const isFirst = this.#waiting.live.length === 0 && (lane === 'live' || this.#waiting.backlog.length === 0);
    if (isFirst && this.#heldBytes + askedBytes <= this.#bytesMax) return this.#grant(askedBytes);
    return new Promise((resolve) => {
      const waiters = this.#waiting[lane];
      const onAbort = (): void => {
        const index = waiters.indexOf(waiter);
        if (index !== -1) waiters.splice(index, 1);
        resolve(null);
        this.#grantWaiters();
      };
      const waiter: Waiter = {
        bytes: askedBytes,
        grant: (reservation) => {
          signal.removeEventListener('abort', onAbort);
          resolve(reservation);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiters.push(waiter);
    });
  }

  #grant(bytes: number): Reservation {
    let heldBytes = bytes;
    this.#take(bytes);
    return {
      get bytes() {
        return heldBytes;
      },
      tryGrow: (moreBytes) => {
        if (this.#heldBytes + moreBytes > this.#bytesMax) return false;
        this.#take(moreBytes);
        heldBytes += moreBytes;
        return true;
      },
      shrink: (lessBytes) => {
        const givenBytes = Math.min(lessBytes, heldBytes);
        heldBytes -= givenBytes;
        this.#give(givenBytes);
      },
      release: () => {
        const givenBytes = heldBytes;
        heldBytes = 0;
        this.#give(givenBytes);
      },
    };
  }

  #take(bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes > this.#peakBytes) this.#peakBytes = this.#heldBytes;
  }

  #give(bytes: number): void {
    if (bytes === 0) return;
    this.#heldBytes -= bytes;
    this.#grantWaiters();
  }

  #grantWaiters(): void {
    for (const waiters of [this.#waiting.live, this.#waiting.backlog]) {
      while (waiters[0] !== undefined) {
        if (this.#heldBytes + waiters[0].bytes > this.#bytesMax) return;
        const waiter = waiters.shift();
        waiter?.grant(this.#grant(waiter.bytes));
      }
    }
  }
}
