/**
 * The objects that this process is busy with, so that no LIST offers one twice. A complete object is kept until its completion is durable and for
 * `keepMs` after that, because head scans see it again for a while and need not ask the state store each time.
 */

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
  /** Null while the object is under way. */
  doneMs: number | null;
  /** Told once, when it is no longer under way. */
  readonly watchers: ((end: WayEnd) => void)[];
}

export class KnownObjects {
  readonly #keepMs: number;
  readonly #entries = new Map<string, Entry>();
  #underWay = 0;

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
    this.#entries.set(identity, { lastModifiedMs, eligibleMs, sizeBytes, doneMs: null, watchers: [] });
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
    this.#underWay -= 1;
    for (const onEnd of entry.watchers.splice(0)) onEnd('done');
  }

  /** The object need not be read (it was overwritten, or is gone): a later LIST may offer it again. */
  forget(identity: string): void {
    const entry = this.#entries.get(identity);
    if (entry === undefined) return;
    if (entry.doneMs === null) this.#underWay -= 1;
    this.#entries.delete(identity);
    for (const onEnd of entry.watchers.splice(0)) onEnd('forgotten');
  }

  /** Drops what was done long enough ago. */
  expire(nowMs: number): void {
    for (const [identity, entry] of this.#entries) {
      if (entry.doneMs !== null && entry.doneMs + this.#keepMs < nowMs) this.#entries.delete(identity);
    }
  }

  /** LastModified of the oldest object under way; null when there is none. */
  oldestUnderWayMs(): number | null {
    let oldestMs: number | null = null;
    for (const entry of this.#entries.values()) {
      if (entry.doneMs === null && (oldestMs === null || entry.lastModifiedMs < oldestMs))
        oldestMs = entry.lastModifiedMs;
    }
    return oldestMs;
  }

  backlogAt(nowMs: number): Backlog {
    let objects = 0;
    let bytes = 0;
    let oldestMs = nowMs;
    for (const { doneMs, eligibleMs, sizeBytes } of this.#entries.values()) {
      if (doneMs !== null || eligibleMs > nowMs) continue;
      objects += 1;
      bytes += sizeBytes;
      oldestMs = Math.min(oldestMs, eligibleMs);
    }
    return { objects, bytes, oldestAgeMs: nowMs - oldestMs };
  }
}
