/**
 * The settle stage: gathers what was settled and makes it durable, every `save_interval` or 64 MiB, whichever is first.
 * Invariant: nothing is reported as durably complete before the commit that says so has returned. A failed commit loses nothing: its changes stay
 * gathered and are written with the next ones, and no new objects are read meanwhile.
 * A store that is slow, or refuses, is waited for before more is sent: at most twice 64 MiB, and what is under way, are not durable.
 */
import { backoffMs } from './core/backoff.ts';
import type { Claim } from './core/claim.ts';
import { identityOf } from './core/object-task.ts';
import { type Range, rangeBytes, unionRanges } from './core/ranges.ts';
import { Wakeup } from './core/wakeup.ts';
import { StreamerError } from './errors.ts';
import type {
  Clock,
  Dropped,
  Events,
  Fulfilment,
  ObjectRef,
  QuarantineRecord,
  Random,
  StateChange,
  StateHead,
  StateStore,
} from './ports.ts';

const UNSAVED_BYTES_MAX = 64 * 1024 * 1024;
const RETRY_MS_BASE = 200;
const ROOM_POLL_MS = 20;

interface Unsaved {
  readonly object: ObjectRef;
  /** Of the reading that settled them: where the object is complete and is read again, only such ranges count. */
  readonly claim?: Claim;
  settled: readonly Range[];
  complete: boolean;
}

/** By the claim of the reading, and without claims by the object: what an earlier reading settled is not mixed with what this one does. */
type Gathered = Map<Claim | string, Unsaved>;

export interface ProgressWriterOptions {
  readonly state: StateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Events;
  readonly saveIntervalMs: number;
  readonly retryMsMax: number;
  readonly onDurablyComplete: (object: ObjectRef, claim?: Claim) => void;
  /** Under a claim that is lost: another has the object, or the store has forgotten it. `settled`: what the same commit says of it. */
  readonly onCompletionRefused: (object: ObjectRef, settled: readonly Range[]) => void;
}

export class ProgressWriter {
  readonly #options: ProgressWriterOptions;
  readonly #wakeup = new Wakeup();
  #unsaved: Gathered = new Map();
  #quarantined: QuarantineRecord[] = [];
  #fulfilled: Fulfilment[] = [];
  #head: StateHead | null = null;
  #forgetBeforeMs: number | null = null;
  #unsavedBytes = 0;
  /** What the commit that is under way holds, which may be no object; null when there is none. */
  #committing: Gathered | null = null;
  #dropped: Dropped = { lines: 0, batches: 0 };
  #failures = 0;

  constructor(options: ProgressWriterOptions) {
    this.#options = options;
  }

  /** False while the state store refuses to write: then nobody should read new objects. */
  get isHealthy(): boolean {
    return this.#failures === 0;
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0 || this.#quarantined.length > 0 || this.#fulfilled.length > 0 || this.#head !== null;
  }

  settle(object: ObjectRef, range: Range, claim?: Claim): void {
    const unsaved = this.#unsavedOf(object, claim);
    unsaved.settled = unionRanges(unsaved.settled, [range]);
    this.#unsavedBytes += range.end - range.start;
    if (this.#unsavedBytes >= UNSAVED_BYTES_MAX) this.#wakeup.notify();
  }

  /** Until more may be acknowledged: not while 64 MiB wait behind a commit that takes its time, or fails. */
  async waitForRoom(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted && this.#unsavedBytes >= UNSAVED_BYTES_MAX && (this.#committing !== null || !this.isHealthy))
      await clock.sleep(ROOM_POLL_MS, signal);
  }

  /** Lines that this process has thrown away. */
  get droppedLines(): number {
    return this.#dropped.lines;
  }

  /** A batch is thrown away: its range counts as settled, and its lines are counted in the same commit. */
  drop(object: ObjectRef, range: Range, lines: number, claim?: Claim): void {
    this.settle(object, range, claim);
    this.#dropped = { lines: this.#dropped.lines + lines, batches: this.#dropped.batches + 1 };
  }

  complete(object: ObjectRef, claim?: Claim): void {
    this.#unsavedOf(object, claim).complete = true;
  }

  /** The record becomes durable in the same commit as the settled range that it explains. */
  quarantine(record: QuarantineRecord): void {
    this.#quarantined.push(record);
  }

  /** A request is done; what it delivered becomes durable in the same commit. */
  fulfil(wantedSeq: number, outcome: Fulfilment['outcome']): void {
    this.#fulfilled.push({ wantedSeq, outcome, atMs: this.#options.clock.now() });
  }

  /** Discovery has moved on: what is complete and older than `forgetBeforeMs` will not be offered again. */
  setHead(head: StateHead, forgetBeforeMs: number): void {
    this.#head = head;
    this.#forgetBeforeMs = forgetBeforeMs;
  }

  /** Commits on schedule until the signal aborts; call `flush` afterwards for the rest. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, saveIntervalMs, retryMsMax } = this.#options;
    const retry = { delayMsBase: RETRY_MS_BASE, delayMsMax: retryMsMax };
    while (!signal.aborted) {
      const delayMs = this.#failures === 0 ? saveIntervalMs : backoffMs(retry, this.#failures, random.next(), null);
      await this.#wakeup.wait(clock, delayMs, signal);
      if (signal.aborted) return;
      await this.#tryCommit();
    }
  }

  /** One last attempt; throws when it fails, because then progress is lost and work will be repeated. */
  async flush(): Promise<void> {
    if (this.hasUnsaved) await this.#commit();
  }

  async #tryCommit(): Promise<void> {
    if (!this.hasUnsaved) return;
    try {
      await this.#commit();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      const code = error instanceof StreamerError ? error.code : 'STATE_UNWRITABLE';
      const message = error instanceof Error ? error.message : String(error);
      this.#options.events.emit({ kind: 'state save failed', code, error: message, failuresInRow: this.#failures });
    }
  }

  async #commit(): Promise<void> {
    const { state, clock, events, onDurablyComplete, onCompletionRefused } = this.#options;
    const unsaved = this.#unsaved;
    const quarantined = this.#quarantined;
    const fulfilled = this.#fulfilled;
    const head = this.#head;
    const forgetBeforeMs = this.#forgetBeforeMs;
    const bytes = this.#unsavedBytes;
    this.#unsaved = new Map();
    this.#committing = unsaved;
    this.#quarantined = [];
    this.#fulfilled = [];
    this.#head = null;
    this.#forgetBeforeMs = null;
    this.#unsavedBytes = 0;
    const changes: StateChange[] = [...unsaved.values()];
    const startMs = clock.now();
    try {
      const dropped = this.#dropped.batches === 0 ? {} : { dropped: this.#dropped };
      await state.commit({ changes, quarantined, fulfilled, head, forgetBeforeMs, ...dropped });
    } catch (error) {
      this.#putBack(unsaved, quarantined, fulfilled, head, bytes);
      throw error;
    } finally {
      this.#committing = null;
    }
    events.emit({ kind: 'state saved', objects: changes.length, durationMs: clock.now() - startMs });
    for (const { object, settled, complete, claim } of changes) {
      if (!complete) continue;
      if (claim?.isLost === true) onCompletionRefused(object, settled);
      else onDurablyComplete(object, claim);
    }
  }

  /** What was gathered while the commit was failing is newer: it is added to what is put back. */
  #putBack(
    unsaved: Gathered,
    quarantined: QuarantineRecord[],
    fulfilled: Fulfilment[],
    head: StateHead | null,
    bytes: number,
  ): void {
    for (const [reading, newer] of this.#unsaved) {
      const older = unsaved.get(reading);
      if (older === undefined) unsaved.set(reading, newer);
      else {
        older.settled = unionRanges(older.settled, newer.settled);
        older.complete ||= newer.complete;
      }
    }
    this.#unsaved = unsaved;
    this.#quarantined = [...quarantined, ...this.#quarantined];
    this.#fulfilled = [...fulfilled, ...this.#fulfilled];
    this.#head ??= head;
    this.#unsavedBytes += bytes;
  }

  #unsavedOf(object: ObjectRef, claim: Claim | undefined): Unsaved {
    const reading = claim ?? identityOf(object);
    const known = this.#unsaved.get(reading);
    if (known !== undefined) return known;
    const unsaved: Unsaved = { object, settled: [], complete: false, ...(claim === undefined ? {} : { claim }) };
    this.#unsaved.set(reading, unsaved);
    return unsaved;
  }

  /** Bytes settled and not yet durable: what a kill -9 now would send again. */
  get unsavedBytes(): number {
    let bytes = 0;
    for (const { settled } of [...this.#unsaved.values(), ...(this.#committing?.values() ?? [])])
      bytes += rangeBytes(settled);
    return bytes;
  }
}
