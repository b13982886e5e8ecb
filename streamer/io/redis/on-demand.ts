/** The client of Redis is loaded only by those who have one: it takes 8 MB. */
import type { RedisConfig } from '../../config/config.ts';
import type { RedisConnection } from './connection.ts';

export async function connectionOnDemand(config: RedisConfig): Promise<RedisConnection> {
  const { createRedisConnection } = await import('./connection.ts');
  return createRedisConnection(config);
}
