/**
 * One reading of one object, from its GET to the settling of its last batch.
 * Invariant: its reserved bytes are held until no batch of it is under way, because the batches are views of its content.
 */
import type { Reservation } from './core/byte-budget.ts';
import type { Format } from './core/format.ts';
import { type Lane, type ObjectTask, type ObjectTimes, SettledTracker } from './core/object-task.ts';
import type { Range } from './core/ranges.ts';
import type { Refusal } from './delivery.ts';
import { StreamerError } from './errors.ts';
import type { Inflated } from './ports.ts';

/** Of the settled ranges of an object. */
const SHOWN_CHARACTERS_MAX = 200;

export type FlightEnd =
  | { readonly kind: 'complete' }
  /** Everything else that was queued is settled; these batches the endpoints answer with server errors while they take others. */
  | { readonly kind: 'parked'; readonly batches: number }
  /** It was sent unopened, and refused. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Everything that was queued is settled, but the object was not read to its end. */
  | { readonly kind: 'incomplete'; readonly error: StreamerError };

/** What of a batch its object needs to know. */
export interface SettledBatch {
  readonly range: Range;
  readonly lines: number;
  readonly bodyBytes: number;
}

/** How one batch was settled. */
export interface BatchSettlement extends SettledBatchTimes {
  /** Nobody reads the batch's memory any more. */
  readonly isBodyReleased: boolean;
}

export interface SettledBatchTimes {
  readonly closedMs: number;
  readonly firstSentMs: number;
  readonly acknowledgedMs: number;
}

export class ObjectFlight {
  readonly task: ObjectTask;
  readonly lane: Lane;
  readonly reservation: Reservation;
  readonly getIssuedMs: number;
  /** Content that is inflated, epoch ms; for a streamed object, of its latest chunk. */
  inflatedMs: number;
  /** Where the name left it open, what the content told. */
  format: Format;
  rawBytes = 0;
  /** 0 for an object that is passed through. */
  lines = 0;
  /** It has one batch: its gzip bytes, all of them. */
  isUnopened = false;
  batches = 0;

  readonly #tracker: SettledTracker;
  readonly #onEnd: (flight: ObjectFlight, end: FlightEnd) => void;
  #pendingBatches = 0;
  #pendingBytes = 0;
  #settledLines = 0;
  #parkedBatches = 0;
  #refusal: Refusal | null = null;
  #isCutShort = false;
  #readEnd: { readonly error: StreamerError | null } | null = null;
  #last: SettledBatchTimes | null = null;
  #roomWaiter: (() => void) | null = null;
  #inflated: Inflated | null = null;
  #isMemoryFree = true;

  constructor(options: {
    readonly task: ObjectTask;
    readonly lane: Lane;
    readonly reservation: Reservation;
    readonly getIssuedMs: number;
    readonly onEnd: (flight: ObjectFlight, end: FlightEnd) => void;
  }) {
    this.task = options.task;
    this.format = options.task.format;
    this.lane = options.lane;
    this.reservation = options.reservation;
    this.getIssuedMs = options.getIssuedMs;
    this.inflatedMs = options.getIssuedMs;
    this.#tracker = new SettledTracker(options.task.settled);
    this.#onEnd = options.onEnd;
  }

  /** Others may have the object: nothing more of it may be sent. */
  get isLost(): boolean {
    return this.task.claim?.isLost === true;
  }

  get settled(): readonly Range[] {
    return this.#tracker.settled;
  }

  get settledLines(): number {
    return this.#settledLines;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The content that the batches are views of; it is given back once all of them are settled and nobody reads it. */
  hold(inflated: Inflated): void {
    this.#inflated = inflated;
  }

  /** A batch is on its way. */
  launch(bytes: number): void {
    this.#pendingBatches += 1;
    this.#pendingBytes += bytes;
  }

  /** A batch is settled, or was never sent because there was nothing in it. */
  settle({ range, lines, bodyBytes }: SettledBatch, settlement: BatchSettlement): void {
    this.#tracker.settle(range);
    this.#settledLines += lines;
    if (this.#last === null || settlement.acknowledgedMs >= this.#last.acknowledgedMs) this.#last = settlement;
    if (!settlement.isBodyReleased) this.#isMemoryFree = false;
    this.#land(bodyBytes);
  }

  /** A batch was given up, at a stop or because others have the object: it stays unsettled. */
  abandon(bytes: number): void {
    this.#isCutShort = true;
    this.#isMemoryFree = false;
    this.#land(bytes);
  }

  /** A batch is given up for now: the object is read again later, and only what is not settled is sent. */
  park(bytes: number): void {
    this.#parkedBatches += 1;
    this.abandon(bytes);
  }

  /** What was sent unopened was refused: the object is read again, and its lines are sent. */
  refuse(bytes: number, refusal: Refusal): void {
    this.#refusal = refusal;
    this.abandon(bytes);
  }

  /** Reading is over: at the object's end, or with an error before it. */
  finishReading(error: StreamerError | null): void {
    if (error === null) this.#tracker.endAt(this.rawBytes);
    this.#readEnd = { error };
    this.#endIfOver();
  }

  /** A part of a batch under way is settled, whatever becomes of the rest. */
  settlePart(range: Range, lines: number): void {
    this.#tracker.settle(range);
    this.#settledLines += lines;
  }

  /** For a streamed object: waits until at most `bytesMax` of it are under way. */
  async waitForRoom(bytesMax: number, signal: AbortSignal): Promise<void> {
    while (this.#pendingBytes > bytesMax && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          this.#roomWaiter = null;
          resolve();
        };
        signal.addEventListener('abort', wake, { once: true });
        this.#roomWaiter = wake;
      });
    }
  }

  /** Waterfall boundaries of the last-settled line, each clamped to the one before. An object without lines was settled when it was inflated. */
  times(): ObjectTimes {
    const last = this.#last ?? {
      closedMs: this.inflatedMs,
      firstSentMs: this.inflatedMs,
      acknowledgedMs: this.inflatedMs,
    };
    const inflatedMs = Math.min(this.inflatedMs, last.closedMs);
    return {
      getIssuedMs: this.getIssuedMs,
      inflatedMs,
      batchClosedMs: last.closedMs,
      firstSentMs: last.firstSentMs,
      acknowledgedMs: last.acknowledgedMs,
    };
  }

  #land(bytes: number): void {
    this.#pendingBatches -= 1;
    this.#pendingBytes -= bytes;
    this.#roomWaiter?.();
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.#readEnd === null || this.#pendingBatches > 0) return;
    this.reservation.release();
    if (this.#isMemoryFree) this.#inflated?.release();
    const { error } = this.#readEnd;
    // Damage behind a parked batch is looked at again when the object is: nobody may set aside with it what is good.
    if (this.#parkedBatches > 0 && error?.code !== 'ABORTED')
      this.#onEnd(this, { kind: 'parked', batches: this.#parkedBatches });
    else if (error !== null) this.#onEnd(this, { kind: 'incomplete', error });
    else if (this.#tracker.isComplete) this.#onEnd(this, { kind: 'complete' });
    else if (this.isLost) this.#onEnd(this, { kind: 'incomplete', error: lostClaim() });
    else if (this.#refusal !== null) this.#onEnd(this, { kind: 'refused', refusal: this.#refusal });
    // After a stop nobody waits for it. Else it would be held for ever, with its claim and the message that told of it.
    else if (!this.#isCutShort) this.#onEnd(this, { kind: 'incomplete', error: this.#partLeftOut() });
  }

  #partLeftOut(): StreamerError {
    const settled = this.settled.map(({ start, end }) => `${start}-${end}`).join(', ');
    const message = `of ${this.rawBytes} bytes only these are settled: ${settled.slice(0, SHOWN_CHARACTERS_MAX)}. It is read again; if that does not help, report it as a fault`;
    return new StreamerError('NOT_ALL_SETTLED', message);
  }
}

function lostClaim(): StreamerError {
  return new StreamerError('ABORTED', 'the object is not ours any more');
}
