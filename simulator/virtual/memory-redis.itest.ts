/** The Redis in memory, and a real one: whatever several instances ask of the two, they get the same answers, and the two hold the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedisConnection, createScripts, type RedisConnection, RedisJournal } from '#streamer';
import { Processes } from '../process/processes.ts';
import { findRedisBinary } from '../redis/local-host.ts';
import { startRedis } from '../redis/start.ts';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryRedis } from './memory-redis.ts';
import { RedisData } from './redis-data.ts';
import { directConnection } from './testing/direct-connection.ts';
import { anyCall, BEGINNING, Driver, type Keeper, LEASE_TTL_MS } from './testing/shared-calls.ts';

const lacksRedis = process.env['CI'] !== 'true' && findRedisBinary(process.env) === null;
/** The time of Redis, as a test sets it. */
const TEST_CLOCK = "local function now() return tonumber(redis.call('GET', string.sub(KEYS[1], 1, -5) .. 'clock')) end";
const RUNS = 60;

function keepInMemory(): Keeper {
  let nowMs = 0;
  let replica: RedisData | null = null;
  const redis = new MemoryRedis({ now: () => nowMs });
  return {
    connection: directConnection(redis),
    scripts: createScripts(),
    journalOf: () => new MemoryJournal(),
    setTime: async (ms) => void (nowMs = ms),
    replicate: async () => void (replica = redis.data.copy()),
    fallBack: async () => redis.restart(replica?.copy() ?? redis.data),
    empty: async () => redis.restart(new RedisData()),
    dump: async () =>
      Object.fromEntries(redis.data.names.map((name) => [name, normalized(name, redis.data.value(name))])),
  };
}

/** Where the connection leads; copies for a replica stand in another database of the same server. */
function keepInRedis(connection: RedisConnection, replica: RedisConnection, journalPath: string): Keeper {
  const keysOf = async (of: RedisConnection): Promise<readonly string[]> =>
    textsOf(await of.command('KEYS', [of.key('*')])).filter((key) => key !== of.key('clock'));
  const clear = async (of: RedisConnection): Promise<void> => {
    const keys = await keysOf(of);
    if (keys.length > 0) await of.command('DEL', keys);
  };
  const copy = async (from: RedisConnection, to: RedisConnection, database: number): Promise<void> => {
    await clear(to);
    for (const key of await keysOf(from)) await from.command('COPY', [key, key, 'DB', database]);
  };
  let isReplicated = false;
  return {
    connection,
    scripts: createScripts(TEST_CLOCK),
    journalOf: (machine) => new RedisJournal(`${journalPath}-${machine}`),
    setTime: async (ms) => void (await connection.command('SET', [connection.key('clock'), ms])),
    async replicate() {
      await copy(connection, replica, 1);
      isReplicated = true;
    },
    async fallBack() {
      if (isReplicated) await copy(replica, connection, 0);
    },
    empty: async () => clear(connection),
    async dump() {
      const names = (await keysOf(connection)).map((key) => key.slice(connection.key('').length));
      const values = await Promise.all(names.map(async (name) => valueOf(connection, name)));
      return Object.fromEntries(names.map((name, index) => [name, normalized(name, values[index])]));
    },
  };
}

async function valueOf(connection: RedisConnection, name: string): Promise<unknown> {
  const key = connection.key(name);
  switch (await connection.command('TYPE', [key])) {
    case 'hash':
      return pairsOf(await connection.command('HGETALL', [key]));
    case 'zset':
      return pairsOf(await connection.command('ZRANGE', [key, 0, -1, 'WITHSCORES']));
    case 'set':
      return textsOf(await connection.command('SMEMBERS', [key])).toSorted();
    default:
      throw new Error(`${key} is of an unknown type`);
  }
}

/** Numbers as numbers, JSON as what it means. Which process it was that dropped lines is random. */
function normalized(name: string, value: unknown): unknown {
  if (name === 'dropped') return Object.values(value ?? {}).map(Number);
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, text]) => [field, meaningOf(text)]));
}

function meaningOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
}

function textsOf(reply: unknown): readonly string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

function pairsOf(reply: unknown): Readonly<Record<string, string>> {
  // Scores come in pairs.
  const flat = textsOf(Array.isArray(reply) ? reply.flat() : reply);
  return Object.fromEntries(
    Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] ?? '', flat[2 * index + 1] ?? '']),
  );
}

describe.skipIf(lacksRedis)('a Redis in memory', () => {
  const folder = mkdtempSync(join(tmpdir(), 's3es-shared-'));
  const processes = new Processes(folder);
  let url = '';
  let runs = 0;
  beforeAll(async () => {
    const { connection } = await startRedis('local', 'standalone', processes, process.env);
    if (connection.kind === 'url') ({ url } = connection);
  });
  afterAll(async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  async function connect(database: number): Promise<RedisConnection> {
    const connection = createRedisConnection({
      server: { kind: 'url', url },
      username: null,
      password: null,
      database,
      keyPrefix: `run-${runs}`,
      tls: null,
      leaseTtlMs: LEASE_TTL_MS,
    });
    await connection.connect(5_000);
    return connection;
  }

  it('answers as a real one does, and holds the same: progress, claims, requests, quarantine, what it forgets and is told again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 40 }), async (random) => {
        runs += 1;
        const calls = [...BEGINNING, ...random];
        const model = new Driver(keepInMemory());
        await model.run(calls);
        const connections = [await connect(0), await connect(1)] as const;
        const real = new Driver(keepInRedis(...connections, join(folder, String(runs))));
        try {
          await real.run(calls);
        } finally {
          await real.close();
          for (const connection of connections) connection.close();
        }
        expect(real.answers).toEqual(model.answers);
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});
