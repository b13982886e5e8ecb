/** The first objects in reading order, out of any number, in memory for that many. */
import TinyQueue from 'tinyqueue';
import type { ObjectTask } from './object-task.ts';

export class FirstTasks {
  readonly #countMax: number;
  readonly #compare: (left: ObjectTask, right: ObjectTask) => number;
  /** The last of them on top. */
  readonly #kept: TinyQueue<ObjectTask>;

  constructor(countMax: number, compare: (left: ObjectTask, right: ObjectTask) => number) {
    this.#countMax = countMax;
    this.#compare = compare;
    this.#kept = new TinyQueue<ObjectTask>([], (left, right) => compare(right, left));
  }

  add(task: ObjectTask): void {
    this.#kept.push(task);
    if (this.#kept.length > this.#countMax) this.#kept.pop();
  }

  inOrder(): readonly ObjectTask[] {
    return this.#kept.data.toSorted(this.#compare);
  }
}
