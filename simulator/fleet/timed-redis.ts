/**
 * The one Redis of a fleet: it runs one command after the other, and may be away for a while; then every command fails at once, as when nobody listens. What it
 * knows is the in-memory state that the virtual world has, too. A command does what it does when it comes, and is answered when its turn is over.
 */
import { type SharedWork, type StateStore, StreamerError } from '#streamer';
import type { MemorySharedState } from '../virtual/memory-shared-state.ts';
import type { VirtualTime } from '../virtual/virtual-time.ts';
import type { ServiceTimes } from './plan.ts';
import { Station } from './station.ts';

/** What the streamer puts into one command at most. */
const OBJECTS_PER_COMMAND = 500;
/** Until a connection is refused. */
const REFUSED_MS = 1;

export class RedisServer {
  readonly #time: VirtualTime;
  readonly #times: ServiceTimes;
  readonly #state: MemorySharedState;
  readonly #station = new Station(1);
  isAway = false;
  commands = 0;
  claims = 0;
  /** Objects that were claimed. */
  claimed = 0;

  constructor(time: VirtualTime, times: ServiceTimes, state: MemorySharedState) {
    this.#time = time;
    this.#times = times;
    this.#state = state;
  }

  get busyMs(): number {
    return this.#station.busyMs;
  }

  /** As one instance sees it. */
  connect(): StateStore & SharedWork {
    const state = this.#state;
    return {
      leaseTtlMs: state.leaseTtlMs,
      readHead: async () => this.#run(async () => state.readHead(), 0),
      lookup: async (objects) => this.#run(async () => state.lookup(objects), objects.length),
      readWanted: async (afterSeq, objectsMax) => this.#run(async () => state.readWanted(afterSeq, objectsMax), 0),
      commit: async (commit) => {
        await this.#time.wait(this.#times.journalMs, null);
        return this.#run(async () => state.commit(commit), commit.changes.length);
      },
      renew: async (session, held, onAsk) => this.#run(async () => state.renew(session, held, onAsk), held.length),
      offer: async (objects, options) => this.#run(async () => state.offer(objects, options), objects.length),
      claim: async (session, options) => {
        const answer = await this.#run(async () => state.claim(session, options), options.objectsMax);
        this.claims += 1;
        this.claimed += answer.claimed.length;
        return answer;
      },
      dismiss: async (held) => this.#run(async () => state.dismiss(held), held.length),
      leave: async (session) => this.#run(async () => state.leave(session), 0),
      close: async () => undefined,
    };
  }

  async #run<T>(command: () => Promise<T>, objects: number): Promise<T> {
    if (this.isAway) return this.#refuse();
    const commands = Math.max(1, Math.ceil(objects / OBJECTS_PER_COMMAND));
    this.commands += commands;
    const { redisMs, redisMsPerObject, redisRoundTripMs } = this.#times;
    const nowMs = this.#time.nowMs;
    const answer = command();
    const doneMs = this.#station.take(nowMs, redisMs * commands + redisMsPerObject * objects);
    await this.#time.wait(doneMs + redisRoundTripMs - nowMs, null);
    // It may have done what was asked, and nobody heard.
    if (this.isAway) return this.#refuse();
    return answer;
  }

  async #refuse(): Promise<never> {
    await this.#time.wait(REFUSED_MS, null);
    throw new StreamerError('STATE_UNREACHABLE', 'Redis does not answer');
  }
}
