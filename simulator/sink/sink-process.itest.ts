import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, getPriority, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Processes } from '../process/processes.ts';
import { startSinkProcess } from './sink-process.ts';

/** Whether this user may put one process ahead of others. */
function mayPutAhead(): boolean {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    setPriority(other.pid ?? 0, constants.priority.PRIORITY_HIGH);
    return true;
  } catch {
    return false;
  } finally {
    other.kill('SIGKILL');
  }
}

describe('a sink in a process of its own', () => {
  it('gets a core before those whom it measures, where that is allowed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 's3es-sink-'));
    const processes = new Processes(folder);
    try {
      const { child } = await startSinkProcess(processes, 'sink', { agents: 1, loadDir: null, seed: 1 });
      expect(getPriority(child.pid)).toBe(mayPutAhead() ? -10 : getPriority());
    } finally {
      await processes.stopAll();
      rmSync(folder, { recursive: true });
    }
  });
});
