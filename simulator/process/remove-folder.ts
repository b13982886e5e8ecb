/** Removes a folder that a process may have been writing to a moment ago. */
import { existsSync, rmSync } from 'node:fs';

const attemptsMax = 20;
const pauseMs = 50;

/**
 * Synchronous, for the guard's last moments. With `force`, Node takes an entry that vanishes while it removes the folder for the folder's own
 * absence, and leaves the rest: so it looks again.
 */
export function removeFolder(path: string): void {
  for (let attempt = 1; existsSync(path); attempt++) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (attempt === attemptsMax) throw error;
    }
    if (attempt === attemptsMax) return;
    if (existsSync(path)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
}
