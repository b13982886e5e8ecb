/** `--redis local | container | URL`, as one server or as a master with a replica and three sentinels. */
import { isDockerAnswering } from '../process/docker.ts';
import { HarnessError } from '../process/errors.ts';
import { freePort } from '../process/free-port.ts';
import type { Processes } from '../process/processes.ts';
import { containerRedisHost } from './container-host.ts';
import { useExternalRedis } from './external.ts';
import { loopback, type RedisHost } from './host.ts';
import { findRedisBinary, localRedisHost } from './local-host.ts';
import { ask, infoField } from './probe.ts';
import { startSentinelSet } from './sentinel-set.ts';
import type { RedisAddress, RedisService, RedisTopology } from './service.ts';

const keyPrefix = 's3-streamer';

export async function startRedis(
  choice: string,
  topology: RedisTopology,
  processes: Processes,
  env: NodeJS.ProcessEnv,
): Promise<RedisService> {
  switch (choice) {
    case 'local':
      return startOn(localHost(processes, env), topology);
    case 'container':
      return startOn(await containerHost(processes, env), topology);
    default:
      return useExternalRedis(processes, choice);
  }
}

/** Whether `--redis local` would work here, for a test run that wants to know beforehand. */
export function isRedisAvailable(env: NodeJS.ProcessEnv): boolean {
  return findRedisBinary(env) !== null;
}

function localHost(processes: Processes, env: NodeJS.ProcessEnv): RedisHost {
  const binary = findRedisBinary(env);
  if (binary !== null) return localRedisHost(processes, binary);
  throw new HarnessError(
    'usage',
    '--redis local needs redis-server on PATH, and it is not there. Install it (Debian: apt-get install redis-server),\n' +
      'or use --redis container with Docker, or --redis redis://host:6379 for a Redis that already runs.',
  );
}

async function containerHost(processes: Processes, env: NodeJS.ProcessEnv): Promise<RedisHost> {
  if (await isDockerAnswering(env['DOCKER_HOST'])) return containerRedisHost(processes);
  const binary = findRedisBinary(env);
  if (binary !== null) return localRedisHost(processes, binary);
  throw new HarnessError(
    'usage',
    '--redis container needs a Docker engine or redis-server on PATH, and neither is here.\n' +
      'Start Docker, or install Redis (Debian: apt-get install redis-server), or use --redis redis://host:6379.',
  );
}

async function startOn(host: RedisHost, topology: RedisTopology): Promise<RedisService> {
  const { servers, connection } = topology === 'sentinel' ? await startSentinelSet(host) : await startStandalone(host);
  const [first] = servers;
  return { kind: host.kind, version: await versionOf(first), connection, keyPrefix, servers };
}

async function startStandalone(
  host: RedisHost,
): Promise<Pick<RedisService, 'connection'> & { servers: [RedisService['servers'][number]] }> {
  const port = await freePort();
  const server = await host.startServer({ name: 'redis', port, replicaOf: null, isInSet: false });
  return { servers: [server], connection: { kind: 'url', url: `redis://${loopback}:${port}` } };
}

async function versionOf(address: RedisAddress): Promise<string> {
  const info = await ask(address, (redis) => redis.info('server'));
  return infoField(info, 'redis_version') ?? 'unknown';
}
