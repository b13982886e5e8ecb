/**
 * The guard: a small process that outlives the harness by a moment, and ends what the harness started.
 * It reads orders on stdin; the end of stdin means that the harness is gone, however it died (kill -9 closes the pipe too).
 * Plain Node, no loader: it must be up in a few ten milliseconds.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeContainers } from './docker.ts';
import { errorCode } from './errors.ts';
import { parseOrder } from './guard-orders.ts';
import { removeFolder } from './remove-folder.ts';

const pids = new Set<number>();
const folders = new Set<string>();
const labels = new Set<string>();
let isOrderly = false;

/** What the engine was asked for by a harness that died has its label by then. */
const looks = 6;
const betweenLooksMs = 500;

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
    case 'watch-containers':
      labels.add(order.label);
      break;
    case 'end':
      isOrderly = true;
      break;
  }
});
orders.on('close', () => void endAll());

async function endAll(): Promise<void> {
  for (const pid of pids) killGroup(pid);
  for (const path of folders) removeFolder(path);
  // With testcontainers' own reaper switched off nobody else would remove them.
  for (let look = 1; labels.size > 0; look++) {
    for (const label of labels) await removeLabelled(label);
    if (isOrderly || look === looks) break;
    await sleep(betweenLooksMs);
  }
  process.exit(0);
}

async function removeLabelled(label: string): Promise<void> {
  try {
    await removeContainers(process.env['DOCKER_HOST'], label);
  } catch {
    // The engine is away, or busy with just that container: it is asked again, and there is nobody left to be told.
  }
}

/** Every child leads its own process group, so what it started itself goes with it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Gone already: what we want.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
