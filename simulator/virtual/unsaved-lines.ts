/** What one instance was told is accepted and has not made durable yet. The next commit that returns must have saved it. */
import type { Judge } from './invariants.ts';
import { type LineRun, nameOf, type Version } from './truth.ts';

/** By line: 1 where it is saved. Null where it need not be any more: others have the object, or had it. */
export type Account = () => Uint8Array | null;

interface AcceptedRun extends LineRun {
  readonly toldMs: number;
  readonly account: Account;
}

export class UnsavedLines {
  readonly #judge: Judge;
  #accepted: readonly AcceptedRun[] = [];

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** The instance hears a 2xx for them. */
  accept(runs: readonly LineRun[], nowMs: number, accountOf: (version: Version) => Account): void {
    const accepted = runs.map((run) => ({ ...run, toldMs: nowMs, account: accountOf(run.version) }));
    this.#accepted = [...this.#accepted, ...accepted];
  }

  /** What a commit that is asked for now must hold. Which of two things came first in the same millisecond nobody can tell. */
  owedBy(nowMs: number): readonly AcceptedRun[] {
    return this.#accepted.filter(({ toldMs }) => toldMs < nowMs);
  }

  /** The commit that owed them has returned. `isForgotten`: meanwhile the state may have forgotten what it held. */
  checkSaved(owed: readonly AcceptedRun[], askedMs: number, isForgotten: boolean): void {
    const due = new Set(owed);
    this.#accepted = this.#accepted.filter((run) => !due.has(run));
    if (isForgotten) return;
    for (const { version, first, end, account } of owed) {
      // What was saved before somebody asks for all of it does not count for that.
      if (version.requestedMs >= askedMs) continue;
      const line = account()?.subarray(first, end).indexOf(0) ?? -1;
      if (line === -1) continue;
      this.#judge.breach(
        'saved-in-time',
        `${nameOf(version)} line ${first + line} was acknowledged before a commit, and is not durable after it`,
      );
      return;
    }
  }
}
