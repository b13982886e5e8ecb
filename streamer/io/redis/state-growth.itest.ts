/** What the state costs in the memory of Redis: bytes by the objects that are remembered, not by history. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestRedis } from '../../testing/redis-server.ts';
import { createRedisConnection } from './connection.ts';
import { RedisJournal } from './journal.ts';
import { RedisState } from './shared-state.ts';

const HOUR_MS = 3_600_000;
/** The documented load: 23 objects a minute. */
const OBJECTS_PER_HOUR = 1_380;
/** About three days of it. */
const OBJECTS = 100_000;
const BYTES_PER_OBJECT_MAX = 160;

let folder: string;
let redis: TestRedis;
let state: RedisState;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redis-growth-'));
  redis = await TestRedis.start();
  const connection = createRedisConnection({
    server: { kind: 'url', url: redis.url },
    username: null,
    password: null,
    database: 0,
    keyPrefix: 's3-streamer',
    tls: null,
    leaseTtlMs: 15_000,
  });
  await connection.connect(5_000);
  const journal = new RedisJournal(join(folder, 'state.json'));
  state = new RedisState({
    connection,
    journal,
    leaseTtlMs: 15_000,
    events: { emit: () => undefined },
    newEpoch: () => 'e',
  });
});
afterEach(async () => {
  await state.close();
  await redis.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Some are saved half-done first: what is not needed any more must be gone. */
async function deliver(hour: number, forgetBeforeMs: number | null): Promise<void> {
  const objects = Array.from({ length: OBJECTS_PER_HOUR }, (_, index) => ({
    bucket: 'weblog',
    key: `_weblog/feedname=Threat Team - Web/year=2025/hour=${hour}/${1_757_000_000 + index}_56442_130_1.gz`,
    etag: `"${hour}-${index}"`,
    sizeBytes: 650_000,
    lastModifiedMs: hour * HOUR_MS,
  }));
  const nothing = { quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null };
  const half = objects
    .filter((_, index) => index % 10 === 0)
    .map((object) => ({ object, settled: [{ start: 0, end: 5_000_000 }], complete: false }));
  await state.commit({ ...nothing, changes: half });
  const whole = objects.map((object) => ({ object, settled: [{ start: 0, end: 10_000_000 }], complete: true }));
  await state.commit({ ...nothing, changes: whole, head: { startFromMs: 0, floorMs: 0 }, forgetBeforeMs });
}

async function usedBytes(): Promise<number> {
  const client = redis.client();
  const info = await client.info('memory');
  client.disconnect();
  return Number(/^used_memory_dataset:(\d+)/m.exec(info)?.[1]);
}

it('100,000 complete objects take at most 160 bytes each, and what is forgotten gives its memory back', async () => {
  await deliver(0, null);
  const emptyBytes = await usedBytes();
  const hours = Math.ceil(OBJECTS / OBJECTS_PER_HOUR);
  for (let hour = 1; hour <= hours; hour += 1) await deliver(hour, null);
  const fullBytes = await usedBytes();
  expect((fullBytes - emptyBytes) / (hours * OBJECTS_PER_HOUR)).toBeLessThan(BYTES_PER_OBJECT_MAX);
  // A third as many again, with the window moving along.
  for (let hour = hours + 1; hour <= (hours * 4) / 3; hour += 1) await deliver(hour, (hour - hours) * HOUR_MS);
  expect((await usedBytes()) / fullBytes).toBeLessThan(1.1);
}, 120_000);
