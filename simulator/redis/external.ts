/** `--redis URL`: a Redis that already runs. The run's keys have a prefix of their own and are deleted afterwards; nothing else is touched. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { HarnessError, messageOf } from '../process/errors.ts';
import type { Processes } from '../process/processes.ts';
import { askClient, infoField } from './probe.ts';
import type { RedisService } from './service.ts';

const answerMs = 5000;
const keysPerScan = 1000;

export async function useExternalRedis(processes: Processes, url: string): Promise<RedisService> {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new HarnessError(
      'usage',
      `--redis ${url}: expected none, local, container, or a URL like redis://host:6379/0.`,
    );
  }
  const keyPrefix = `s3es-run-${randomBytes(6).toString('hex')}`;
  const info = await askAt(url, (redis) => redis.info('server'));
  const isAnswering = async (): Promise<boolean> =>
    askAt(url, (redis) => redis.ping()).then(
      () => true,
      () => false,
    );
  processes.need({ name: `Redis at ${new URL(url).host}`, isAnswering });
  processes.onEnd(async () => askAt(url, (redis) => deleteKeys(redis, keyPrefix)));
  return {
    kind: 'url',
    version: infoField(info, 'redis_version') ?? 'the server does not say',
    connection: { kind: 'url', url },
    keyPrefix,
    servers: [],
  };
}

async function askAt<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: answerMs, retryStrategy: () => null });
  try {
    return await askClient(redis, question);
  } catch (error) {
    const { host } = new URL(url);
    throw new HarnessError(
      'usage',
      `No Redis answers at ${host} (${messageOf(error)}). Start it, or correct the address and the password in --redis.`,
      { cause: error },
    );
  }
}

async function deleteKeys(redis: Redis, prefix: string): Promise<void> {
  for (let cursor = '0'; ;) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `*${prefix}*`, 'COUNT', keysPerScan);
    if (keys.length > 0) await redis.unlink(...keys);
    if (next === '0') return;
    cursor = next;
  }
}
