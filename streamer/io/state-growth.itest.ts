/** What the state costs: bytes by the objects in the window, not by history; time by the object, not by how many there are. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ObjectRef, StateStore } from '../ports.ts';
import { openFileStateStore } from './file-state-store.ts';

const HOUR_MS = 3_600_000;
/** The documented load: 23 objects a minute. */
const OBJECTS_PER_HOUR = 1_380;
/** `audit.retention`: state remembers complete objects for so long. */
const WINDOW_HOURS = 7 * 24;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-growth-'));
  path = join(folder, 'state.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function objectsOf(hour: number, count: number): readonly ObjectRef[] {
  return Array.from({ length: count }, (_, index) => ({
    bucket: 'weblog',
    key: `_weblog/feedname=Threat Team - Web/year=2025/hour=${hour}/${1_757_000_000 + index}_56442_130_1.gz`,
    etag: `"${hour}-${index}"`,
    sizeBytes: 650_000,
    lastModifiedMs: hour * HOUR_MS,
  }));
}

async function complete(store: StateStore, objects: readonly ObjectRef[], forgetBeforeMs: number | null = null) {
  const changes = objects.map((object) => ({ object, settled: [{ start: 0, end: 10_000_000 }], complete: true }));
  const head = { startFromMs: 0, floorMs: forgetBeforeMs ?? 0 };
  await store.commit({ changes, quarantined: [], fulfilled: [], head, forgetBeforeMs });
}

function fileBytes(): number {
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return statSync(path).size + walBytes;
}

it('a million objects of history leave a file under 10 MB, and at most 64 bytes for each object in the window', async () => {
  const store = openFileStateStore(path);
  let bytesMax = 0;
  const hours = Math.ceil(1_000_000 / OBJECTS_PER_HOUR);
  for (let hour = 0; hour < hours; hour += 1) {
    await complete(store, objectsOf(hour, OBJECTS_PER_HOUR), Math.max(0, hour - WINDOW_HOURS) * HOUR_MS);
    if (hour >= WINDOW_HOURS) bytesMax = Math.max(bytesMax, fileBytes());
  }
  await store.close();
  const bytes = statSync(path).size;
  expect(bytesMax).toBeLessThan(15e6);
  expect(bytes).toBeLessThan(10e6);
  expect(bytes / (WINDOW_HOURS * OBJECTS_PER_HOUR)).toBeLessThan(64);
}, 120_000);

/** Microseconds of look-up and commit for each of a thousand new objects, beside `objects` in the window; the least of several rounds. */
async function costUs(objects: number): Promise<number> {
  const store = openFileStateStore(join(folder, `${objects}.db`));
  const hours = 60;
  for (let hour = 0; hour < hours; hour += 1) await complete(store, objectsOf(hour, objects / hours));
  let leastMs = Infinity;
  for (let round = 0; round < 6; round += 1) {
    const fresh = objectsOf(hours + round, 1_000);
    const { user, system } = process.cpuUsage();
    const records = await store.lookup(fresh);
    await complete(store, fresh);
    const used = process.cpuUsage({ user, system });
    expect(new Set(records.map(({ kind }) => kind))).toEqual(new Set(['unknown']));
    leastMs = Math.min(leastMs, (used.user + used.system) / 1000);
  }
  await store.close();
  return leastMs;
}

it('an object costs the same whether a thousand or a hundred thousand are in the window', async () => {
  const [few, some, many] = [await costUs(1_020), await costUs(10_020), await costUs(100_020)];
  // A table that is searched from its beginning would cost a hundred times as much.
  expect(Math.max(some, many) / few).toBeLessThan(8);
}, 60_000);
