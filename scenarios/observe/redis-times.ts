/** How long a run's Redis and an instance's journal take for a commit, measured when the run is over, with the streamer's own scripts. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { connectRedis } from '#simulator';
import { createRedisConnection, RedisJournal, RedisState, type StateCommit } from '#streamer';
import type { Evidence } from '../run/evidence.ts';
import { scriptStats } from './redis-calls.ts';

export interface RedisTimes {
  readonly msPerCommand: number;
  readonly msPerObject: number;
  readonly roundTripMs: number;
  readonly journalMs: number;
}

const rounds = 20;
/** As many as the streamer puts into one command at most. */
const objectsMax = 500;
const leaseTtlMs = 15_000;
const lastModifiedMs = Date.UTC(2026, 0, 1);

/** Null for a Redis that others use as well, or that sentinels lead to. */
export async function measureRedisTimes({ stage: { redis, folder } }: Evidence): Promise<RedisTimes | null> {
  if (redis === null || redis.connection.kind !== 'url' || redis.kind === 'url') return null;
  const { url } = redis.connection;
  const client = connectRedis(redis.connection);
  const connection = createRedisConnection({
    server: { kind: 'url', url },
    username: null,
    password: null,
    database: 0,
    keyPrefix: `times-${randomUUID()}`,
    tls: null,
    leaseTtlMs,
  });
  const journal = new RedisJournal(join(folder, 'redis-times'));
  const newEpoch = (): string => randomUUID();
  const state = new RedisState({ connection, journal, leaseTtlMs, events: { emit: () => undefined }, newEpoch });
  try {
    await connection.connect(5_000);
    await state.readHead();
    const stats = async () => scriptStats(await client.info('commandstats'));
    const timeOf = async (objects: number): Promise<number> => {
      await state.commit(commitOf(objects));
      const before = await stats();
      for (let round = 0; round < rounds; round += 1) await state.commit(commitOf(objects));
      const after = await stats();
      return (after.usec - before.usec) / 1000 / (after.calls - before.calls);
    };
    const oneMs = await timeOf(1);
    const msPerObject = Math.max(0, (await timeOf(objectsMax)) - oneMs) / (objectsMax - 1);
    return {
      msPerCommand: Math.max(0, oneMs - msPerObject),
      msPerObject,
      roundTripMs: await medianMs(async () => client.ping()),
      journalMs: await medianMs(async () => journal.record(commitOf(1))),
    };
  } finally {
    client.disconnect();
    await state.close();
  }
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  return median(times);
}

function commitOf(objects: number): StateCommit {
  return {
    changes: Array.from({ length: objects }, () => ({
      object: { bucket: 'times', key: `times/${randomUUID()}.gz`, etag: randomUUID(), sizeBytes: 1, lastModifiedMs },
      settled: [],
      complete: true,
    })),
    quarantined: [],
    fulfilled: [],
    head: null,
    forgetBeforeMs: null,
  };
}
