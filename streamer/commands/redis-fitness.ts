/** Whether a Redis that answers is fit for the state: asked by `check`, and once by `run`. Nothing is written. */
import type { RedisConnection } from '../io/redis/connection.ts';
import { listOf, textOf } from '../io/redis/replies.ts';
import type { Clock } from '../ports.ts';

/** As far as clocks may be apart before discovery suffers. */
const CLOCK_MS_MAX = 60_000;

/** As the scripts do it, and without a change. */
const LOOK = {
  name: 'look',
  lua: `
local time = redis.call('TIME')
return { time[1] * 1000 + math.floor(time[2] / 1000), redis.call('HEXISTS', KEYS[1], 'epoch') }`,
};

export interface RedisProblem {
  /** False: worth knowing, and no reason not to start. */
  readonly isFatal: boolean;
  readonly detail: string;
  readonly cure: string;
}

/** Throws where it does not run scripts for us. */
export async function redisProblems(
  connection: RedisConnection,
  clock: Pick<Clock, 'now'>,
): Promise<readonly RedisProblem[]> {
  const [redisMs] = listOf(await connection.run(LOOK, []));
  const aheadMs = clock.now() - Number(redisMs);
  const server = await readInfo(connection, 'server');
  const replication = await readInfo(connection, 'replication');
  const persistence = await readInfo(connection, 'persistence');
  const policy = (await readInfo(connection, 'memory')).get('maxmemory_policy') ?? '';
  return [
    ...when(replication.get('role') === 'slave', {
      isFatal: true,
      detail: 'it is a replica, and takes no changes',
      cure: 'let state.redis lead to the primary, or to sentinels that know which one it is',
    }),
    // What has a time to live is all that the other policies would throw away: nothing of ours has.
    ...when(policy.startsWith('allkeys'), {
      isFatal: true,
      detail: `maxmemory-policy is ${policy}: when its memory is full it throws away state, and objects are stuck, or sent again`,
      cure: 'set maxmemory-policy noeviction',
    }),
    ...when(server.get('redis_mode') === 'cluster', {
      isFatal: false,
      detail: 'it is a node of a Redis Cluster: all ends when the slot of state.redis.key_prefix is moved to another',
      cure: 'use a primary of its own, by itself or by way of Sentinel',
    }),
    ...when(persistence.get('aof_enabled') !== '1', {
      isFatal: false,
      detail:
        'it keeps no append-only file: after a crash it has forgotten something, and the instances have to tell it again',
      cure: 'set appendonly yes',
    }),
    ...when(Math.abs(aheadMs) > CLOCK_MS_MAX, {
      isFatal: false,
      detail: `the clock of this machine is ${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of Redis: whoever lists by a wrong clock finds objects late, or not at all`,
      cure: 'let all machines follow a time server',
    }),
  ];
}

function when(isSo: boolean, problem: RedisProblem): readonly RedisProblem[] {
  return isSo ? [problem] : [];
}

export async function readInfo(connection: RedisConnection, section: string): Promise<ReadonlyMap<string, string>> {
  const lines = textOf(await connection.command('INFO', [section])).split('\r\n');
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}
