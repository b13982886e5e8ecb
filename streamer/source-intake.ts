/**
 * Where the ways of finding the objects of one source meet (head scan, sweep, notification): decides which of them are read, asks the state store what
 * is known of them, and queues the rest.
 * Invariant: an object (bucket, key, ETag) that is under way is not queued again, whoever finds it and however often.
 */
import { backoffMs, SHARED_STATE_RETRY } from './core/backoff.ts';
import { asIfListedAt, identityOf, knownOf, type ObjectTask } from './core/object-task.ts';
import { laneOf } from './core/ready-queue.ts';
import type { Selected, Selection, SkipReason } from './core/selection.ts';
import { StreamerError } from './errors.ts';
import type { ObjectRecord, ObjectRef } from './ports.ts';
import type { RunContext } from './run-context.ts';
import { selectionOf } from './source-selection.ts';

/** How an object was found. */
export type Motion = 'head' | 'sweep' | 'notification';

/** What becomes of an object that was offered. */
export type Offered =
  | { readonly kind: 'queued' }
  /** It was found before. */
  | { readonly kind: 'under-way' }
  /** Durably. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };

/** Objects appear this much out of order as a rule: head scans list that much of the past again, and what is later than that is late. */
export const HEAD_OVERLAP_MS = 60_000;
/** While the ready queue is full. */
const ROOM_POLL_MS = 50;
/** Far less than an object is remembered that was finished. */
const LOOKUP_FRESH_MS = 1_000;
const LOOKUP_RETRY = { delayMsBase: 200, delayMsMax: 30_000 } as const;

export class SourceIntake {
  readonly selection: Selection;
  readonly #context: RunContext;
  readonly #bucket: string;

  constructor(context: RunContext, sourceIndex: number) {
    const source = context.config.s3.sources[sourceIndex];
    if (source === undefined) throw new RangeError(`source ${sourceIndex}`);
    this.selection = selectionOf(context.config, context.formats, sourceIndex);
    this.#context = context;
    this.#bucket = source.bucket;
  }

  /**
   * Queues what is ours, was last modified since `sinceMs` and is not yet known; waits while the ready queue is full. One answer for each object, in
   * order; fewer when the signal aborts.
   */
  async offer(
    objects: readonly ObjectRef[],
    { motion, sinceMs }: { readonly motion: Motion; readonly sinceMs: number },
    signal: AbortSignal,
  ): Promise<readonly Offered[]> {
    const selected = objects.map((object) => this.#select(object, motion, sinceMs));
    const tasks = selected.flatMap((one) => (one.kind === 'task' ? [one.task] : []));
    const records = tasks.length === 0 ? [] : await this.#lookup(tasks, signal);
    const lookedMs = this.#context.ports.clock.now();
    const offered: Offered[] = [];
    let looked = 0;
    for (const one of selected) {
      if (one.kind !== 'task') {
        offered.push(one);
        continue;
      }
      // While an object before this one waited for room, another motion may have found this one, and even finished and forgotten it.
      const isFresh = Math.abs(this.#context.ports.clock.now() - lookedMs) < LOOKUP_FRESH_MS;
      const record = isFresh ? records[looked] : (await this.#lookup([one.task], signal))[0];
      const answer = await this.#queue(one.task, record, motion, signal);
      if (answer === null) break;
      looked += 1;
      offered.push(answer);
    }
    return offered;
  }

  skip(key: string, reason: SkipReason): Offered {
    this.#context.ports.events.emit({ kind: 'object skipped', bucket: this.#bucket, key, reason });
    return { kind: 'skipped', reason };
  }

  /** What became of an object that this process knows; null when it does not. */
  standing(identity: string): Offered | null {
    const { known } = this.#context;
    if (!known.has(identity)) return null;
    return { kind: known.isUnderWay(identity) ? 'under-way' : 'complete' };
  }

  #select(object: ObjectRef, motion: Motion, sinceMs: number): Selected | Offered {
    const standing = this.standing(identityOf(object));
    if (standing !== null) return standing;
    const bounds = { startFromMs: this.#context.start.fromMs, sinceMs };
    const selected = this.selection.select(object, bounds, this.#context.ports.clock.now());
    // A head scan leaves what is not fresh to the sweep: that skips nothing.
    if (selected.kind === 'task' || (motion === 'head' && selected.reason === 'older-than-lookback')) return selected;
    return this.skip(object.key, selected.reason);
  }

  /** Null when the signal aborts. */
  async #queue(
    task: ObjectTask,
    looked: ObjectRecord | undefined,
    motion: Motion,
    signal: AbortSignal,
  ): Promise<Offered | null> {
    const { ports, config, known, found, foundChanged } = this.#context;
    const { object } = task;
    const identity = identityOf(object);
    // Another motion may find it during the look-up, or during the wait.
    const early = this.standing(identity);
    if (early !== null) return early;
    const record = await this.#waitForRoom(task, looked, motion, signal);
    if (signal.aborted || record === undefined) return null;
    const late = this.standing(identity);
    if (late !== null) return late;
    if (record.kind === 'complete') {
      this.skip(object.key, 'complete');
      if (motion !== 'sweep') {
        known.add(identity, knownOf(task));
        known.markDone(identity, ports.clock.now());
      }
      return { kind: 'complete' };
    }
    known.add(identity, knownOf(task));
    const nowMs = ports.clock.now();
    const settled = record.kind === 'partial' ? record.settled : task.settled;
    found.push({ ...asIfListedAt(nowMs, task, config.processing.delayWindowMs), settled }, nowMs);
    foundChanged.notify();
    ports.events.emit({ kind: 'object found', object, isLate: motion === 'sweep' && isLate(task) });
    return { kind: 'queued' };
  }

  /** Asks the state store, however often that fails; empty when the signal aborts. */
  async #lookup(tasks: readonly ObjectTask[], signal: AbortSignal): Promise<readonly ObjectRecord[]> {
    const { ports } = this.#context;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await ports.state.lookup(tasks.map(({ object }) => object));
      } catch (error) {
        if (!(error instanceof StreamerError)) throw error;
        const retry = error.code === 'STATE_UNREACHABLE' ? SHARED_STATE_RETRY : LOOKUP_RETRY;
        const delayMs = backoffMs(retry, failures, ports.random.next(), null);
        ports.events.emit({ kind: 'state read failed', code: error.code, error: error.message, delayMs });
        await ports.clock.sleep(delayMs, signal);
      }
    }
    return [];
  }

  /**
   * Live objects get as many places as backlog has, beside it: a full backlog must not keep them out. Gives back the object's record as it is then:
   * during a long wait another motion may have found the object, and even finished and forgotten it.
   */
  async #waitForRoom(
    task: ObjectTask,
    record: ObjectRecord | undefined,
    motion: Motion,
    signal: AbortSignal,
  ): Promise<ObjectRecord | undefined> {
    const { ports, found } = this.#context;
    if (record?.kind === 'complete' || found.length < this.#readyMax(task, motion)) return record;
    while (!signal.aborted && found.length >= this.#readyMax(task, motion))
      await ports.clock.sleep(ROOM_POLL_MS, signal);
    return (await this.#lookup([task], signal))[0];
  }

  /** A head scan finds only what is live; a queue that has stood still shows old objects too. */
  #readyMax(task: ObjectTask, motion: Motion): number {
    const { ports, config } = this.#context;
    const isLive =
      motion === 'head' ||
      (motion === 'notification' && laneOf(task, ports.clock.now(), config.processing.liveWindowMs) === 'live');
    return config.processing.queueObjectsMax * (isLive ? 2 : 1);
  }
}

/** It appeared too long after its time stamp for the head scan to be sure of it. */
function isLate(task: ObjectTask): boolean {
  return task.object.lastModifiedMs - task.fileTimestampMs > HEAD_OVERLAP_MS;
}
