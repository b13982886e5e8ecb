/** The harness's own client, for what it looks up itself in a run's Redis. It waits through a fail-over or an outage, as the streamer does. */
import { Redis } from 'ioredis';
import type { RedisConnection } from './service.ts';

const retryMs = 100;

export function connectRedis(connection: RedisConnection): Redis {
  const patience = { maxRetriesPerRequest: null, retryStrategy: () => retryMs } as const;
  const redis =
    connection.kind === 'url'
      ? new Redis(connection.url, patience)
      : new Redis({
          ...patience,
          sentinels: connection.sentinels.map(({ host, port }) => ({ host, port })),
          name: connection.name,
          sentinelRetryStrategy: () => retryMs,
        });
  // Each failed attempt to connect; the next one follows.
  redis.on('error', () => undefined);
  return redis;
}
