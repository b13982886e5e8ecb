/**
 * Redis, as far as the streamer uses it: each of its scripts (`streamer/io/redis/scripts.ts`) once more, on data in memory. A test asks the same of this and of a
 * real Redis, and expects the same answers and the same data.
 */
import { type Script, StreamerError } from '#streamer';
import { commit } from './redis-commit.ts';
import { RedisData } from './redis-data.ts';
import { claim, dismiss, leave, lookup, offer, open, renew, restore, type ScriptCall } from './redis-work.ts';
import { NO_WATCH, type RedisWatch } from './redis-watch.ts';
import { want } from './redis-want.ts';

type Reply = string | number | readonly Reply[] | null;

const SCRIPTS: Readonly<Record<string, (call: ScriptCall) => Reply>> = {
  open,
  renew,
  restore,
  offer,
  claim,
  dismiss,
  leave,
  lookup,
  commit,
  want,
};

export interface MemoryRedisOptions {
  /** Its clock, epoch ms. */
  readonly now: () => number;
  readonly watch?: RedisWatch;
}

export class MemoryRedis {
  readonly #now: () => number;
  readonly #watch: RedisWatch;
  #data = new RedisData();

  constructor({ now, watch = NO_WATCH }: MemoryRedisOptions) {
    this.#now = now;
    this.#watch = watch;
  }

  get data(): RedisData {
    return this.#data;
  }

  /** From now on it holds this, whatever it held before. */
  restart(data: RedisData): void {
    this.#data = data;
  }

  run({ name }: Script, args: readonly (string | number)[]): Reply {
    const script = SCRIPTS[name];
    if (script === undefined) throw new RangeError(`there is no script ${name} in the Redis in memory`);
    const texts = args.map(String);
    if (name !== 'open' && this.#data.hash('meta').get('epoch') !== texts[0])
      throw new StreamerError('STATE_FORGOTTEN', 'EPOCH the state was begun anew');
    const nowMs = Math.floor(this.#now());
    return script({ data: this.#data, nowMs, watch: this.#watch, args: texts });
  }

  /** A plain command; its first argument is the key, of which the last part counts. */
  command(name: string, [place, ...rest]: readonly (string | number)[]): Reply {
    const key = String(place);
    const hash = this.#data.value(key.slice(key.indexOf(':') + 1)) ?? {};
    if (name === 'HKEYS') return Object.keys(hash);
    if (name === 'HMGET') return rest.map((field) => valueOf(hash, String(field)));
    throw new RangeError(`there is no command ${name} in the Redis in memory`);
  }
}

function valueOf(hash: object, field: string): string | null {
  const [, value] = Object.entries(hash).find(([name]) => name === field) ?? [];
  return value === undefined ? null : String(value);
}
