/**
 * Objects with a batch that the endpoints answer with server errors while they take others. Of such an object only its name and its settled ranges are
 * kept, never its content: when its wait is over it is read again, and what is settled of it is skipped.
 * Invariant: what is kept here is bounded in bytes. Who finds no room keeps the batch and tries on, as in an outage.
 */
import TinyQueue from 'tinyqueue';
import { SteadyTime } from './steady-time.ts';
import { identityOf, type ObjectTask } from './object-task.ts';

/** Of a task beside its key and its ranges. */
const TASK_BYTES = 600;
const RANGE_BYTES = 40;

export class ParkedObjects {
  readonly #bytesMax: number;
  /** Bytes of each, until it is settled: also while it is read again. */
  readonly #bytesOf = new Map<string, number>();
  readonly #waiting = new TinyQueue<{ readonly task: ObjectTask; readonly dueMs: number }>(
    [],
    (left, right) => left.dueMs - right.dueMs,
  );
  readonly #time = new SteadyTime();
  #bytes = 0;

  constructor(options: { readonly bytesMax: number }) {
    this.#bytesMax = options.bytesMax;
  }

  /** Those that are read again just now included. */
  get count(): number {
    return this.#bytesOf.size;
  }

  get hasRoom(): boolean {
    return this.#bytes < this.#bytesMax;
  }

  /** To be read again after `waitMs`. */
  park(task: ObjectTask, nowMs: number, waitMs: number): void {
    this.leave(task.object);
    const bytes = TASK_BYTES + 2 * task.object.key.length + RANGE_BYTES * task.settled.length;
    this.#bytesOf.set(identityOf(task.object), bytes);
    this.#bytes += bytes;
    this.#waiting.push({ task, dueMs: this.#time.at(nowMs) + waitMs });
  }

  /** One whose wait is over; null when there is none. */
  takeDue(nowMs: number): ObjectTask | null {
    return this.waitMs(nowMs) === 0 ? (this.#waiting.pop()?.task ?? null) : null;
  }

  /** Until the next wait is over; null when none waits. */
  waitMs(nowMs: number): number | null {
    const first = this.#waiting.peek();
    return first === undefined ? null : Math.max(0, first.dueMs - this.#time.at(nowMs));
  }

  /** It is settled, or no longer ours. */
  leave(object: ObjectTask['object']): void {
    const identity = identityOf(object);
    this.#bytes -= this.#bytesOf.get(identity) ?? 0;
    this.#bytesOf.delete(identity);
  }
}
