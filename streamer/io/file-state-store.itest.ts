/** What is the file's own. What state means, in a file as in Redis: simulator/virtual/state-specification.itest.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StreamerError } from '../errors.ts';
import type { ObjectRef, StateCommit, StateStore } from '../ports.ts';
import { commitOf, committedObject } from '../testing/state-process.ts';
import { openFileStateStore } from './file-state-store.ts';
import { openStateReader } from './state-reader.ts';

const HOUR_MS = 3_600_000;
let folder: string;
let path: string;
const cleanups: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-test-'));
  path = join(folder, 'state.db');
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  rmSync(folder, { recursive: true, force: true });
});

function open(at = path): StateStore {
  const store = openFileStateStore(at);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await store.close();
    isOpen = false;
  };
  cleanups.push(close);
  return {
    readHead: async () => store.readHead(),
    lookup: async (objects) => store.lookup(objects),
    readWanted: async (afterSeq, objectsMax) => store.readWanted(afterSeq, objectsMax),
    commit: async (one) => store.commit(one),
    close,
  };
}

async function reopen(store: StateStore): Promise<StateStore> {
  await store.close();
  return open();
}

function refOf(key: string, lastModifiedMs = 0, etag = 'e'): ObjectRef {
  return { bucket: 'logs', key, etag, sizeBytes: 1, lastModifiedMs };
}

function commit(of: Partial<StateCommit>): StateCommit {
  return { changes: [], quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null, ...of };
}

function failureOf(work: () => unknown): StreamerError {
  try {
    work();
  } catch (error) {
    return error as StreamerError;
  }
  return expect.fail('it did not fail');
}

interface Peer {
  readonly child: ChildProcess;
  readonly said: { acknowledged?: number; code?: string; message?: string; open?: boolean }[];
  readonly ended: Promise<void>;
}

/** Another process on the same file. `fileBytesMax`: the system refuses to let any file grow beyond it. */
function startPeer(work: 'hold' | 'commit', fileBytesMax?: number): Peer {
  const program = [
    process.execPath,
    '--import',
    'tsx',
    join(import.meta.dirname, '../testing/state-process.ts'),
    path,
    work,
  ];
  const limit = fileBytesMax === undefined ? '' : `ulimit -f ${Math.ceil(fileBytesMax / 512)}; `;
  const child = spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: Peer['said'] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Peer['said'][number]));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, said, ended };
}

describe('what was committed', () => {
  it('is there for each object by its identity, and after opening again', async () => {
    let store = open();
    const objects = [refOf('a'), refOf('b'), refOf('a', 0, 'other version'), refOf('c')];
    await store.commit(
      commit({
        changes: [
          { object: objects[0]!, settled: [], complete: true },
          { object: objects[1]!, settled: [{ start: 5, end: 9 }], complete: false },
        ],
        head: { startFromMs: 17.5, floorMs: 18.25 },
      }),
    );
    for (let round = 0; round < 2; round += 1) {
      expect(await store.lookup(objects)).toEqual([
        { kind: 'complete' },
        { kind: 'partial', settled: [{ start: 5, end: 9 }] },
        { kind: 'unknown' },
        { kind: 'unknown' },
      ]);
      expect(await store.readHead()).toEqual({ startFromMs: 17.5, floorMs: 18.25 });
      store = await reopen(store);
    }
  });

  it('is kept as ranges only until the object is complete', async () => {
    const store = open();
    await store.commit(commit({ changes: [{ object: refOf('a'), settled: [{ start: 0, end: 5 }], complete: false }] }));
    const reader = openStateReader(path)!;
    expect(reader.partialCount()).toBe(1);
    await store.commit(commit({ changes: [{ object: refOf('a'), settled: [], complete: true }] }));
    expect(reader.partialCount()).toBe(0);
    reader.close();
  });

  it('is all or nothing: an error in the middle leaves what was there before', async () => {
    const store = open();
    await store.commit(
      commit({
        changes: [{ object: refOf('a'), settled: [{ start: 0, end: 5 }], complete: false }],
        head: { startFromMs: 1, floorMs: 1 },
      }),
    );
    // The third change cannot be written: its bucket is no text.
    const broken = { ...refOf('c'), bucket: Symbol('no text') as unknown as string };
    const changes = [
      { object: refOf('a'), settled: [{ start: 5, end: 9 }], complete: false },
      { object: refOf('b'), settled: [], complete: true },
      { object: broken, settled: [{ start: 0, end: 1 }], complete: false },
    ];
    await expect(store.commit(commit({ changes, head: { startFromMs: 2, floorMs: 2 } }))).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
    });
    expect(await store.lookup([refOf('a'), refOf('b')])).toEqual([
      { kind: 'partial', settled: [{ start: 0, end: 5 }] },
      { kind: 'unknown' },
    ]);
    expect(await store.readHead()).toEqual({ startFromMs: 1, floorMs: 1 });
    await store.commit(commit({ changes: changes.slice(0, 2) }));
    expect(await store.lookup([refOf('b')])).toEqual([{ kind: 'complete' }]);
  });

  it.skipIf(process.platform !== 'linux')(
    'is synced by way of one file handle, however many commits come at the same time',
    async () => {
      const store = open();
      const handles = (): number =>
        readdirSync('/proc/self/fd').filter((fd) => {
          const link = `/proc/self/fd/${fd}`;
          return existsSync(link) && readlinkSync(link) === `${path}-wal`;
        }).length;
      await store.commit(commit({ head: { startFromMs: 1, floorMs: 1 } }));
      const before = handles();
      await store.close();
      const again = open();
      const commits = [1, 2, 3].map((floorMs) => commit({ head: { startFromMs: 1, floorMs } }));
      await Promise.all(commits.map(async (one) => again.commit(one)));
      expect(handles()).toBe(before);
    },
  );

  it('keeps what was quarantined, with its place and reason', async () => {
    const store = open();
    const record = {
      object: refOf('a', 5),
      range: { start: 3, end: 9 },
      firstLine: 7,
      lineCount: 1,
      reason: 'refused',
      detail: 'answered 400: ‘no’',
      atMs: 12.5,
    };
    const rest = {
      ...record,
      range: null,
      firstLine: null,
      lineCount: null,
      reason: 'gzip-corrupt',
      settled: [{ start: 0, end: 3 }],
    };
    await store.commit(commit({ quarantined: [record, rest] }));
    const reader = openStateReader(path)!;
    expect(reader.quarantined({ isClosedToo: false })).toMatchObject([record, rest]);
    reader.close();
  });

  it('holds a record and a count once, also where the commit is repeated because the disk did not confirm it', async () => {
    const store = open();
    const record = {
      object: refOf('a', 5),
      range: null,
      firstLine: null,
      lineCount: null,
      reason: 'object-gone',
      detail: 'it is gone',
      atMs: 12.5,
    };
    const repeated = commit({ quarantined: [record], dropped: { lines: 7, batches: 1 } });
    await store.commit(repeated);
    await store.commit(repeated);
    await store.commit(commit({ quarantined: [{ ...record, atMs: 13 }], dropped: { lines: 9, batches: 2 } }));
    const again = await reopen(store);
    await again.commit(commit({ dropped: { lines: 100, batches: 4 } }));
    const reader = openStateReader(path)!;
    expect(reader.quarantined({ isClosedToo: false })).toMatchObject([record, { ...record, atMs: 13 }]);
    expect(reader.droppedLines()).toBe(109);
    reader.close();
  });
});

describe('forgetting', () => {
  it('takes complete objects and parts of objects that were last modified long before, and nothing younger', async () => {
    const store = open();
    const at = (hours: number): number => hours * HOUR_MS;
    const objects = [
      refOf('old', at(1)),
      refOf('older', at(0)),
      refOf('young', at(10)),
      refOf('old part', at(1)),
      refOf('young part', at(10)),
    ];
    await store.commit(
      commit({
        changes: objects.map((object) => ({
          object,
          settled: [{ start: 0, end: 1 }],
          complete: !object.key.includes('part'),
        })),
        head: { startFromMs: 0, floorMs: 0 },
      }),
    );
    await store.commit(commit({ forgetBeforeMs: at(5) }));
    expect((await store.lookup(objects)).map(({ kind }) => kind)).toEqual([
      'unknown',
      'unknown',
      'complete',
      'unknown',
      'partial',
    ]);
  });

  it('gives the space back: size follows the look-back window, not history', async () => {
    const store = open();
    const objects = Array.from({ length: 100_000 }, (_, index) =>
      refOf(`web/year=2025/month=9/day=9/${1_760_000_000 + index}_56442_130_1.gz`, index * 1000),
    );
    for (let from = 0; from < objects.length; from += 1000) {
      await store.commit(
        commit({
          changes: objects
            .slice(from, from + 1000)
            .map((object) => ({ object, settled: [{ start: 0, end: 1e7 }], complete: true })),
        }),
      );
    }
    const again = await reopen(store);
    const bytesFull = statSync(path).size;
    expect(bytesFull / objects.length).toBeLessThan(48);
    for (let round = 0; round < 20; round += 1) await again.commit(commit({ forgetBeforeMs: 1e12 }));
    await again.close();
    expect(statSync(path).size).toBeLessThan(bytesFull / 20);
  });
});

describe('the lock', () => {
  it('keeps a second opener away, in the same process or another, and says how to mend it', async () => {
    open();
    expect(failureOf(() => openFileStateStore(path))).toMatchObject({
      code: 'STATE_LOCKED',
      message: expect.stringContaining('state.file_path'),
    });
    const peer = startPeer('hold');
    await peer.ended;
    expect(peer.said).toMatchObject([{ code: 'STATE_LOCKED' }]);
  });

  it('is given back when the holder closes, and when it is killed', async () => {
    await open().close();
    const peer = startPeer('hold');
    await expect.poll(() => peer.said, { timeout: 20_000 }).toEqual([{ open: true }]);
    expect(failureOf(() => openFileStateStore(path))).toMatchObject({ code: 'STATE_LOCKED' });
    peer.child.kill('SIGKILL');
    await peer.ended;
    expect(await open().lookup([refOf('a')])).toEqual([{ kind: 'unknown' }]);
  });
});

describe('a killed process', () => {
  it('loses nothing of what it was told is durable, and leaves no half of a commit', async () => {
    for (const lifeMs of [30, 120, 250]) {
      rmSync(folder, { recursive: true, force: true });
      const peer = startPeer('commit');
      await expect.poll(() => peer.said.length, { timeout: 20_000 }).toBeGreaterThan(5);
      await new Promise((resolve) => setTimeout(resolve, lifeMs));
      peer.child.kill('SIGKILL');
      await peer.ended;
      const acknowledged = peer.said.at(-1)!.acknowledged!;
      const store = open();
      const floor = (await store.readHead())!.floorMs;
      expect(floor).toBeGreaterThanOrEqual(acknowledged);
      const records = await store.lookup(Array.from({ length: floor + 3 }, (_, index) => committedObject(index)));
      expect(records.slice(0, floor + 1).every(({ kind }) => kind === 'complete')).toBe(true);
      expect(records[floor + 1]).toEqual({ kind: 'partial', settled: [{ start: 0, end: floor + 1 }] });
      expect(records[floor + 2]).toEqual({ kind: 'unknown' });
      const reader = openStateReader(path)!;
      expect(reader.quarantined({ isClosedToo: true })).toHaveLength(floor + 1);
      reader.close();
      await store.close();
    }
  }, 60_000);
});

describe('a place that cannot be written', () => {
  it.each([
    ['a file where the folder should be', 'file/state.db'],
    ['a folder where the file should be', 'folder.db'],
  ])('is named with its cure: %s', (_, name) => {
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder.db'));
    const error = failureOf(() => openFileStateStore(join(folder, name)));
    expect(error).toMatchObject({
      name: 'StreamerError',
      code: 'STATE_UNWRITABLE',
      message: expect.stringContaining('belongs to this user'),
    });
    expect(error.message).toContain(name);
  });

  it('is named with its cure: a folder that this user may only read', () => {
    const inner = join(folder, 'read-only');
    mkdirSync(inner);
    chmodSync(folder, 0o755);
    chmodSync(inner, 0o555);
    // Root may write anywhere: it becomes nobody for the attempt.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(failureOf(() => openFileStateStore(join(inner, 'state.db')))).toMatchObject({ code: 'STATE_UNWRITABLE' });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(inner, 0o755);
    }
    expect(readdirSync(inner)).toEqual([]);
  });

  it('is told as STATE_UNWRITABLE when the disk is full in the middle, and what was committed before stays readable', async () => {
    const peer = startPeer('commit', 300_000);
    await peer.ended;
    const refusal = peer.said.pop()!;
    expect(refusal).toMatchObject({ code: 'STATE_UNWRITABLE', message: expect.stringContaining('free space') });
    const acknowledged = peer.said.at(-1)!.acknowledged!;
    expect(acknowledged).toBeGreaterThan(5);
    const store = open();
    const records = await store.lookup(Array.from({ length: acknowledged + 1 }, (_, index) => committedObject(index)));
    expect(records.every(({ kind }) => kind === 'complete')).toBe(true);
    await store.commit(commitOf(acknowledged + 5));
    expect(await store.lookup([committedObject(acknowledged + 5)])).toEqual([{ kind: 'complete' }]);
  }, 30_000);
});

describe('a file that is not ours', () => {
  it.each([
    ['the original’s JSON', '{"last_processed_timestamp": 1760305292}'],
    ['a short text', 'x'],
  ])('is refused and left as it was: %s', (_, content) => {
    const foreign = join(folder, 'foreign.db');
    writeFileSync(foreign, content);
    expect(failureOf(() => openFileStateStore(foreign))).toMatchObject({
      code: 'STATE_CORRUPT',
      message: expect.stringContaining('state.file_path'),
    });
    expect(statSync(foreign).size).toBe(content.length);
  });

  it('but another program’s database is refused too, before anything is written into it', () => {
    const foreign = join(folder, 'foreign.db');
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE bookmarks (url TEXT)');
    database.close();
    expect(failureOf(() => openFileStateStore(foreign))).toMatchObject({ code: 'STATE_CORRUPT' });
    const after = new DatabaseSync(foreign);
    expect(after.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'bookmarks' }]);
    after.close();
  });

  it('but of a newer version of ours is refused, with what to do', async () => {
    await open().close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(failureOf(() => openFileStateStore(path))).toMatchObject({
      code: 'STATE_CORRUPT',
      message: expect.stringContaining('newer version'),
    });
  });

  it('and has the original’s name ends up beside it: ours never overwrites a .json', async () => {
    const original = join(folder, 'state.json');
    writeFileSync(original, '{}');
    await open(original).commit(commit({ head: { startFromMs: 1, floorMs: 1 } }));
    expect(statSync(original).size).toBe(2);
    expect(existsSync(path)).toBe(true);
  });

  it('does not keep the lock when opening fails', () => {
    const foreign = join(folder, 'foreign.db');
    writeFileSync(foreign, 'not ours');
    failureOf(() => openFileStateStore(foreign));
    rmSync(foreign);
    expect(() => open(foreign)).not.toThrow();
  });
});

it('a damaged database is called so: its cure is another', async () => {
  const store = open();
  for (let index = 0; index < 200; index += 1) await store.commit(commitOf(index));
  await store.close();
  const bytes = readFileSync(path);
  expect(bytes.length).toBeGreaterThan(20_000);
  writeFileSync(path, bytes.fill(0xab, 200));
  expect(failureOf(() => openFileStateStore(path))).toMatchObject({
    code: 'STATE_CORRUPT',
    message: expect.stringContaining('damaged'),
  });
});
