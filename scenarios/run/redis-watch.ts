/** Looks about once a second at how many writes Redis has run, by its own count: only so is a spike seen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis, type RedisConnection } from '#simulator';

const intervalMs = 1000;

export interface WriteCount {
  readonly atMs: number;
  /** Since the server's start, those inside scripts too. */
  readonly writes: number;
}

export class RedisWatch {
  readonly counts: WriteCount[] = [];
  readonly #client: ReturnType<typeof connectRedis>;
  readonly #stopped = new AbortController();

  constructor(connection: RedisConnection) {
    this.#client = connectRedis(connection);
    // A Redis that is gone leaves what was counted so far.
    this.#watch().catch(() => undefined);
  }

  stop(): void {
    this.#stopped.abort();
    this.#client.disconnect();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const writeCount = countWrites(await this.#client.info('commandstats'));
      this.counts.push({ atMs: Date.now(), writes: writeCount });
      await sleep(intervalMs, undefined, { signal });
    }
  }
}

/** What the streamer changes state with; of keys that end by themselves it has none. */
const writes = new Set([
  'set',
  'del',
  'unlink',
  'hset',
  'hincrby',
  'hdel',
  'sadd',
  'srem',
  'zadd',
  'zrem',
  'zremrangebyscore',
]);

/** Lines such as `cmdstat_hset:calls=17,usec=...`. */
export function countWrites(commandStats: string): number {
  const calls = commandStats.matchAll(/^cmdstat_(?<command>[^:]+):calls=(?<calls>\d+)/gm);
  return [...calls].reduce(
    (sum, { groups }) => sum + (writes.has(groups?.['command'] ?? '') ? Number(groups?.['calls']) : 0),
    0,
  );
}

/** Writes a second between each two looks. */
export function writeRates(counts: readonly WriteCount[]): readonly number[] {
  return counts.slice(1).map(({ atMs, writes: count }, before) => {
    const earlier = counts[before];
    return earlier === undefined ? 0 : (count - earlier.writes) / ((atMs - earlier.atMs) / 1000);
  });
}
