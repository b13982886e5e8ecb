/** Bytes of the state file and of its journal. */
import { statSync } from 'node:fs';
import { databasePathOf } from './state-database.ts';

export function stateSizeBytes(filePath: string): number {
  const path = databasePathOf(filePath);
  const sizes = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
