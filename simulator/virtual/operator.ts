/** Somebody who asks for objects by name while the streamer runs, as `replay`, `audit --requeue` and `quarantine retry` do. */
import type { StateCommit } from '#streamer';
import type { DurableState } from './durable-state.ts';
import type { WorldPlan } from './plan.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { Surroundings } from './surroundings.ts';
import type { Version } from './truth.ts';

export interface OperatorOptions {
  readonly surroundings: Surroundings;
  readonly objects: StoredObjects;
  readonly durable: DurableState;
}

export class Operator {
  readonly #options: OperatorOptions;
  readonly #open = new Map<number, Version>();

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  request({ key, kind }: WorldPlan['requests'][number]): void {
    const { surroundings, objects, durable } = this.#options;
    const { time, truth, trace } = surroundings;
    const object = objects.refAt(key, time.nowMs);
    const version = object === null ? null : truth.find(object);
    if (object === null || version === null || version.standing === 'foreign') return;
    const { seq } = durable.want({ object, kind, settled: [] });
    trace.add('wanted', kind, key);
    // A later request for the same object replaces the earlier.
    for (const [earlierSeq, earlier] of this.#open) if (earlier === version) this.#open.delete(earlierSeq);
    this.#open.set(seq, version);
    version.hasOpenRequest = true;
    if (kind === 'again') truth.allowRepeatOf(version);
  }

  /** When a commit is durable. */
  onCommit({ fulfilled }: StateCommit): void {
    for (const { wantedSeq } of fulfilled) {
      const version = this.#open.get(wantedSeq);
      if (version === undefined) continue;
      this.#open.delete(wantedSeq);
      version.hasOpenRequest = false;
    }
  }
}
