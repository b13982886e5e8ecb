/**
 * Batches between the readers and the senders: bounded in bytes and in lines, live before backlog.
 * A full queue makes `push` wait, which pauses reading; nothing is ever dropped here. `take` joins whole tiny objects that wait side by side into one
 * POST, so that a small object never waits for company: if nobody else is ready, it goes alone.
 */
import type { CutBatch } from './batch-cutter.ts';
import type { Lane } from './object-task.ts';

export interface QueuedBatch<Owner> {
  readonly owner: Owner;
  readonly cut: CutBatch;
  readonly lane: Lane;
  readonly contentType: string;
  readonly closedMs: number;
  /** The batch holds its object from the first line to the last: it may share a POST. */
  readonly isWholeObject: boolean;
  /** Where it came back unsettled; an attempt without an answer may still read its memory. */
  readonly sentBefore: SentBefore | null;
}

/** What came of the attempts at a batch so far. */
export interface SentBefore {
  readonly firstSentMs: number;
  /** How many bodies had been sent before it was first. */
  readonly sends: number;
  /** The endpoint of each attempt: all of them failed. */
  readonly failures: readonly number[];
  /** The endpoint of each server error that it got. */
  readonly failedAt: readonly number[];
}

export interface SendQueueLimits {
  readonly bytesMax: number;
  readonly linesMax: number;
  /** Of one POST, when tiny objects share it. */
  readonly batchBytesMax: number;
  readonly batchLinesMax: number;
}

interface Pusher<Owner> {
  readonly batch: QueuedBatch<Owner>;
  readonly done: (isQueued: boolean) => void;
}

type Taker<Owner> = (batches: readonly QueuedBatch<Owner>[] | null) => void;

export class SendQueue<Owner> {
  readonly #limits: SendQueueLimits;
  readonly #queued: Record<Lane, QueuedBatch<Owner>[]> = { live: [], backlog: [] };
  readonly #pushers: Record<Lane, Pusher<Owner>[]> = { live: [], backlog: [] };
  readonly #takers: Taker<Owner>[] = [];
  #bytes = 0;
  #lines = 0;
  #isClosed = false;

  constructor(limits: SendQueueLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get lines(): number {
    return this.#lines;
  }

  get isEmpty(): boolean {
    return this.#queued.live.length === 0 && this.#queued.backlog.length === 0;
  }

  /** Waits for room; false when the signal aborts first (then the batch is not queued). */
  async push(batch: QueuedBatch<Owner>, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const isFirst = this.#pushers.live.length === 0 && (batch.lane === 'live' || this.#pushers.backlog.length === 0);
    if (isFirst && this.#hasRoom(batch)) {
      this.#enqueue(batch);
      return true;
    }
    return new Promise((resolve) => {
      const pushers = this.#pushers[batch.lane];
      const onAbort = (): void => {
        const index = pushers.indexOf(pusher);
        if (index !== -1) pushers.splice(index, 1);
        resolve(false);
      };
      const pusher: Pusher<Owner> = {
        batch,
        done: (isQueued) => {
          signal.removeEventListener('abort', onAbort);
          resolve(isQueued);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      pushers.push(pusher);
    });
  }

  /** Puts a batch back that nobody could deliver, behind the others. Never waits: its place was its own a moment ago. */
  putBack(batch: QueuedBatch<Owner>): void {
    this.#enqueue(batch);
  }

  /** The next batch, or several whole tiny objects that fit in one POST. Null once the queue is closed and empty, or when the signal aborts. */
  async take(signal: AbortSignal): Promise<readonly QueuedBatch<Owner>[] | null> {
    if (signal.aborted) return null;
    const group = this.#dequeue();
    if (group !== null || this.#isClosed) return group;
    return new Promise((resolve) => {
      const onAbort = (): void => {
        const index = this.#takers.indexOf(taker);
        if (index !== -1) this.#takers.splice(index, 1);
        resolve(null);
      };
      const taker: Taker<Owner> = (batches) => {
        signal.removeEventListener('abort', onAbort);
        resolve(batches);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#takers.push(taker);
    });
  }

  /** No more batches will come: takers get what is left, then null. */
  close(): void {
    this.#isClosed = true;
    if (this.isEmpty) for (const taker of this.#takers.splice(0)) taker(null);
  }

  /** A batch larger than the whole queue enters when the queue is empty. */
  #hasRoom(batch: QueuedBatch<Owner>): boolean {
    if (this.isEmpty) return true;
    return (
      this.#bytes + batch.cut.bodyBytes <= this.#limits.bytesMax &&
      this.#lines + batch.cut.lines <= this.#limits.linesMax
    );
  }

  #enqueue(batch: QueuedBatch<Owner>): void {
    this.#queued[batch.lane].push(batch);
    this.#bytes += batch.cut.bodyBytes;
    this.#lines += batch.cut.lines;
    const taker = this.#takers.shift();
    if (taker !== undefined) taker(this.#dequeue());
  }

  #dequeue(): readonly QueuedBatch<Owner>[] | null {
    const lane: Lane = this.#queued.live.length > 0 ? 'live' : 'backlog';
    const queued = this.#queued[lane];
    const first = queued.shift();
    if (first === undefined) return null;
    const group = [first];
    let bytes = first.cut.bodyBytes;
    let lines = first.cut.lines;
    while (first.isWholeObject) {
      const next = queued[0];
      if (next === undefined || !next.isWholeObject || next.contentType !== first.contentType) break;
      if (
        bytes + next.cut.bodyBytes > this.#limits.batchBytesMax ||
        lines + next.cut.lines > this.#limits.batchLinesMax
      )
        break;
      group.push(next);
      queued.shift();
      bytes += next.cut.bodyBytes;
      lines += next.cut.lines;
    }
    this.#bytes -= bytes;
    this.#lines -= lines;
    this.#admitPushers();
    return group;
  }

  #admitPushers(): void {
    for (const lane of ['live', 'backlog'] as const) {
      const pushers = this.#pushers[lane];
      for (let pusher = pushers[0]; pusher !== undefined && this.#hasRoom(pusher.batch); pusher = pushers[0]) {
        pushers.shift();
        this.#enqueue(pusher.batch);
        pusher.done(true);
      }
      if (pushers.length > 0) return;
    }
  }
}
