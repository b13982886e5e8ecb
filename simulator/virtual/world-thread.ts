/** A thread that runs worlds: takes a seed, gives back its result. Started by seed-runner.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { planWorld } from './plan-world.ts';
import { WORLD_KINDS } from './world-kind.ts';
import { runWorld } from './world.ts';

if (parentPort === null) throw new Error('world-thread.ts runs as a worker thread of seed-runner.ts only');
const port = parentPort;
const world = WORLD_KINDS.find((kind) => kind === workerData);
// Sleeps that are cut short make thousands of abort reasons, each with a stack that nobody reads.
Error.stackTraceLimit = 0;

// A failure is an unhandled rejection here, which ends the thread and reaches seed-runner.ts as the worker's error.
port.on('message', (seed: number) => void answer(seed));

async function answer(seed: number): Promise<void> {
  port.postMessage(await runWorld(planWorld(seed, world), { isTraced: false }));
}
