/** Runs a fleet on a thread of its own: that can have the memory for much garbage that is young, and whoever waits can stop it and still get what there is. */
import { Worker } from 'node:worker_threads';
import type { FleetRun } from './fleet-run.ts';
import type { FleetPlan } from './plan.ts';

export type FleetMessage =
  | { readonly kind: 'progress'; readonly simulatedS: number }
  | { readonly kind: 'run'; readonly run: FleetRun };

const YOUNG_GENERATION_MB = 256;
const OLD_GENERATION_MB = 8_192;

/** When the signal aborts, the fleet stops where it is, and that is its run. */
export async function simulateFleet(
  plan: FleetPlan,
  onProgress: (simulatedS: number) => void,
  signal: AbortSignal,
): Promise<FleetRun> {
  // Node runs TypeScript by itself; tsx would only make it slower.
  const worker = new Worker(new URL('fleet-thread.ts', import.meta.url), {
    workerData: plan,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB, maxOldGenerationSizeMb: OLD_GENERATION_MB },
  });
  const stop = (): void => worker.postMessage('stop');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await new Promise<FleetRun>((resolve, reject) => {
      worker.on('message', (message: FleetMessage) => {
        if (message.kind === 'run') resolve(message.run);
        else onProgress(message.simulatedS);
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread of the fleet ended without a result')));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
