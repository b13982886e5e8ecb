import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StateStore } from '../ports.ts';
import { openFileStateStore } from './file-state-store.ts';
import { PIECE_OBJECTS, rememberedSince } from './remembered.ts';

const HOUR_MS = 3_600_000;
const OBJECTS_PER_HOUR = 700;

let folder: string;
let path: string;
let store: StateStore;
let database: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remembered-'));
  path = join(folder, 'state.db');
  store = openFileStateStore(path);
  database = new DatabaseSync(path);
});

afterEach(async () => {
  database.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function complete(hour: number): Promise<void> {
  const changes = Array.from({ length: OBJECTS_PER_HOUR }, (_, index) => ({
    object: { bucket: 'weblog', key: `${hour}/${index}`, etag: 'e', sizeBytes: 1, lastModifiedMs: hour * HOUR_MS },
    settled: [],
    complete: true,
  }));
  await store.commit({ changes, quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null });
}

it('tells of each complete object since the hour once, in pieces', async () => {
  for (const hour of [1, 2, 3]) await complete(hour);
  const pieces = [...rememberedSince(database, path, 2.5 * HOUR_MS)].map((piece) => piece.complete);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBe(PIECE_OBJECTS);
  const told = pieces.flat();
  expect(told).toHaveLength(2 * OBJECTS_PER_HOUR);
  expect(new Set(told.map(({ id }) => Buffer.from(id).toString('hex'))).size).toBe(2 * OBJECTS_PER_HOUR);
  expect(new Set(told.map(({ hour }) => hour))).toEqual(new Set([2, 3]));
});

it('reads a piece only when it is asked for, so that a large state is never in memory as a whole', async () => {
  // It was read at once: after each fail-over all that a journal knew, while nothing else could run.
  for (const hour of [1, 2]) await complete(hour);
  let objects = 0;
  for (const piece of rememberedSince(database, path, -Infinity)) {
    if (objects === 0 && piece.complete.length > 0) await complete(3);
    objects += piece.complete.length;
  }
  expect(objects).toBe(3 * OBJECTS_PER_HOUR);
});
