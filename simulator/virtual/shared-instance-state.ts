/** What one of several instances keeps: the streamer's own store over Redis, on a connection and a journal of the virtual world. */
import {
  type Events,
  type Journal,
  type ObjectRecord,
  type ObjectRef,
  type QuarantineRecord,
  RedisState,
  type Remembered,
  type StateCommit,
  type StateHead,
  type StateStore,
  type WantedObject,
} from '#streamer';
import type { WatchedInstance } from './grant.ts';
import { CommitSteps } from './commit-steps.ts';
import type { MemoryJournal } from './memory-journal.ts';
import { type InstanceState, traceCommit } from './memory-state-store.ts';
import { RedisLink } from './redis-link.ts';
import type { RedisServer } from './redis-server.ts';
import type { SavedProgress } from './saved-progress.ts';
import type { SharingWatch } from './sharing-watch.ts';
import type { Surroundings } from './surroundings.ts';
import type { UnsavedLines } from './unsaved-lines.ts';
import type { Life } from './virtual-time.ts';

export interface SharedInstanceOptions {
  readonly surroundings: Surroundings;
  readonly instance: Life & WatchedInstance & { readonly unsaved: UnsavedLines };
  readonly server: RedisServer;
  readonly watch: SharingWatch;
  readonly progress: SavedProgress;
  /** Of the machine: it outlives the instance. */
  readonly journal: MemoryJournal;
  readonly leaseTtlMs: number;
  readonly events: Events;
}

export function openSharedState(options: SharedInstanceOptions): InstanceState {
  const { surroundings, instance, server, watch, leaseTtlMs, events } = options;
  const journal = new JournalOnDisk(options);
  const epochs = surroundings.random('epoch');
  const connection = new RedisLink({
    surroundings,
    life: instance,
    host: instance.host,
    server,
    onSession: (session) => watch.onSession(session, instance),
    onAnswer: (session, answer) => watch.onAnswer(session, answer),
  });
  const newEpoch = (): string => `epoch-${epochs.uint32()}`;
  const store = new RedisState({ connection, journal, leaseTtlMs, events, newEpoch });
  return {
    state: new CheckedStore(store, options),
    shared: store,
    get slowUntilMs() {
      return journal.slowUntilMs;
    },
    abandon: () => journal.abandon(),
  };
}

/** Looks at each commit before it is made. */
class CheckedStore implements StateStore {
  readonly #store: StateStore;
  readonly #options: SharedInstanceOptions;

  constructor(store: StateStore, options: SharedInstanceOptions) {
    this.#store = store;
    this.#options = options;
  }

  async readHead(): Promise<StateHead | null> {
    return this.#store.readHead();
  }

  async lookup(objects: readonly ObjectRef[]): Promise<readonly ObjectRecord[]> {
    return this.#store.lookup(objects);
  }

  async readWanted(afterSeq: number, objectsMax: number): Promise<readonly WantedObject[]> {
    return this.#store.readWanted(afterSeq, objectsMax);
  }

  async commit(commit: StateCommit): Promise<void> {
    const { surroundings, progress, instance, watch } = this.#options;
    traceCommit(surroundings.trace, commit);
    progress.check(commit);
    const askedMs = surroundings.time.nowMs;
    const owed = instance.unsaved.owedBy(askedMs);
    await this.#store.commit(commit);
    instance.unsaved.checkSaved(owed, askedMs, watch.forgotMs >= askedMs);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }
}

/** The journal of a machine as one instance sees it: writing takes time, and fails. */
class JournalOnDisk implements Journal {
  readonly #durable: MemoryJournal;
  readonly #steps: CommitSteps;
  readonly #onRecorded: (commit: StateCommit) => void;

  constructor({ surroundings, instance, watch, journal }: SharedInstanceOptions) {
    this.#durable = journal;
    this.#onRecorded = (commit) => watch.journals.onRecorded(instance.host, commit);
    this.#steps = new CommitSteps({
      surroundings,
      life: instance,
      random: surroundings.random('state'),
      apply: (commit) => {
        journal.apply(commit);
        watch.journals.onJournaled(instance.host, commit);
      },
    });
  }

  get slowUntilMs(): number {
    return this.#steps.slowUntilMs;
  }

  get epoch(): string | null {
    return this.#durable.epoch;
  }

  set epoch(epoch: string) {
    this.#durable.epoch = epoch;
  }

  async readHead(): Promise<StateHead | null> {
    return this.#durable.readHead();
  }

  async record(commit: StateCommit): Promise<void> {
    await this.#steps.run(commit);
    this.#onRecorded(commit);
  }

  since(ms: number): Iterable<Remembered> {
    return this.#durable.since(ms);
  }

  quarantined(): readonly QuarantineRecord[] {
    return this.#durable.quarantined();
  }

  dropQuarantined(isMeant: (record: QuarantineRecord) => boolean): void {
    this.#durable.dropQuarantined(isMeant);
  }

  clear(): void {
    this.#durable.clear();
  }

  async close(): Promise<void> {}

  abandon(): void {
    this.#steps.abandon();
  }
}
