import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openState } from '../../commands/open-state.ts';
import { parseConfig } from '../../config/parse.ts';
import type { ObjectRef } from '../../ports.ts';
import { RecordedEvents } from '../../testing/fakes.ts';
import { TestRedis } from '../../testing/redis-server.ts';

const HOUR_MS = 3_600_000;

let folder: string;
let redis: TestRedis;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'copied-object-'));
  redis = await TestRedis.start();
});
afterEach(async () => {
  await redis.close();
  rmSync(folder, { recursive: true, force: true });
});

function refOf(key: string, hour: number, etag = 'e'): ObjectRef {
  return { bucket: 'logs', key, etag, sizeBytes: 1, lastModifiedMs: hour * HOUR_MS };
}

it('an object that was copied onto itself is known hours later: the same version, which others have delivered', async () => {
  const yaml =
    's3: {bucket: logs, region: eu-west-1}\nhttp: {endpoints: [http://agent-0:1]}\n' +
    `state: {file_path: ${join(folder, 'state.json')}, redis: {url: "${redis.url}"}}\n`;
  const { state } = await openState(parseConfig(yaml, {}, 'test.yaml').config, new RecordedEvents());
  const nothing = { quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null };
  for (let hour = 100; hour < 140; hour += 1)
    await state.commit({ ...nothing, changes: [{ object: refOf(`o${hour}`, hour), settled: [], complete: true }] });
  const half = { object: refOf('half', 120), settled: [{ start: 0, end: 9 }], complete: false };
  await state.commit({ ...nothing, changes: [half] });
  const records = await state.lookup([
    refOf('o103', 103),
    refOf('o103', 139),
    refOf('o139', 140, 'another version'),
    refOf('half', 130),
    // Nothing that comes later says anything of it.
    refOf('o130', 103),
  ]);
  expect(records.map(({ kind }) => kind)).toEqual(['complete', 'complete', 'unknown', 'partial', 'unknown']);
  await state.close();
});
