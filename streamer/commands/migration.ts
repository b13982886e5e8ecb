/** Where `state migrate` takes state from, and where it begins it. */
import { existsSync } from 'node:fs';
import type { Config, RedisConfig } from '../config/config.ts';
import { StreamerError } from '../errors.ts';
import { beginRedisState, RedisAdmin } from '../io/redis/admin.ts';
import { connectionOnDemand } from '../io/redis/on-demand.ts';
import type { RedisConnection } from '../io/redis/connection.ts';
import { textOf } from '../io/redis/replies.ts';
import { type Remembered, rememberedSince } from '../io/remembered.ts';
import { beginState, fillState } from '../io/state-admin.ts';
import { databasePathOf, openDatabaseReadOnly } from '../io/state-database.ts';
import { openStateReader } from '../io/state-reader.ts';
import { formatMoment } from './moment.ts';
import { readText } from './original-state.ts';

const CONNECT_MS_MAX = 5_000;
const LEASE_TTL_MS = 15_000;

type Pieces = Iterable<Remembered> | AsyncIterable<Remembered>;

export type MigrationSource =
  | { readonly kind: 'original'; readonly text: string; close(): Promise<void> }
  | { readonly kind: 'ours'; readonly name: string; readonly remembered: Pieces; close(): Promise<void> };

export async function openMigrationSource(from: string, keyPrefix: string): Promise<MigrationSource> {
  if (/^rediss?:/i.test(from)) return openRedisSource(from, keyPrefix);
  if (!from.endsWith('.db')) return { kind: 'original', text: readText(from), close: async () => undefined };
  const database = existsSync(from) ? openDatabaseReadOnly(from) : null;
  if (database === null) throw new StreamerError('USAGE', `--from ${from}: there is no state of ours`);
  return {
    kind: 'ours',
    name: from,
    remembered: rememberedSince(database, from, -Infinity),
    close: async () => database.close(),
  };
}

async function openRedisSource(url: string, keyPrefix: string): Promise<MigrationSource> {
  const connection = await connectionOnDemand(atUrl(url, keyPrefix));
  try {
    await connection.connect(CONNECT_MS_MAX);
    const admin = await RedisAdmin.open(connection);
    if (admin !== null) {
      await refuseInUse(admin);
      const { path } = admin;
      return { kind: 'ours', name: path, remembered: admin.remembered(), close: async () => admin.close() };
    }
    const blob = textOf(await connection.command('GET', [`${keyPrefix}:state`]));
    if (blob === '')
      throw new StreamerError(
        'USAGE',
        `Redis at ${connection.place} holds no state under the key prefix ${keyPrefix}, neither ours nor the original's: give --key-prefix`,
      );
    return { kind: 'original', text: blob, close: async () => connection.close() };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function atUrl(url: string, keyPrefix: string): RedisConfig {
  return {
    server: { kind: 'url', url },
    username: null,
    password: null,
    database: 0,
    keyPrefix,
    tls: null,
    leaseTtlMs: LEASE_TTL_MS,
  };
}

async function refuseInUse(admin: RedisAdmin): Promise<void> {
  if (!(await admin.isInUse())) return;
  throw new StreamerError('STATE_LOCKED', `instances share the state at ${admin.path}: stop them all first`);
}

/** Begins the state of the configuration. One that is there already is set aside, or refused. */
export async function beginWith(
  { state: { redis, filePath } }: Config,
  { name, remembered }: { readonly name: string; readonly remembered: Pieces },
  isForced: boolean,
): Promise<{ readonly path: string; readonly setAside: string | null }> {
  const suffix = `replaced-${formatMoment(Date.now()).replaceAll(/[-:]/g, '')}`;
  if (redis !== null) return beginRedis(await connectionOnDemand(redis), { name, remembered, isForced, suffix });
  const path = databasePathOf(filePath);
  const existing = openStateReader(filePath);
  existing?.close();
  if (existing !== null && !isForced) throw existingState(path);
  const [first, rest] = await headAndRest(remembered);
  const setAside = beginState(filePath, first.head ?? { startFromMs: 0, floorMs: 0 }, suffix);
  await fillState(filePath, rest);
  return { path, setAside };
}

async function beginRedis(
  connection: RedisConnection,
  of: { readonly name: string; readonly remembered: Pieces; readonly isForced: boolean; readonly suffix: string },
) {
  try {
    await connection.connect(CONNECT_MS_MAX);
    const existing = await RedisAdmin.open(connection);
    if (existing !== null && !of.isForced)
      throw new StreamerError(
        'USAGE',
        `${existing.path} exists: the instances have a state there already. To begin another, add --force; the state is then set aside under another key prefix`,
      );
    if (existing?.path === of.name)
      throw new StreamerError('USAGE', `--from is the state of the configuration itself: ${of.name}`);
    const setAside = existing === null ? null : await existing.setAside(of.suffix);
    await beginRedisState(connection, of.remembered);
    return {
      path: `${connection.place} ${connection.key('*')}`,
      setAside: setAside === null ? null : `under the key prefix ${setAside}`,
    };
  } finally {
    connection.close();
  }
}

/** The first piece holds the head; all of them are still to be told. */
async function headAndRest(remembered: Pieces): Promise<readonly [Remembered, Pieces]> {
  const pieces: Remembered[] = [];
  for await (const piece of remembered) pieces.push(piece);
  const [first] = pieces;
  if (first === undefined) throw new StreamerError('STATE_MISSING', 'there is nothing to take over');
  return [first, pieces];
}

function existingState(path: string): StreamerError {
  return new StreamerError(
    'USAGE',
    `${path} exists: this program has a state of its own already, and starts from it. To begin again from the original's, add --force; the state is then set aside under another name`,
  );
}
