/** Somebody who asks for objects by name while the streamer runs, as `replay`, `audit --requeue` and `quarantine retry` do. */
import type { WantedObject } from '#streamer';
import type { WorldPlan } from './plan.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { Surroundings } from './surroundings.ts';
import type { Version } from './truth.ts';

export interface OperatorOptions {
  readonly surroundings: Surroundings;
  readonly objects: StoredObjects;
  /** Makes a request, and gives back its number; null where there is no state yet. */
  readonly want: (request: Omit<WantedObject, 'seq'>) => number | null;
}

export class Operator {
  readonly #options: OperatorOptions;
  readonly #open = new Map<number, Version>();
  /** All that were made, open or not. */
  readonly #made = new Map<number, { readonly version: Version; readonly kind: WantedObject['kind'] }>();

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  request({ key, kind }: WorldPlan['requests'][number]): void {
    const { surroundings, objects, want } = this.#options;
    const { time, truth, trace } = surroundings;
    const object = objects.refAt(key, time.nowMs);
    const version = object === null ? null : truth.find(object);
    if (object === null || version === null || version.standing === 'foreign') return;
    const seq = want({ object, kind, settled: [] });
    if (seq === null) return;
    this.#made.set(seq, { version, kind });
    trace.add('wanted', kind, key);
    // A later request for the same object replaces the earlier.
    for (const [earlierSeq, earlier] of this.#open) if (earlier === version) this.#open.delete(earlierSeq);
    this.#open.set(seq, version);
    version.hasOpenRequest = true;
    version.requestedMs = time.nowMs;
    if (kind === 'missing') return;
    // What an interrupted reading delivered before does not count for it.
    version.partial.fill(0);
    truth.allowRepeatOf(version);
  }

  /** Durably. */
  onFulfilled(wantedSeq: number): void {
    const version = this.#open.get(wantedSeq);
    if (version === undefined) return;
    this.#open.delete(wantedSeq);
    version.hasOpenRequest = false;
  }

  /** The state has forgotten some requests, and that others were fulfilled: these are left. */
  onForgotten(left: ReadonlySet<number>): void {
    for (const [seq, version] of this.#open) {
      if (left.has(seq)) continue;
      this.#open.delete(seq);
      version.hasOpenRequest = false;
    }
    for (const seq of left) {
      const request = this.#made.get(seq);
      if (request === undefined || this.#open.has(seq)) continue;
      this.#open.set(seq, request.version);
      request.version.hasOpenRequest = true;
      if (request.kind === 'again') this.#options.surroundings.truth.allowRepeatOf(request.version);
    }
  }
}
