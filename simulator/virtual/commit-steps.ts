/**
 * How a commit reaches the disk of one machine. It is durable at one moment, whole, and returns at a later one; in between an instance can die, and a
 * commit that was under way then is wholly there or wholly not.
 */
import { type StateCommit, StreamerError } from '#streamer';
import type { SeededRandom } from '../random.ts';
import { latency, type Surroundings } from './surroundings.ts';
import type { Life } from './virtual-time.ts';

export interface CommitStepsOptions {
  readonly surroundings: Surroundings;
  readonly life: Life;
  readonly random: SeededRandom;
  /** It is durable. */
  readonly apply: (commit: StateCommit) => void;
}

export class CommitSteps {
  readonly #options: CommitStepsOptions;
  readonly #underWay = new Set<StateCommit>();
  #slowUntilMs = -Infinity;

  constructor(options: CommitStepsOptions) {
    this.#options = options;
  }

  /** Until then a commit that the plan slows down was, or is, under way; -Infinity before the first. Epoch ms. */
  get slowUntilMs(): number {
    return this.#slowUntilMs;
  }

  async run(commit: StateCommit): Promise<void> {
    const { surroundings, life, random } = this.#options;
    const { time, desk, plan, passKillPoint } = surroundings;
    const nth = desk.count('commit');
    passKillPoint('commit-begun', life);
    this.#underWay.add(commit);
    const slow = desk.hit('commit-slow', nth);
    const durationMs = slow?.forMs ?? latency(random, plan.latencyMs.state);
    const step = async (): Promise<void> => {
      if (slow !== null) this.#slowFor(durationMs / 2);
      await time.wait(durationMs / 2, life);
    };
    await step();
    const full = desk.active('disk-full');
    if (full !== null) {
      desk.exercise(full);
      this.#fail(commit, false, 'no space left on device');
    }
    const failure = desk.hit('commit-fails', nth);
    if (failure !== null) this.#fail(commit, failure.isApplied, 'failed as planned');
    this.#apply(commit);
    passKillPoint('commit-durable', life);
    await step();
    passKillPoint('commit-returned', life);
  }

  /** The instance is dead: each commit under way is either there or not. */
  abandon(): void {
    for (const commit of this.#underWay) if (this.#options.random.chance(0.5)) this.#apply(commit);
    this.#underWay.clear();
  }

  /** It is a disturbance until it ends, not only when it begins. */
  #slowFor(ms: number): void {
    const { time, desk } = this.#options.surroundings;
    this.#slowUntilMs = Math.max(this.#slowUntilMs, time.nowMs + ms);
    desk.disturbFor(ms);
  }

  #fail(commit: StateCommit, isApplied: boolean, said: string): never {
    if (isApplied) this.#apply(commit);
    this.#underWay.delete(commit);
    this.#options.surroundings.trace.add('commit failed', isApplied);
    throw new StreamerError('STATE_UNWRITABLE', `the state cannot be written: ${said}`);
  }

  #apply(commit: StateCommit): void {
    this.#underWay.delete(commit);
    this.#options.apply(commit);
  }
}
