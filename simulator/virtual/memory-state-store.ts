/** The state store as one instance sees it, where it is the only one. */
import {
  type ObjectRecord,
  type ObjectRef,
  type SharedWork,
  type StateCommit,
  type StateHead,
  type StateStore,
  StreamerError,
  type WantedObject,
} from '#streamer';
import { CommitSteps } from './commit-steps.ts';
import type { DurableState } from './durable-state.ts';
import type { SavedProgress } from './saved-progress.ts';
import type { Surroundings } from './surroundings.ts';
import type { Trace } from './trace.ts';
import type { UnsavedLines } from './unsaved-lines.ts';
import type { Life } from './virtual-time.ts';

export interface StateStoreOptions {
  readonly surroundings: Surroundings;
  readonly life: Life;
  readonly durable: DurableState;
  readonly progress: SavedProgress;
  readonly unsaved: UnsavedLines;
  readonly onCommit: (commit: StateCommit) => void;
}

/** What an instance keeps, and how. */
export interface InstanceState {
  readonly state: StateStore;
  /** Null where it shares nothing. */
  readonly shared: SharedWork | null;
  /** Until then a commit that the plan slows down was, or is, under way; -Infinity before the first. Epoch ms. */
  readonly slowUntilMs: number;
  /** The instance is dead. */
  abandon(): void;
}

export class MemoryStateStore implements StateStore, InstanceState {
  readonly state = this;
  readonly shared = null;
  readonly #options: StateStoreOptions;
  readonly #steps: CommitSteps;

  constructor(options: StateStoreOptions) {
    this.#options = options;
    this.#steps = new CommitSteps({
      ...options,
      random: options.surroundings.random('state'),
      apply: (commit) => {
        options.durable.apply(commit);
        options.progress.apply(commit);
        options.onCommit(commit);
      },
    });
  }

  get slowUntilMs(): number {
    return this.#steps.slowUntilMs;
  }

  async readHead(): Promise<StateHead | null> {
    return this.#options.durable.head;
  }

  async lookup(objects: readonly ObjectRef[]): Promise<readonly ObjectRecord[]> {
    await this.#read('lookup');
    return objects.map((object) => this.#options.durable.record(object));
  }

  async readWanted(afterSeq: number, objectsMax: number): Promise<readonly WantedObject[]> {
    await this.#read('wanted');
    return this.#options.durable.readWanted(afterSeq, objectsMax);
  }

  async commit(commit: StateCommit): Promise<void> {
    const { surroundings, progress, unsaved } = this.#options;
    traceCommit(surroundings.trace, commit);
    progress.check(commit);
    const askedMs = surroundings.time.nowMs;
    const owed = unsaved.owedBy(askedMs);
    await this.#steps.run(commit);
    unsaved.checkSaved(owed, askedMs, false);
  }

  async close(): Promise<void> {}

  abandon(): void {
    this.#steps.abandon();
  }

  async #read(what: string): Promise<void> {
    const { desk, trace } = this.#options.surroundings;
    if (desk.hit('state-read-fails', desk.count('state-read')) === null) return;
    trace.add('state read failed', what);
    throw new StreamerError('STATE_UNWRITABLE', 'the state cannot be read, as planned');
  }
}

export function traceCommit(trace: Trace, { changes, quarantined, fulfilled, head }: StateCommit): void {
  trace.add('commit', changes.length, quarantined.length, fulfilled.length, head?.floorMs ?? null);
}
