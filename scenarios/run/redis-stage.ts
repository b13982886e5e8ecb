/** The shared state of a run: what the scenario needs and the command line names, or a message that says why the two do not fit. */
import { HarnessError, type Processes, type RedisService, startRedis } from '#simulator';
import type { Scenario } from '../scenario.ts';
import { RedisMeter } from './redis-meter.ts';

export async function startRedisFor(
  scenario: Scenario,
  asked: string | null,
  processes: Processes,
): Promise<RedisService | null> {
  const choice = asked ?? (scenario.redis === null ? 'none' : 'local');
  if (choice === 'none') {
    if (scenario.redis === null) return null;
    throw new HarnessError('usage', `${scenario.name} needs Redis: use --redis local, --redis container, or a URL.`);
  }
  const isHarmed = scenario.faults.some(({ action }) => action.kind === 'redis');
  if (isHarmed && choice !== 'local' && choice !== 'container') {
    throw new HarnessError(
      'usage',
      `${scenario.name} does harm to Redis, so it needs one of its own: use --redis local or --redis container.`,
    );
  }
  return startRedis(choice, scenario.redis ?? 'standalone', processes, process.env);
}

export function meterRedis(redis: RedisService | null, processes: Processes): RedisMeter | null {
  if (redis === null || redis.servers.length === 0) return null;
  const meter = new RedisMeter(redis.servers);
  processes.onStop(async () => meter.stop());
  return meter;
}
