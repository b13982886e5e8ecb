/**
 * Copies of a streamer's state file, to be read. Invariant: the original stays as it was, byte for byte, so that who is started again finds what the fault left
 * and not what its reader made of it.
 */
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openFileStateStore, type StateStore } from '#streamer';

/**
 * Of an owner that writes nothing now: dead, asleep or stopped. The file and its journal are copied, and no connection is opened on them: the last one to be
 * closed would write the journal into the file and delete it, and so mend what a kill left behind. The index of the journal (`-shm`) is made anew.
 */
export function openCopyOfSilent(path: string, folder: string): StateStore {
  const copy = join(folder, 'state.db');
  copyFileSync(path, copy);
  if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
  return openFileStateStore(copy);
}

/** Of an owner that may be writing: SQLite makes the copy, over a connection that cannot write, and that is not the last one. */
export function openCopyOfLiving(path: string, folder: string): StateStore {
  const copy = join(folder, 'state.db');
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.prepare('VACUUM INTO ?').run(copy);
  } finally {
    database.close();
  }
  return openFileStateStore(copy);
}
