/**
 * The objects that this process is busy with, so that no LIST offers one twice. A complete object is kept until its completion is durable and for
 * `keepMs` after that, because head scans see it again for a while and need not ask the state store each time.
 * Invariant: no call walks all of them; there may be a million.
 */
import { LeavingQueue } from './leaving-queue.ts';

/** `forgotten`: it need not be read, or not by this process. */
export type WayEnd = 'done' | 'forgotten';

/** What is told of an object beside its identity. */
export interface KnownObject {
  /** `Infinity` where the look-back need not wait for it. */
  readonly lastModifiedMs: number;
  readonly eligibleMs: number;
  /** As stored. */
  readonly sizeBytes: number;
}

/** Objects under way that may be read. */
export interface Backlog {
  readonly objects: number;
  readonly bytes: number;
  /** 0 when there are none. */
  readonly oldestAgeMs: number;
}

interface Entry extends KnownObject {
  readonly identity: string;
  /** Null while the object is under way. */
  doneMs: number | null;
  isForgotten: boolean;
  /** Counted in the backlog. */
  isEligible: boolean;
  /** Told once, when it is no longer under way. */
  readonly watchers: ((end: WayEnd) => void)[];
}

const byEligible = (left: Entry, right: Entry): number => left.eligibleMs - right.eligibleMs;

export class KnownObjects {
  readonly #keepMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #done = new LeavingQueue<Entry>(
    (left, right) => (left.doneMs ?? 0) - (right.doneMs ?? 0),
    ({ isForgotten }) => !isForgotten,
  );
  readonly #byAge = new LeavingQueue<Entry>(
    (left, right) => compare(left.lastModifiedMs, right.lastModifiedMs),
    isUnderWay,
  );
  readonly #notYetEligible = new LeavingQueue<Entry>(byEligible, isUnderWay);
  readonly #eligible = new LeavingQueue<Entry>(byEligible, isUnderWay);
  #underWay = 0;
  #eligibleObjects = 0;
  #eligibleBytes = 0;

  constructor(options: { readonly keepMs: number }) {
    this.#keepMs = options.keepMs;
  }

  has(identity: string): boolean {
    return this.#entries.has(identity);
  }

  /** Found, and not yet durably complete. */
  isUnderWay(identity: string): boolean {
    return this.#entries.get(identity)?.doneMs === null;
  }

  /** Objects found and not yet durably complete. */
  get underWayCount(): number {
    return this.#underWay;
  }

  add(identity: string, { lastModifiedMs, eligibleMs, sizeBytes }: KnownObject): void {
    if (this.#entries.has(identity)) return;
    const entry: Entry = {
      identity,
      lastModifiedMs,
      eligibleMs,
      sizeBytes,
      doneMs: null,
      isForgotten: false,
      isEligible: false,
      watchers: [],
    };
    this.#entries.set(identity, entry);
    this.#byAge.push(entry);
    this.#notYetEligible.push(entry);
    this.#underWay += 1;
  }

  /** Tells when the object is no longer under way, or at once if it is not. */
  watch(identity: string, onEnd: (end: WayEnd) => void): void {
    const entry = this.#entries.get(identity);
    if (entry === undefined) onEnd('forgotten');
    else if (entry.doneMs !== null) onEnd('done');
    else entry.watchers.push(onEnd);
  }

  markDone(identity: string, nowMs: number): void {
    const entry = this.#entries.get(identity);
    if (entry === undefined || entry.doneMs !== null) return;
    entry.doneMs = nowMs;
    this.#done.push(entry);
    this.#leaveWay(entry, 'done');
  }

  /** The object need not be read (it was overwritten, or is gone): a later LIST may offer it again. */
  forget(identity: string): void {
    const entry = this.#entries.get(identity);
    if (entry === undefined) return;
    const wasUnderWay = isUnderWay(entry);
    entry.isForgotten = true;
    this.#entries.delete(identity);
    if (wasUnderWay) this.#leaveWay(entry, 'forgotten');
  }

  /** Drops what was done long enough ago. */
  expire(nowMs: number): void {
    for (;;) {
      const entry = this.#done.peek();
      if (entry === undefined || (entry.doneMs ?? Infinity) + this.#keepMs >= nowMs) return;
      this.#done.pop();
      this.#entries.delete(entry.identity);
    }
  }

  /** LastModified of the oldest object under way; null when there is none. */
  oldestUnderWayMs(): number | null {
    return this.#byAge.peek()?.lastModifiedMs ?? null;
  }

  backlogAt(nowMs: number): Backlog {
    for (;;) {
      const entry = this.#notYetEligible.peek();
      if (entry === undefined || entry.eligibleMs > nowMs) break;
      this.#notYetEligible.pop();
      this.#eligible.push(entry);
      entry.isEligible = true;
      this.#eligibleObjects += 1;
      this.#eligibleBytes += entry.sizeBytes;
    }
    const oldestMs = Math.min(nowMs, this.#eligible.peek()?.eligibleMs ?? nowMs);
    return { objects: this.#eligibleObjects, bytes: this.#eligibleBytes, oldestAgeMs: nowMs - oldestMs };
  }

  #leaveWay(entry: Entry, end: WayEnd): void {
    this.#underWay -= 1;
    if (entry.isEligible) {
      this.#eligibleObjects -= 1;
      this.#eligibleBytes -= entry.sizeBytes;
    }
    for (const onEnd of entry.watchers.splice(0)) onEnd(end);
  }
}

function isUnderWay({ doneMs, isForgotten }: Entry): boolean {
  return doneMs === null && !isForgotten;
}

/** Of two that may be `Infinity`, whose difference is no number. */
function compare(left: number, right: number): number {
  return left === right ? 0 : left - right;
}
