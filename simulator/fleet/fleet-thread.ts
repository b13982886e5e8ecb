/** A thread that runs one fleet: takes a plan, tells how far it is, gives back the run. Started by run-fleet.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { runFleet } from './fleet.ts';
import type { FleetPlan } from './plan.ts';
import type { FleetMessage } from './run-fleet.ts';

if (parentPort === null) throw new Error('fleet-thread.ts runs as a worker thread of run-fleet.ts only');
const port = parentPort;
// Sleeps that are cut short make thousands of abort reasons, each with a stack that nobody reads.
Error.stackTraceLimit = 0;
let isStopped = false;
port.once('message', () => {
  isStopped = true;
});

// eslint-disable-next-line typescript/no-unsafe-type-assertion -- run-fleet.ts gives nothing else
const plan = workerData as FleetPlan;
const tell = (message: FleetMessage): void => port.postMessage(message);
const run = await runFleet(plan, {
  onProgress: (simulatedS) => tell({ kind: 'progress', simulatedS }),
  isStopped: () => isStopped,
});
tell({ kind: 'run', run });
port.unref();
