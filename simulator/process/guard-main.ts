/**
 * The guard: a small process that outlives the harness by a moment, and ends what the harness started.
 * It reads orders on stdin; the end of stdin means that the harness is gone, however it died (kill -9 closes the pipe too).
 * Plain Node, no loader: it must be up in a few ten milliseconds.
 */
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { errorCode } from './errors.ts';
import { parseOrder } from './guard-orders.ts';
import { removeFolder } from './remove-folder.ts';

const pids = new Set<number>();
const folders = new Set<string>();
const containers = new Set<string>();

// A Ctrl-C in the terminal is for the harness, which then ends its children in order. The guard waits for the end of the pipe.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const orders = createInterface({ input: process.stdin });
orders.on('line', (line) => {
  const order = parseOrder(line);
  switch (order.kind) {
    case 'watch-process':
      pids.add(order.pid);
      break;
    case 'forget-process':
      pids.delete(order.pid);
      break;
    case 'watch-folder':
      folders.add(order.path);
      break;
    case 'forget-folder':
      folders.delete(order.path);
      break;
    case 'watch-container':
      containers.add(order.id);
      break;
    case 'forget-container':
      containers.delete(order.id);
      break;
  }
});
orders.on('close', () => {
  for (const pid of pids) killGroup(pid);
  // With testcontainers' own reaper switched off nobody else would remove them.
  for (const id of containers) spawnSync('docker', ['rm', '--force', '--volumes', id], { stdio: 'ignore' });
  for (const path of folders) removeFolder(path);
  process.exit(0);
});

/** Every child leads its own process group, so what it started itself goes with it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Gone already: what we want.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
