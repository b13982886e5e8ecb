/** A connection to a Redis in memory that takes no time and never fails. */
import type { RedisConnection } from '#streamer';
import type { MemoryRedis } from '../memory-redis.ts';

export function directConnection(redis: MemoryRedis): RedisConnection {
  return {
    place: 'memory',
    isConnected: true,
    commandCount: 0,
    connect: async () => undefined,
    run: async (script, args) => redis.run(script, args),
    command: async (name, args) => redis.command(name, args),
    key: (name) => `{memory}:${name}`,
    close: () => undefined,
  };
}
