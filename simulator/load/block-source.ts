/** Where built blocks come from: threads, or this thread for a load too small to be worth starting one. */
import { Worker } from 'node:worker_threads';
import { buildBlock, type BlockRange, type BuildThreadData, type BuiltBlock } from './block.ts';
import { createObjectBuilder } from './object-builder.ts';

/** Builds one block at a time. */
export interface BlockSource {
  build(range: BlockRange): Promise<BuiltBlock>;
  close(): Promise<void>;
}

export function createLocalSource(thread: BuildThreadData): BlockSource {
  const builder = createObjectBuilder(thread.spec, thread.seed);
  return { build: (range) => buildBlock(builder, range), close: async () => {} };
}

export function createThreadSource(thread: BuildThreadData): BlockSource {
  // Node runs TypeScript by itself. Inheriting execArgv would load tsx in every thread as well, which takes longer than a small build.
  const execArgv = ['--disable-warning=ExperimentalWarning'];
  const worker = new Worker(new URL('build-thread.ts', import.meta.url), { workerData: thread, execArgv });
  return {
    build: (range) =>
      new Promise((resolve, reject) => {
        const onMessage = (block: BuiltBlock): void => settle(() => resolve(block));
        const onError = (error: unknown): void => settle(() => reject(error));
        const onExit = (): void => settle(() => reject(new Error('a thread that builds the load ended early')));
        function settle(finish: () => void): void {
          worker.off('message', onMessage).off('error', onError).off('exit', onExit);
          finish();
        }
        worker.on('message', onMessage).on('error', onError).on('exit', onExit);
        worker.postMessage(range, []);
      }),
    async close() {
      await worker.terminate();
    },
  };
}
