import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ObjectRef, openFileStateStore, type StateStore } from '#streamer';
import { openCopyOfLiving, openCopyOfSilent } from './state-copy.ts';

const object: ObjectRef = { bucket: 'b', key: 'k', etag: 'e', sizeBytes: 1, lastModifiedMs: 1_700_000_000_000 };
const nothing = { quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3es-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function newFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

async function writeComplete(path: string): Promise<StateStore> {
  const store = openFileStateStore(path);
  await store.commit({ ...nothing, changes: [{ object, settled: [], complete: true }] });
  return store;
}

/** File and journal as they are while the owner still has them open: what kill -9 leaves. */
async function leaveAsKilled(): Promise<string> {
  const living = join(newFolder('living'), 'state.db');
  const owner = await writeComplete(living);
  const dead = join(newFolder('dead'), 'state.db');
  for (const end of ['', '-wal']) copyFileSync(`${living}${end}`, `${dead}${end}`);
  await owner.close();
  return dead;
}

function bytesOf(path: string): Readonly<Record<string, string>> {
  const names = readdirSync(join(path, '..'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, '..', name)).toString('base64')]));
}

async function recordIn(store: StateStore): Promise<string | undefined> {
  const [record] = await store.lookup([object]);
  await store.close();
  return record?.kind;
}

describe('openCopyOfSilent', () => {
  // A reader that opened the original wrote its journal into it and deleted it: a streamer that cannot go on from what a kill leaves passed every scenario.
  it('reads what only the journal holds, and leaves file and journal as the kill left them', async () => {
    const dead = await leaveAsKilled();
    const before = bytesOf(dead);
    expect(Object.keys(before)).toContain('state.db-wal');
    expect(await recordIn(openCopyOfSilent(dead, newFolder('copy')))).toBe('complete');
    expect(bytesOf(dead)).toEqual(before);
  });

  it('reads a file that was closed as it should be', async () => {
    const path = join(newFolder('stopped'), 'state.db');
    await (await writeComplete(path)).close();
    expect(await recordIn(openCopyOfSilent(path, newFolder('copy')))).toBe('complete');
  });
});

describe('openCopyOfLiving', () => {
  it('reads what its owner has written, which goes on writing', async () => {
    const path = join(newFolder('living'), 'state.db');
    const owner = await writeComplete(path);
    expect(await recordIn(openCopyOfLiving(path, newFolder('copy')))).toBe('complete');
    await owner.commit({ ...nothing, changes: [{ object, settled: [], complete: true }] });
    await owner.close();
  });
});
