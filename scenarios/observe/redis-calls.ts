/** What a run asked of Redis. */
import { connectRedis } from '#simulator';
import type { Observation } from './observation.ts';

/** Every change and nearly every question is a script. Of a Redis that others use as well, nothing can be told. */
export const redisScriptCalls: Observation = {
  id: 'redisScriptCalls',
  name: 'scripts that Redis ran',
  unit: '',
  measure: async ({ stage: { redis } }) => {
    if (redis === null || redis.kind === 'url') return null;
    const client = connectRedis(redis.connection);
    try {
      return countScriptCalls(await client.info('commandstats'));
    } finally {
      client.disconnect();
    }
  },
};

/** Lines such as `cmdstat_evalsha:calls=17,usec=...`. */
export function countScriptCalls(commandStats: string): number {
  const calls = commandStats.matchAll(/^cmdstat_eval(?:sha)?:calls=(?<calls>\d+)/gm);
  return [...calls].reduce((sum, { groups }) => sum + Number(groups?.['calls'] ?? 0), 0);
}
