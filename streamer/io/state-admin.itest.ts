import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectRef, QuarantineRecord, StateCommit } from '../ports.ts';
import { openFileStateStore } from './file-state-store.ts';
import { openStateAdmin, openStateAdminAlone, type WantedRequest } from './state-admin.ts';
import { isStateInUse, openStateReader } from './state-reader.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 480_000 * HOUR_MS;
const HEAD = { startFromMs: 0, floorMs: NOW_MS };
const ALL = Number.MAX_SAFE_INTEGER;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3es-admin-'));
  file = join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function object(key: string, lastModifiedMs = NOW_MS): ObjectRef {
  return { bucket: 'b', key, etag: 'e', sizeBytes: 7, lastModifiedMs };
}

function record(
  of: ObjectRef,
  range: QuarantineRecord['range'],
  extra: Partial<QuarantineRecord> = {},
): QuarantineRecord {
  return { object: of, range, firstLine: 0, lineCount: 1, reason: 'refused', detail: 'no', atMs: NOW_MS, ...extra };
}

async function commit(part: Partial<StateCommit>): Promise<void> {
  const store = openFileStateStore(file);
  await store.commit({ changes: [], quarantined: [], fulfilled: [], head: HEAD, forgetBeforeMs: null, ...part });
  await store.close();
}

async function want(...requests: readonly WantedRequest[]): Promise<void> {
  const admin = openStateAdmin(file);
  admin.want(requests);
  await admin.close();
}

async function readWanted() {
  const store = openFileStateStore(file);
  const wanted = await store.readWanted(0, 100);
  await store.close();
  return wanted;
}

function statuses(): readonly string[] {
  const reader = openStateReader(file);
  const entries = reader?.quarantined({ isClosedToo: true }) ?? [];
  reader?.close();
  return entries.map(({ status }) => status);
}

describe('requests', () => {
  it('are added beside a running streamer, which sees them at its next look', async () => {
    const streamer = openFileStateStore(file);
    await streamer.commit({ changes: [], quarantined: [], fulfilled: [], head: HEAD, forgetBeforeMs: null });
    await want({ object: object('a'), kind: 'missing', settled: [], quarantineIds: [] });
    const [first] = await streamer.readWanted(0, 10);
    expect(first).toEqual({ seq: 1, object: object('a'), kind: 'missing', settled: [] });
    expect(await streamer.readWanted(1, 10)).toEqual([]);
    await streamer.commit({
      changes: [],
      quarantined: [],
      fulfilled: [{ wantedSeq: 1, outcome: 'delivered', atMs: NOW_MS }],
      head: null,
      forgetBeforeMs: null,
    });
    expect(await streamer.readWanted(0, 10)).toEqual([]);
    await streamer.close();
  });

  it('for the same object become one, which asks for all that either asked for, under a new number', async () => {
    await commit({});
    const request = { object: object('a'), quarantineIds: [] } as const;
    await want(
      { ...request, kind: 'missing', settled: [] },
      { ...request, kind: 'again', settled: [{ start: 10, end: ALL }] },
      {
        ...request,
        kind: 'again',
        settled: [
          { start: 0, end: 5 },
          { start: 8, end: 20 },
        ],
      },
      { ...request, kind: 'missing', settled: [] },
    );
    expect(await readWanted()).toEqual([
      { seq: 3, object: object('a'), kind: 'again', settled: [{ start: 10, end: 20 }] },
    ]);
  });

  it('remember what is delivered for them, also of an object so old that state forgets it', async () => {
    const old = object('a', NOW_MS - 10 * HOUR_MS);
    await commit({ changes: [{ object: old, settled: [], complete: true }] });
    await want({ object: old, kind: 'again', settled: [], quarantineIds: [] });
    const part = { object: old, settled: [{ start: 0, end: 20 }], complete: false };
    await commit({ changes: [part], forgetBeforeMs: NOW_MS });
    expect(await readWanted()).toMatchObject([{ settled: [{ start: 0, end: 20 }] }]);
    await commit({ fulfilled: [{ wantedSeq: 1, outcome: 'gone', atMs: NOW_MS }], forgetBeforeMs: NOW_MS });
    const store = openFileStateStore(file);
    expect(await store.lookup([old])).toEqual([{ kind: 'unknown' }]);
    await store.close();
  });

  it('remember what an interrupted run delivered for them', async () => {
    await commit({ changes: [{ object: object('a'), settled: [], complete: true }] });
    await want({ object: object('a'), kind: 'again', settled: [{ start: 50, end: ALL }], quarantineIds: [] });
    await commit({ changes: [{ object: object('a'), settled: [{ start: 0, end: 20 }], complete: false }] });
    expect(await readWanted()).toMatchObject([
      {
        settled: [
          { start: 0, end: 20 },
          { start: 50, end: ALL },
        ],
      },
    ]);
    // For a new request to deliver all of it, that does not count.
    await want({ object: object('a'), kind: 'again', settled: [], quarantineIds: 'all' });
    expect(await readWanted()).toMatchObject([{ settled: [] }]);
  });

  it('for what an unfinished replay set aside are not taken for delivered: it settled that, too', async () => {
    const a = object('a');
    await commit({ changes: [{ object: a, settled: [], complete: true }] });
    await want({ object: a, kind: 'again', settled: [], quarantineIds: 'all' });
    await commit({
      changes: [{ object: a, settled: [{ start: 0, end: 50 }], complete: false }],
      quarantined: [record(a, { start: 10, end: 20 })],
    });
    const others = [
      { start: 0, end: 10 },
      { start: 20, end: ALL },
    ];
    await want({ object: a, kind: 'again', settled: others, quarantineIds: [1] });
    expect(await readWanted()).toMatchObject([
      {
        settled: [
          { start: 0, end: 10 },
          { start: 20, end: 50 },
        ],
      },
    ]);
  });

  it('close the quarantine records that they answer, when they are fulfilled', async () => {
    const [a, b] = [object('a'), object('b')];
    await commit({
      changes: [a, b].map((one) => ({ object: one, settled: [], complete: true })),
      quarantined: [
        record(a, { start: 0, end: 10 }),
        record(a, { start: 20, end: 30 }),
        record(b, { start: 0, end: 10 }),
      ],
    });
    await want({ object: a, kind: 'again', settled: [{ start: 10, end: ALL }], quarantineIds: [1] });
    expect(statuses()).toEqual(['retrying', 'open', 'open']);
    // A replay of the whole object, asked for while the first request waits, answers both.
    await want({ object: a, kind: 'again', settled: [], quarantineIds: 'all' });
    expect(statuses()).toEqual(['retrying', 'retrying', 'open']);
    await commit({
      changes: [{ object: a, settled: [], complete: true }],
      quarantined: [record(a, { start: 20, end: 30 }, { detail: 'again' })],
      fulfilled: [{ wantedSeq: 2, outcome: 'delivered', atMs: NOW_MS + 1 }],
    });
    expect(statuses()).toEqual(['resolved', 'quarantined-again', 'open', 'open']);
  });

  it('that are fulfilled late close nothing that a later request took over', async () => {
    await commit({
      changes: [{ object: object('a'), settled: [], complete: true }],
      quarantined: [record(object('a'), null, { settled: [{ start: 0, end: 10 }] })],
    });
    await want({ object: object('a'), kind: 'again', settled: [{ start: 0, end: 10 }], quarantineIds: [1] });
    await want({ object: object('a'), kind: 'again', settled: [], quarantineIds: 'all' });
    await commit({ fulfilled: [{ wantedSeq: 1, outcome: 'delivered', atMs: NOW_MS }] });
    expect(statuses()).toEqual(['retrying']);
    expect(await readWanted()).toMatchObject([{ seq: 2 }]);
    await commit({ fulfilled: [{ wantedSeq: 2, outcome: 'gone', atMs: NOW_MS }] });
    expect(statuses()).toEqual(['gone']);
  });
});

describe('memory', () => {
  it('tells how far back it goes once something was forgotten, and keeps open quarantine records', async () => {
    await commit({
      changes: [{ object: object('old', NOW_MS - 10 * HOUR_MS), settled: [], complete: true }],
      quarantined: [record(object('old', NOW_MS - 10 * HOUR_MS), { start: 0, end: 1 }, { atMs: 1 })],
    });
    const before = openStateReader(file);
    expect(before?.forgottenBeforeMs()).toBeNull();
    before?.close();
    await commit({ forgetBeforeMs: NOW_MS - 1.5 * HOUR_MS });
    await commit({ forgetBeforeMs: NOW_MS - 5 * HOUR_MS });
    const after = openStateReader(file);
    expect(after?.forgottenBeforeMs()).toBe(NOW_MS - 2 * HOUR_MS);
    expect(after?.completeByHour()).toEqual([]);
    after?.close();
    expect(statuses()).toEqual(['open']);
  });

  it('of what was sent of an object that is asked for lasts until the request is fulfilled, however old the object is', async () => {
    const [asked, other] = [object('asked', NOW_MS - 10 * HOUR_MS), object('other', NOW_MS - 10 * HOUR_MS)];
    await commit({ forgetBeforeMs: NOW_MS - 5 * HOUR_MS });
    await want({ object: asked, kind: 'again', settled: [], quarantineIds: 'all' });
    const settled = [{ start: 0, end: 1 }];
    await commit({ changes: [asked, other].map((one) => ({ object: one, settled, complete: false })) });
    await commit({ forgetBeforeMs: NOW_MS - 5 * HOUR_MS });
    expect(await readWanted()).toMatchObject([{ settled }]);
    await commit({
      fulfilled: [{ wantedSeq: 1, outcome: 'gone', atMs: NOW_MS }],
      forgetBeforeMs: NOW_MS - 5 * HOUR_MS,
    });
    const reader = openStateReader(file);
    expect(reader?.partialCount()).toBe(0);
    reader?.close();
  });

  it('of closed quarantine records ends with the memory of complete objects', async () => {
    await commit({ quarantined: [record(object('a'), { start: 0, end: 1 })] });
    await want({ object: object('a'), kind: 'again', settled: [], quarantineIds: 'all' });
    await commit({ fulfilled: [{ wantedSeq: 1, outcome: 'delivered', atMs: NOW_MS }] });
    expect(statuses()).toEqual(['resolved']);
    await commit({ forgetBeforeMs: NOW_MS + 1 });
    expect(statuses()).toEqual([]);
  });
});

describe('rewind', () => {
  it('takes back requests and quarantine records of what is read again, and only those', async () => {
    const [older, younger] = [object('older', NOW_MS - 5 * HOUR_MS), object('younger')];
    await commit({
      changes: [older, younger].map((one) => ({ object: one, settled: [], complete: true })),
      quarantined: [record(older, { start: 0, end: 1 }), record(younger, { start: 0, end: 1 })],
    });
    await want(
      { object: older, kind: 'again', settled: [], quarantineIds: [] },
      { object: younger, kind: 'again', settled: [], quarantineIds: [] },
    );
    const admin = openStateAdminAlone(file);
    expect(admin.rewind(NOW_MS - HOUR_MS + 1)).toMatchObject({
      toMs: NOW_MS - HOUR_MS,
      completeObjects: 1,
      uncountedBeforeMs: null,
    });
    await admin.close();
    expect(await readWanted()).toMatchObject([{ object: { key: 'older' } }]);
    expect(statuses()).toEqual(['open', 'rewound']);
  });

  it('says when it goes further back than state remembers', async () => {
    await commit({ forgetBeforeMs: NOW_MS - 5 * HOUR_MS });
    const admin = openStateAdminAlone(file);
    expect(admin.rewind(NOW_MS - 7 * HOUR_MS)).toMatchObject({ uncountedBeforeMs: NOW_MS - 5 * HOUR_MS });
    await admin.close();
  });
});

describe('the file', () => {
  /** As the first version of this program left it. */
  function writeVersion1(path: string): void {
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA journal_mode = WAL;
      CREATE TABLE head (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), start_from_ms REAL NOT NULL, floor_ms REAL NOT NULL);
      CREATE TABLE complete (hour INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (hour, id)) WITHOUT ROWID;
      CREATE TABLE partial (id BLOB PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL, last_modified_ms REAL NOT NULL, ranges TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE quarantine (seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms REAL NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL,
        size_bytes INTEGER NOT NULL, last_modified_ms REAL NOT NULL, range_start INTEGER, range_end INTEGER, first_line INTEGER, line_count INTEGER, reason TEXT NOT NULL, detail TEXT NOT NULL);
      PRAGMA user_version = 1;
      INSERT INTO head VALUES (1, 5, 6);
      INSERT INTO complete VALUES (7, x'00');
      INSERT INTO quarantine (at_ms, bucket, key, etag, size_bytes, last_modified_ms, range_start, range_end, first_line, line_count, reason, detail)
        VALUES (1, 'b', 'k', 'e', 2, 3, 4, 5, 6, 1, 'refused', 'd');`);
    database.close();
  }

  it('of an older version is read as it is, and brought up to date by the first that writes', async () => {
    const path = join(folder, 'state.db');
    writeVersion1(path);
    const untouched = join(folder, 'copy.db');
    copyFileSync(path, untouched);
    for (const from of [untouched, path]) {
      if (from === path) await openStateAdmin(path).close();
      const reader = openStateReader(from);
      expect(reader?.head()).toEqual({ startFromMs: 5, floorMs: 6 });
      expect(reader?.completeByHour()).toEqual([{ hourStartMs: 7 * HOUR_MS, objects: 1 }]);
      expect(reader?.quarantined({ isClosedToo: false })).toMatchObject([
        { id: 1, status: 'open', reason: 'refused', range: { start: 4, end: 5 } },
      ]);
      expect(reader?.forgottenBeforeMs()).toBeNull();
      expect(reader?.wantedCount()).toBe(0);
      reader?.close();
    }
    expect(await readWanted()).toEqual([]);
  });

  it('tells whether a streamer uses it, and is not created by asking', async () => {
    expect(openStateReader(file)).toBeNull();
    expect(isStateInUse(file)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    const store = openFileStateStore(file);
    expect(isStateInUse(file)).toBe(true);
    await store.close();
    expect(isStateInUse(file)).toBe(false);
    expect(() => openStateAdmin(join(folder, 'none.json'))).toThrow(/there is no state yet/);
  });
});
