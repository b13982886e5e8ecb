/** Runs many worlds, on as many threads as the machine has cores. Each world is alone in its thread while it runs. */
import { Worker } from 'node:worker_threads';
import { messageOf } from '../process/errors.ts';
import type { WorldKind } from './world-kind.ts';
import type { WorldResult } from './world.ts';

export interface SeedRun {
  readonly world: WorldKind;
  readonly firstSeed: number;
  readonly count: number;
  readonly threads: number;
  /** As they come, in no particular order. True ends the run early. */
  readonly onResult: (result: WorldResult) => boolean;
  readonly signal: AbortSignal;
}

export async function runSeeds({ world, firstSeed, count, threads, onResult, signal }: SeedRun): Promise<void> {
  const end = firstSeed + count;
  let next = firstSeed;
  const take = (): number | null => (next < end && !signal.aborted ? next++ : null);
  const stop = (): void => {
    next = end;
  };
  const workers = Array.from({ length: Math.min(threads, count) }, () => new WorldThread(world));
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (let seed = take(); seed !== null; seed = take()) if (onResult(await worker.run(seed))) stop();
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

/** An instance that is killed waits for ever, and Node keeps what waits for `AbortSignal.any`: some 5 MB a world (measured). A new thread forgets it. */
const WORLDS_PER_THREAD = 200;

class WorldThread {
  readonly #world: WorldKind;
  #worker: Worker;
  #ran = 0;

  constructor(world: WorldKind) {
    this.#world = world;
    this.#worker = startThread(world);
  }

  async run(seed: number): Promise<WorldResult> {
    if (this.#ran === WORLDS_PER_THREAD) {
      await this.close();
      this.#worker = startThread(this.#world);
      this.#ran = 0;
    }
    this.#ran += 1;
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        finish();
      };
      const onMessage = (result: WorldResult): void => settle(() => resolve(result));
      const onError = (error: unknown): void =>
        settle(() => reject(new Error(`in the world of seed ${seed}: ${messageOf(error)}`, { cause: error })));
      const onExit = (): void => settle(() => reject(new Error(`the thread ended while it ran seed ${seed}`)));
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(seed);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

// Node runs TypeScript by itself; tsx would only make it slower. Worlds leave much garbage that is young.
function startThread(world: WorldKind): Worker {
  return new Worker(new URL('world-thread.ts', import.meta.url), {
    workerData: world,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
}
