/**
 * Counts the commands that the instances sent to the Redis of a run, as its servers count them themselves (INFO commandstats). A server forgets its counts when
 * it is killed, and a fail-over moves the work to another: each is asked twice a second, and what it had counted before it forgot is kept.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis, type RedisServer } from '#simulator';

const intervalMs = 500;
/** One that hangs, or is gone for good, is not waited for. */
const answerMsMax = 2_000;

interface Meter {
  readonly client: ReturnType<typeof connectRedis>;
  /** Of the server's earlier lives. */
  earlier: number;
  current: number;
}

export class RedisMeter {
  readonly #meters: readonly Meter[];
  readonly #stopped = new AbortController();

  constructor(servers: readonly Pick<RedisServer, 'host' | 'port'>[]) {
    this.#meters = servers.map(({ host, port }) => ({
      client: connectRedis({ kind: 'url', url: `redis://${host}:${port}` }),
      earlier: 0,
      current: 0,
    }));
    for (const meter of this.#meters) void this.#watch(meter);
  }

  /** Until now, by all servers together. */
  async total(): Promise<number> {
    await Promise.all(this.#meters.map(async (meter) => this.#read(meter)));
    return this.#meters.reduce((sum, { earlier, current }) => sum + earlier + current, 0);
  }

  stop(): void {
    this.#stopped.abort();
    for (const { client } of this.#meters) client.disconnect();
  }

  async #watch(meter: Meter): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#read(meter);
      // The abort only ends the wait early.
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #read(meter: Meter): Promise<void> {
    const timeout = sleep(answerMsMax, null, { ref: false });
    const answer = meter.client.info('commandstats').catch(() => null);
    const stats = await Promise.race([answer, timeout]);
    if (stats === null) return;
    const count = countSentCommands(stats);
    if (count < meter.current) meter.earlier += meter.current;
    meter.current = count;
  }
}

/**
 * Lines such as `cmdstat_evalsha:calls=17,usec=...`. The streamer sends scripts, and these plain commands, which its scripts do not use; what runs inside of a
 * script is counted under its own name as well, and was never sent.
 */
export function countSentCommands(commandStats: string): number {
  const calls = commandStats.matchAll(/^cmdstat_(?:eval|evalsha|hmget|hkeys):calls=(?<calls>\d+)/gm);
  return [...calls].reduce((sum, { groups }) => sum + Number(groups?.['calls'] ?? 0), 0);
}
