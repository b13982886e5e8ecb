/** The Redis that all instances of a world share: it goes away, hangs, is cut off from one of them, and forgets. */
import type { FaultOf } from './fault.ts';
import { MemoryRedis } from './memory-redis.ts';
import { RedisData } from './redis-data.ts';
import type { RedisWatch } from './redis-watch.ts';
import type { Surroundings } from './surroundings.ts';
import type { Life } from './virtual-time.ts';

/** A command that has come to its door. */
interface Arrival {
  readonly done: () => void;
  /** Nobody is there: the connection breaks. */
  readonly broken: () => void;
}

type AwayFault = FaultOf<'redis-away' | 'redis-failover' | 'redis-empty'>;

export class RedisServer {
  readonly redis: MemoryRedis;
  readonly #surroundings: Surroundings;
  readonly #onForgotten: (before: RedisData) => void;
  readonly #links = new Map<Life, () => void>();
  /** What came while it hung. */
  #waiting: (() => void)[] = [];
  #forgettings = 0;

  constructor(options: {
    readonly surroundings: Surroundings;
    readonly watch: RedisWatch;
    /** It knows less than it did: than that. */
    readonly onForgotten: (before: RedisData) => void;
  }) {
    this.#surroundings = options.surroundings;
    this.#onForgotten = options.onForgotten;
    this.redis = new MemoryRedis({ now: () => options.surroundings.time.nowMs, watch: options.watch });
  }

  /** A connection that breaks when Redis dies. */
  addLink(life: Life, breakOff: () => void): void {
    for (const known of this.#links.keys()) if (!known.isAlive) this.#links.delete(known);
    this.#links.set(life, breakOff);
  }

  schedule(fault: AwayFault): void {
    const { time } = this.#surroundings;
    if (fault.kind === 'redis-away' && fault.how === 'hangs') {
      time.after(fault.atMs + fault.forMs, null, () => this.#goOn());
      return;
    }
    const replica = fault.kind === 'redis-failover' ? this.#replicate(fault) : null;
    time.after(fault.atMs, null, () => this.#die(fault));
    time.after(fault.atMs + fault.forMs, null, () => {
      if (fault.kind === 'redis-empty') this.#restart(new RedisData());
      const copy = replica?.() ?? null;
      if (copy !== null) this.#restart(copy);
    });
  }

  /** Whether a machine can connect to it now. */
  canConnect(host: number): boolean {
    return this.#absence(host) === null;
  }

  /** Somebody missed it. */
  exerciseAbsence(host: number): void {
    const fault = this.#absence(host);
    if (fault !== null) this.#surroundings.desk.exercise(fault);
  }

  arrive(host: number, { done, broken }: Arrival): void {
    const { desk } = this.#surroundings;
    const fault = this.#absence(host);
    if (fault === null) {
      done();
      return;
    }
    desk.exercise(fault);
    // What is lost on the way is lost without a word.
    if (fault.kind === 'redis-cut') return;
    if (fault.kind === 'redis-away' && fault.how === 'hangs') this.#waiting.push(done);
    else broken();
  }

  #absence(host: number): AwayFault | FaultOf<'redis-cut'> | null {
    const { desk } = this.#surroundings;
    return (
      desk.active('redis-failover') ?? desk.active('redis-empty') ?? desk.active('redis-away') ?? desk.cutFrom(host)
    );
  }

  /** Gives the state as the replica had it when the master went; null when there was another master by then. */
  #replicate({ atMs, lagMs }: FaultOf<'redis-failover'>): () => RedisData | null {
    const { time } = this.#surroundings;
    let copy: RedisData | null = null;
    let forgettings = 0;
    time.after(Math.max(0, atMs - lagMs), null, () => {
      copy = this.redis.data.copy();
      forgettings = this.#forgettings;
    });
    return () => (forgettings === this.#forgettings ? copy : null);
  }

  #die(fault: AwayFault): void {
    const { desk, trace } = this.#surroundings;
    if (desk.isDisarmed) return;
    trace.add('redis died', fault.kind);
    desk.exercise(fault);
    this.#waiting = [];
    for (const breakOff of this.#links.values()) breakOff();
  }

  #restart(data: RedisData): void {
    const { desk, trace } = this.#surroundings;
    if (desk.isDisarmed) return;
    trace.add('redis forgot', this.redis.data.sortedSet('complete').size, data.sortedSet('complete').size);
    this.#forgettings += 1;
    const before = this.redis.data;
    this.redis.restart(data);
    this.#onForgotten(before);
  }

  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }
}
