/**
 * Objects that wait to be read: first for the moment when they are eligible, then for a reader.
 * Live objects go before backlog; inside a lane the oldest goes first, and names in numeric order. An object that waits so long that it is no longer live
 * moves to the backlog lane, so that a backlog never delays what is fresh.
 */
import TinyQueue from 'tinyqueue';
import { compareNatural } from './natural-order.ts';
import type { Lane, ObjectTask } from './object-task.ts';

/** Which goes first inside a lane. */
export function compareTasks(left: ObjectTask, right: ObjectTask): number {
  return (
    left.eligibleMs - right.eligibleMs ||
    left.fileTimestampMs - right.fileTimestampMs ||
    compareNatural(left.object.key, right.object.key)
  );
}

export function laneOf(task: ObjectTask, nowMs: number, liveWindowMs: number): Lane {
  return task.wanted === undefined && nowMs - task.eligibleMs < liveWindowMs ? 'live' : 'backlog';
}

export interface ReadyTask {
  readonly task: ObjectTask;
  readonly lane: Lane;
}

export class ReadyQueue {
  readonly #liveWindowMs: number;
  readonly #waiting = new TinyQueue<ObjectTask>([], (left, right) => left.notBeforeMs - right.notBeforeMs);
  #latestMs = -Infinity;
  readonly #live = new TinyQueue<ObjectTask>([], compareTasks);
  readonly #backlog = new TinyQueue<ObjectTask>([], compareTasks);

  constructor(options: { readonly liveWindowMs: number }) {
    this.#liveWindowMs = options.liveWindowMs;
  }

  get length(): number {
    return this.#waiting.length + this.#live.length + this.#backlog.length;
  }

  get backlogLength(): number {
    return this.#backlog.length;
  }

  push(task: ObjectTask, nowMs: number): void {
    this.#follow(nowMs);
    this.#waiting.push(task);
  }

  /** The next object to read, or null when none is eligible yet. */
  take(nowMs: number): ReadyTask | null {
    this.#follow(nowMs);
    this.#promote(nowMs);
    for (;;) {
      const task = this.#live.pop();
      if (task === undefined) break;
      if (this.#isLive(task, nowMs)) return { task, lane: 'live' };
      this.#backlog.push(task);
    }
    const task = this.#backlog.pop();
    return task === undefined ? null : { task, lane: 'backlog' };
  }

  /** When the next object may be read; null when none waits for its moment. */
  get nextNotBeforeMs(): number | null {
    return this.#waiting.peek()?.notBeforeMs ?? null;
  }

  /** The clock was set back: what waits must not wait for that time once more. Whoever adds tells the time, too: it may be set forward and back while nobody takes. */
  #follow(nowMs: number): void {
    if (nowMs < this.#latestMs) this.#hasten(this.#latestMs - nowMs);
    this.#latestMs = nowMs;
  }

  #hasten(byMs: number): void {
    const { data } = this.#waiting;
    // By the same for all, so their order stays.
    for (const [index, task] of data.entries()) data[index] = { ...task, notBeforeMs: task.notBeforeMs - byMs };
  }

  #promote(nowMs: number): void {
    for (;;) {
      const task = this.#waiting.peek();
      if (task === undefined || task.notBeforeMs > nowMs) return;
      this.#waiting.pop();
      (this.#isLive(task, nowMs) ? this.#live : this.#backlog).push(task);
    }
  }

  #isLive(task: ObjectTask, nowMs: number): boolean {
    return laneOf(task, nowMs, this.#liveWindowMs) === 'live';
  }
}
