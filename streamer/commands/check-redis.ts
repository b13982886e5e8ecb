/** `check`, Redis: whether it answers, lets us in, runs scripts, and would keep what it is given. Nothing is written. */
import type { RedisConfig } from '../config/config.ts';
import { hasCode } from '../errors.ts';
import { RedisAdmin } from '../io/redis/admin.ts';
import { connectionOnDemand } from '../io/redis/on-demand.ts';
import type { RedisConnection } from '../io/redis/connection.ts';
import { textOf } from '../io/redis/replies.ts';
import { type Finding, messageOf } from './check-finding.ts';
import { formatMoment } from './moment.ts';

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
    const server = infoOf(await connection.command('INFO', ['server']));
    const version = server.get('redis_version') ?? '';
    if (isTooOld(version))
      return [finding('failed', `it is Redis ${version}`, `use Redis ${VERSION_MIN.join('.')} or newer`)];
    const shared = await sharedOf(connection);
    return [finding('ok', `Redis ${version}; ${shared}`, null), ...(await lossFindings(connection, finding))];
  } catch (error) {
    const cure = hasCode(error, 'STATE_REFUSED')
      ? null
      : 'start it, or set state.redis to where it is; instances that run go on until their leases end';
    return [finding('failed', messageOf(error), cure)];
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

/** What a restart or a fail-over would cost: duplicates, never a line. */
async function lossFindings(
  connection: RedisConnection,
  finding: (status: Finding['status'], detail: string, cure: string | null) => Finding,
): Promise<readonly Finding[]> {
  const persistence = infoOf(await connection.command('INFO', ['persistence']));
  const memory = infoOf(await connection.command('INFO', ['memory']));
  const policy = memory.get('maxmemory_policy') ?? 'noeviction';
  const keepsNothing = persistence.get('aof_enabled') !== '1';
  return [
    ...(keepsNothing
      ? [
          finding(
            'note',
            'it keeps no append-only file: after a crash it has forgotten something, and the instances have to tell it again',
            'set appendonly yes',
          ),
        ]
      : []),
    ...(policy === 'noeviction'
      ? []
      : [
          finding(
            'failed',
            `maxmemory-policy is ${policy}: when its memory is full it would throw away state`,
            'set maxmemory-policy noeviction',
          ),
        ]),
  ];
}

function infoOf(text: unknown): ReadonlyMap<string, string> {
  const lines = textOf(text).split('\r\n');
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1]);
}
