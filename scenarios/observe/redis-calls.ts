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
      return scriptStats(await client.info('commandstats')).calls;
    } finally {
      client.disconnect();
    }
  },
};

export interface ScriptStats {
  readonly calls: number;
  readonly usec: number;
}

/** Lines such as `cmdstat_evalsha:calls=17,usec=...`. */
export function scriptStats(commandStats: string): ScriptStats {
  const lines = commandStats.matchAll(/^cmdstat_eval(?:sha)?:calls=(?<calls>\d+),usec=(?<usec>\d+)/gm);
  let calls = 0;
  let usec = 0;
  for (const { groups } of lines) {
    calls += Number(groups?.['calls'] ?? 0);
    usec += Number(groups?.['usec'] ?? 0);
  }
  return { calls, usec };
}
