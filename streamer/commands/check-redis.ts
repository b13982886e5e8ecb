/** `check`, Redis: whether it answers, lets us in, runs scripts, takes changes, and would keep what it is given. Nothing is written. */
import type { RedisConfig } from '../config/config.ts';
import { RedisAdmin } from '../io/redis/admin.ts';
import { connectionOnDemand } from '../io/redis/on-demand.ts';
import type { RedisConnection } from '../io/redis/connection.ts';
import { systemClock } from '../io/system-clock.ts';
import { type Finding, messageOf } from './check-finding.ts';
import { formatMoment } from './moment.ts';
import { readInfo, redisProblems } from './redis-fitness.ts';

const CONNECT_MS_MAX = 5_000;
/** `ZADD GT` and hash fields that scripts rely on. */
const VERSION_MIN = [6, 2] as const;

export async function checkRedis(config: RedisConfig): Promise<readonly Finding[]> {
  const connection = await connectionOnDemand(config);
  const finding = (status: Finding['status'], detail: string, cure: string | null): Finding => ({
    area: 'redis',
    status,
    target: connection.place,
    detail,
    cure,
  });
  try {
    await connection.connect(CONNECT_MS_MAX);
    const version = (await readInfo(connection, 'server')).get('redis_version') ?? '';
    if (isTooOld(version))
      return [finding('failed', `it is Redis ${version}`, `use Redis ${VERSION_MIN.join('.')} or newer`)];
    const problems = await redisProblems(connection, systemClock);
    const shared = await sharedOf(connection);
    return [
      finding('ok', `Redis ${version}; ${shared}`, null),
      ...problems.map(({ isFatal, detail, cure }) => finding(isFatal ? 'failed' : 'note', detail, cure)),
    ];
  } catch (error) {
    // The message says what to mend.
    return [finding('failed', messageOf(error), null)];
  } finally {
    connection.close();
  }
}

async function sharedOf(connection: RedisConnection): Promise<string> {
  const admin = await RedisAdmin.open(connection);
  if (admin === null) return 'no shared state yet: a first start, from processing.start_from';
  const head = await admin.head();
  const isInUse = await admin.isInUse();
  const floor = head === null ? '' : `; all before ${formatMoment(head.floorMs)} is done`;
  return `${isInUse ? 'instances share it now' : 'no instance shares it now'}${floor}`;
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1]);
}
