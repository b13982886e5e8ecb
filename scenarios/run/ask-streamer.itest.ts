import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStateStore } from '#streamer';
import { ensureBundle } from '../environment/bundle.ts';
import { askStreamer, readDroppedLines } from './ask-streamer.ts';
import { streamerConfigYaml } from './streamer-config.ts';

const s3 = {
  kind: 'embedded',
  version: '1',
  endpoint: 'http://127.0.0.1:1',
  region: 'us-east-1',
  forcePathStyle: true,
  bucket: 'weblog',
  prefix: '',
  env: { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
  pid: null,
} as const;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3es-ask-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A streamer that has dropped so many lines, and is gone. */
async function configOf(name: string, dropped: number): Promise<{ readonly configFile: string }> {
  const stateFile = join(folder, `${name}.db`);
  const store = openFileStateStore(stateFile);
  await store.commit({
    changes: [],
    quarantined: [],
    fulfilled: [],
    head: null,
    forgetBeforeMs: null,
    dropped: { lines: dropped, batches: 1 },
  });
  await store.close();
  const configFile = join(folder, `${name}.yaml`);
  const endpoints = ['http://127.0.0.1:2'];
  writeFileSync(configFile, streamerConfigYaml({ s3, prefix: 'p/', endpoints, stateFile, redis: null, settings: [] }));
  return { configFile };
}

describe('dropped lines', () => {
  it('are those that the states of the streamers count, however their processes ended', async () => {
    const streamers = [await configOf('one', 7), await configOf('two', 35)];
    const bundle = await ensureBundle();
    expect(await readDroppedLines({ bundle, s3, redis: null }, streamers)).toBe(42);
  });
});

describe('a streamer that cannot answer', () => {
  it('has failed, in its own words', async () => {
    const question = { bundle: await ensureBundle(), configFile: join(folder, 'absent.yaml'), env: s3.env };
    const failure = await askStreamer(['state', 'show'], question).catch((error: unknown) => error);
    expect(failure).toMatchObject({ fault: 'streamer' });
    expect(String(failure)).toMatch(/The streamer's "state show" failed: exit code 2\n.*absent\.yaml/);
  });

  it('has failed also where it says something else than what it was asked', async () => {
    const bundle = join(folder, 'streamer.cjs');
    writeFileSync(bundle, 'console.log("{}")');
    const asked = readDroppedLines({ bundle, s3, redis: null }, [{ configFile: 'any.yaml' }]);
    await expect(asked).rejects.toMatchObject({ fault: 'streamer' });
  });

  it('is not to blame where it could not even be started', async () => {
    const question = { bundle: await ensureBundle(), configFile: 'any.yaml', env: { NODE_OPTIONS: '\0' } };
    await expect(askStreamer(['state', 'show'], question)).rejects.toMatchObject({ fault: 'broken' });
  });
});
