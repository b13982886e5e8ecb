/**
 * One direction of one connection: what comes in at one end goes out at the other, when no fault is in its way.
 * Invariant: bytes, and the end behind them, arrive in their order, whole, or not at all.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActiveFault } from './active-fault.ts';
import type { ActiveFaultOf, Deck } from './deck.ts';
import type { Direction, FaultKind } from './faults.ts';

/** What may be under way: as much as a long line holds. Beyond that the sender is not read, and so has to wait. */
const windowBytes = 1024 * 1024;
const piecesPerS = 20;
const pieceBytesMin = 1460;

export interface FlowOptions {
  readonly direction: Direction;
  readonly from: Socket;
  readonly to: Socket;
  readonly deck: Deck;
  /** The connection that it is one half of, for faults that choose connections. */
  readonly connection: object;
  readonly random: { next(): number };
  /** Aborts when the connection is over. */
  readonly signal: AbortSignal;
  /** Settles when there is an other end. */
  readonly opened: Promise<void>;
  /** Whether nothing will ever pass again. */
  readonly isForgotten: () => boolean;
  readonly onStrike: (fault: ActiveFault) => void;
  readonly onReset: () => void;
  readonly onDelivered: () => void;
}

type Item =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly dueMs: number }
  /** FIN. */
  | { readonly kind: 'end'; readonly dueMs: number }
  /** The sender is gone for good. */
  | { readonly kind: 'cut'; readonly dueMs: number };

export class Flow {
  readonly #options: FlowOptions;
  readonly #items: Item[] = [];
  /** Bytes that each reset has let pass. */
  readonly #passed = new WeakMap<ActiveFault, number>();
  #underWayBytes = 0;
  #dueMs = 0;
  #isPumping = false;

  constructor(options: FlowOptions) {
    this.#options = options;
    const { from } = options;
    from.on('data', (bytes) => this.#take(bytes));
    from.on('end', () => this.#add({ kind: 'end', dueMs: this.#due() }));
    from.on('close', (isFailed) => {
      if (isFailed) this.#add({ kind: 'cut', dueMs: this.#due() });
    });
  }

  #take(bytes: Buffer): void {
    this.#underWayBytes += bytes.length;
    if (this.#underWayBytes >= windowBytes) this.#options.from.pause();
    this.#add({ kind: 'bytes', bytes, dueMs: this.#due() });
  }

  #add(item: Item): void {
    this.#items.push(item);
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#pump().catch((error: unknown) => {
      // The connection is over, and nobody waits for the rest.
      if (!this.#options.signal.aborted) throw error;
    });
  }

  /** Nothing overtakes what was sent before it. */
  #due(): number {
    let delayMs = 0;
    for (const active of this.#faults('latency')) {
      const { ms, jitterMs } = active.fault;
      this.#options.onStrike(active);
      delayMs += Math.max(0, ms + (2 * this.#options.random.next() - 1) * jitterMs);
    }
    this.#dueMs = Math.max(this.#dueMs, performance.now() + delayMs);
    return this.#dueMs;
  }

  async #pump(): Promise<void> {
    await this.#options.opened;
    for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
      await this.#wait(item.dueMs - performance.now());
      switch (item.kind) {
        case 'bytes':
          await this.#pass(item.bytes);
          this.#underWayBytes -= item.bytes.length;
          if (this.#underWayBytes < windowBytes / 2) this.#options.from.resume();
          break;
        case 'end':
          await this.#close();
          break;
        case 'cut':
          await this.#closeSlowly();
          if (!(await this.#isSwallowed())) this.#options.to.resetAndDestroy();
          break;
      }
      this.#items.shift();
    }
    this.#isPumping = false;
  }

  async #pass(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const pace = this.#pace();
      const piece = bytes.subarray(from, from + (pace?.pieceBytes ?? bytes.length));
      from += piece.length;
      if (await this.#isSwallowed()) continue;
      if (this.#isReset(piece.length)) return;
      await this.#write(piece);
      if (pace !== null) await this.#wait((piece.length / pace.bytesPerS) * 1000);
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    const { to, onDelivered } = this.#options;
    // To nobody: the end of the connection is on its way.
    if (to.destroyed || to.writableEnded) return;
    onDelivered();
    if (!to.write(bytes)) await drained(to);
  }

  async #close(): Promise<void> {
    await this.#closeSlowly();
    if (!(await this.#isSwallowed())) this.#options.to.end();
  }

  async #closeSlowly(): Promise<void> {
    for (const active of this.#faults('slow-close')) {
      this.#options.onStrike(active);
      await this.#wait(active.fault.ms);
    }
  }

  /** Waits while nothing passes; true where nothing ever will. */
  async #isSwallowed(): Promise<boolean> {
    const { deck, signal, isForgotten, onStrike } = this.#options;
    for (;;) {
      const holes = this.#faults('black-hole');
      for (const hole of holes) onStrike(hole);
      if (isForgotten()) return true;
      if (holes.length === 0) return false;
      await deck.changed(signal);
    }
  }

  #isReset(bytes: number): boolean {
    for (const active of this.#faults('reset')) {
      const passed = (this.#passed.get(active) ?? 0) + bytes;
      this.#passed.set(active, passed);
      if (passed <= active.fault.afterBytes) continue;
      this.#options.onStrike(active);
      this.#options.onReset();
      return true;
    }
    return false;
  }

  /** Of the narrowest place; null where there is none. */
  #pace(): { readonly bytesPerS: number; readonly pieceBytes: number } | null {
    const narrow = this.#faults('bandwidth');
    if (narrow.length === 0) return null;
    for (const active of narrow) this.#options.onStrike(active);
    const bytesPerS = Math.min(...narrow.map(({ fault }) => fault.bytesPerS));
    return { bytesPerS, pieceBytes: Math.max(pieceBytesMin, Math.floor(bytesPerS / piecesPerS)) };
  }

  #faults<K extends FaultKind>(kind: K): readonly ActiveFaultOf<K>[] {
    return this.#options.deck.of(kind, this.#options.connection, this.#options.direction);
  }

  async #wait(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#options.signal });
  }
}

/** Or closed. */
async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      resolve();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  });
}
