/**
 * The state store as one instance sees it. A commit is durable at one moment, whole, and returns at a later one; in between an instance can die, and
 * a commit that was under way then is wholly there or wholly not.
 */
import {
  type ObjectRecord,
  type ObjectRef,
  type StateCommit,
  type StateHead,
  type StateStore,
  StreamerError,
  type WantedObject,
} from '#streamer';
import type { SeededRandom } from '../random.ts';
import type { DurableState } from './durable-state.ts';
import type { SavedProgress } from './saved-progress.ts';
import { latency, type Surroundings } from './surroundings.ts';
import type { Life } from './virtual-time.ts';

export interface StateStoreOptions {
  readonly surroundings: Surroundings;
  readonly life: Life;
  readonly durable: DurableState;
  readonly progress: SavedProgress;
  readonly onCommit: (commit: StateCommit) => void;
}

export class MemoryStateStore implements StateStore {
  readonly #options: StateStoreOptions;
  readonly #random: SeededRandom;
  readonly #underWay = new Set<StateCommit>();

  constructor(options: StateStoreOptions) {
    this.#options = options;
    this.#random = options.surroundings.random('state');
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
    const { surroundings, life, progress } = this.#options;
    const { time, desk, trace, plan, passKillPoint } = surroundings;
    const nth = desk.count('commit');
    trace.add(
      'commit',
      nth,
      commit.changes.length,
      commit.quarantined.length,
      commit.fulfilled.length,
      commit.head?.floorMs ?? null,
    );
    progress.check(commit);
    passKillPoint('commit-begun', life);
    this.#underWay.add(commit);
    const slow = desk.hit('commit-slow', nth);
    const durationMs = slow?.forMs ?? latency(this.#random, plan.latencyMs.state);
    await time.wait(durationMs / 2, life);
    const full = desk.active('disk-full');
    if (full !== null) {
      desk.exercise(full);
      this.#fail(commit, false, 'no space left on device');
    }
    const failure = desk.hit('commit-fails', nth);
    if (failure !== null) this.#fail(commit, failure.isApplied, 'failed as planned');
    this.#apply(commit);
    passKillPoint('commit-durable', life);
    await time.wait(durationMs / 2, life);
    passKillPoint('commit-returned', life);
  }

  async close(): Promise<void> {}

  /** The instance is dead: each commit under way is either there or not. */
  abandon(): void {
    for (const commit of this.#underWay) if (this.#random.chance(0.5)) this.#apply(commit);
    this.#underWay.clear();
  }

  async #read(what: string): Promise<void> {
    const { desk, trace } = this.#options.surroundings;
    if (desk.hit('state-read-fails', desk.count('state-read')) === null) return;
    trace.add('state read failed', what);
    throw new StreamerError('STATE_UNWRITABLE', 'the state cannot be read, as planned');
  }

  #fail(commit: StateCommit, isApplied: boolean, said: string): never {
    if (isApplied) this.#apply(commit);
    this.#underWay.delete(commit);
    this.#options.surroundings.trace.add('commit failed', isApplied);
    throw new StreamerError('STATE_UNWRITABLE', `the state cannot be written: ${said}`);
  }

  #apply(commit: StateCommit): void {
    this.#underWay.delete(commit);
    this.#options.durable.apply(commit);
    this.#options.progress.apply(commit);
    this.#options.onCommit(commit);
  }
}
