/**
 * An account for each object of the load: how much of it is stored and acknowledged.
 * Invariant: an object is followed line by line only from its first stored line until its last is acknowledged; before and after, it is a
 * few numbers in columns. A million accounts take 32 MB, where a million JavaScript objects would take hundreds.
 */
import { countLines, LineSet, type LineRange } from './line-set.ts';

export interface ObjectAccount {
  readonly index: number;
  /** Lines that must be delivered. */
  readonly lines: number;
  readonly deliveredLines: number;
  readonly acknowledgedLines: number;
  readonly duplicateLines: number;
  /** When the first 2xx to a batch of it was sent, and when the one that acknowledged its last missing line; epoch ms. */
  readonly firstAckMs: number | null;
  readonly settledMs: number | null;
}

/** Which lines of an object in progress are stored and acknowledged. */
export interface OpenObject {
  readonly stored: LineSet;
  readonly acknowledged: LineSet;
}

export class Accounts {
  readonly #lines: Uint32Array;
  readonly #delivered: Uint32Array;
  readonly #acknowledged: Uint32Array;
  readonly #duplicates: Uint32Array;
  readonly #firstAckMs: Float64Array;
  readonly #settledMs: Float64Array;
  readonly #open = new Map<number, OpenObject>();

  constructor(objects: readonly { readonly lines: number }[]) {
    this.#lines = Uint32Array.from(objects, (object) => object.lines);
    this.#delivered = new Uint32Array(objects.length);
    this.#acknowledged = new Uint32Array(objects.length);
    this.#duplicates = new Uint32Array(objects.length);
    // Not a number where it has not happened yet.
    this.#firstAckMs = new Float64Array(objects.length).fill(Number.NaN);
    this.#settledMs = new Float64Array(objects.length).fill(Number.NaN);
  }

  get objectCount(): number {
    return this.#lines.length;
  }

  /** Objects whose lines are followed one by one at present. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Enters a copy of these lines and returns those that were stored already. */
  store(index: number, range: LineRange): readonly LineRange[] {
    const isWhole = read(this.#delivered, index) === read(this.#lines, index);
    const again = isWhole ? [range] : this.#openObject(index).stored.add(range.first, range.end);
    const copies = countLines(again);
    add(this.#delivered, index, range.end - range.first - copies);
    add(this.#duplicates, index, copies);
    return again;
  }

  /** Enters that these lines, stored before, were acknowledged now; returns how many were for the first time. */
  acknowledge(index: number, range: LineRange, atMs: number): number {
    if (Number.isNaN(this.#firstAckMs[index])) this.#firstAckMs[index] = atMs;
    if (this.isSettled(index)) return 0;
    const again = this.#openObject(index).acknowledged.add(range.first, range.end);
    const added = range.end - range.first - countLines(again);
    add(this.#acknowledged, index, added);
    if (read(this.#acknowledged, index) === read(this.#lines, index)) {
      this.#settledMs[index] = atMs;
      this.#open.delete(index);
    }
    return added;
  }

  isSettled(index: number): boolean {
    return !Number.isNaN(this.#settledMs[index]);
  }

  account(index: number): ObjectAccount {
    const firstAckMs = this.#firstAckMs[index] ?? Number.NaN;
    const settledMs = this.#settledMs[index] ?? Number.NaN;
    return {
      index,
      lines: read(this.#lines, index),
      deliveredLines: read(this.#delivered, index),
      acknowledgedLines: read(this.#acknowledged, index),
      duplicateLines: read(this.#duplicates, index),
      firstAckMs: Number.isNaN(firstAckMs) ? null : firstAckMs,
      settledMs: Number.isNaN(settledMs) ? null : settledMs,
    };
  }

  /** Null before the first stored line, and once all are acknowledged. */
  open(index: number): OpenObject | null {
    return this.#open.get(index) ?? null;
  }

  /** Every object of which a line is stored, in the load's order. */
  *touched(): Generator<ObjectAccount> {
    for (const [index, delivered] of this.#delivered.entries()) {
      if (delivered !== 0) yield this.account(index);
    }
  }

  #openObject(index: number): OpenObject {
    const known = this.#open.get(index);
    if (known !== undefined) return known;
    const opened = { stored: new LineSet(), acknowledged: new LineSet() };
    this.#open.set(index, opened);
    return opened;
  }
}

function read(column: Uint32Array, index: number): number {
  const value = column[index];
  if (value === undefined) throw new RangeError(`the load has no object ${index}`);
  return value;
}

function add(column: Uint32Array, index: number, value: number): void {
  column[index] = read(column, index) + value;
}
