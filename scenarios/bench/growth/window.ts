/** The objects of a look-back window, as S3 lists them, and a folder for the state that knows them. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '#simulator';
import type { ObjectRef, openFileStateStore } from '#streamer';

type State = ReturnType<typeof openFileStateStore>;

/** One LIST page, and about what one commit holds at full speed. */
export const pageObjects = 1_000;
const windowMs = 86_400_000;
const endMs = Date.UTC(2025, 0, 2);
const objectsMax = 1_000_000;

/** So many of a million that are spread over a day, from this one on. */
export function windowObjects(first: number, count: number): readonly ObjectRef[] {
  return Array.from({ length: count }, (_, offset) => {
    const index = first + offset;
    const share = index / objectsMax;
    const key = `_weblog/year=2025/month=01/day=01/hour=${Math.floor(share * 24)}/${index}_1.gz`;
    return objectAt(key, index, endMs - windowMs + Math.floor(share * windowMs));
  });
}

export function objectAt(key: string, index: number, lastModifiedMs: number): ObjectRef {
  return { bucket: 'logs', key, etag: index.toString(16).padStart(32, '0'), sizeBytes: 650_000, lastModifiedMs };
}

export async function settle(state: State, objects: readonly ObjectRef[]): Promise<void> {
  const changes = objects.map((object) => ({ object, settled: [], complete: true }));
  await state.commit({ changes, quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null });
}

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 's3es-growth-'));
  try {
    return await work(folder);
  } finally {
    removeFolder(folder);
  }
}
