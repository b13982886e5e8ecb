/** What one instance was told is accepted and has not made durable yet. The next commit that returns must have saved it. */
import type { Judge } from './invariants.ts';
import { type LineRun, nameOf } from './truth.ts';

interface AcceptedRun extends LineRun {
  readonly toldMs: number;
}

export class UnsavedLines {
  readonly #judge: Judge;
  #accepted: readonly AcceptedRun[] = [];

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** The instance hears a 2xx for them. */
  accept(runs: readonly LineRun[], nowMs: number): void {
    this.#accepted = [...this.#accepted, ...runs.map((run) => ({ ...run, toldMs: nowMs }))];
  }

  /** What a commit that is asked for now must hold. Which of two things came first in the same millisecond nobody can tell. */
  owedBy(nowMs: number): readonly LineRun[] {
    return this.#accepted.filter(({ toldMs }) => toldMs < nowMs);
  }

  /** The commit that owed them has returned. */
  checkSaved(owed: readonly LineRun[]): void {
    const due = new Set(owed);
    this.#accepted = this.#accepted.filter((run) => !due.has(run));
    for (const { version, first, end } of owed) {
      const line = version.durable.subarray(first, end).indexOf(0);
      if (line === -1) continue;
      this.#judge.breach(
        'saved-in-time',
        `${nameOf(version)} line ${first + line} was acknowledged before a commit, and is not durable after it`,
      );
      return;
    }
  }
}
