/** Asks a Redis or a sentinel a question of the harness's own, each over a connection of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { HarnessError, messageOf } from '../process/errors.ts';
import type { RedisAddress } from './service.ts';

const answerMs = 1000;
const pollMs = 50;
const startMs = 20_000;

/** Fails at once when nobody answers: it tries nothing again. */
export async function ask<T>({ host, port }: RedisAddress, question: (redis: Redis) => Promise<T>): Promise<T> {
  return askClient(
    new Redis(port, host, {
      lazyConnect: true,
      connectTimeout: answerMs,
      commandTimeout: answerMs,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      enableReadyCheck: false,
    }),
    question,
  );
}

/** Ends the client, whatever becomes of the question. */
export async function askClient<T>(redis: Redis, question: (redis: Redis) => Promise<T>): Promise<T> {
  // Told through the failing command as well.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

/** Until the answer is yes. `failure` tells why it never will be. */
export async function waitUntil(
  what: string,
  isTrue: () => Promise<boolean>,
  failure: () => string | null = () => null,
): Promise<void> {
  const deadlineMs = Date.now() + startMs;
  let lastError: unknown = null;
  while (Date.now() < deadlineMs) {
    try {
      if (await isTrue()) return;
    } catch (error) {
      // Not up yet, as far as anybody can tell.
      lastError = error;
    }
    const reason = failure();
    if (reason !== null) throw new HarnessError('broken', reason);
    await sleep(pollMs);
  }
  const why = lastError === null ? '' : ` (${messageOf(lastError)})`;
  throw new HarnessError('broken', `Redis: ${what} did not come about within ${startMs / 1000} s${why}.`, {
    cause: lastError,
  });
}

/** One field of INFO; null where the server does not have it. */
export function infoField(info: string, name: string): string | null {
  return new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? null;
}

/** Until sentinels have made this server the master. It may be too busy to answer at first. */
export async function waitUntilMaster(address: RedisAddress): Promise<void> {
  await waitUntil(`the server at port ${address.port} as the master`, () =>
    ask(address, async (redis) => (await redis.role())[0] === 'master'),
  );
}
