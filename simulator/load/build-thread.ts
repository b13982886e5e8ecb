/** A build thread: takes the range of a block, gives back the block. Started by build.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { buildBlock, type BlockRange, type BuildThreadData } from './block.ts';
import { createObjectBuilder } from './object-builder.ts';

if (parentPort === null) throw new Error('build-thread.ts runs as a worker thread of build.ts only');
const port = parentPort;
// Both ends of this port are in this folder, so its messages have the types that block.ts gives them.
const { spec, seed }: BuildThreadData = workerData;
const builder = createObjectBuilder(spec, seed);

// A failure is an unhandled rejection here, which ends the thread and reaches build.ts as the worker's error.
port.on('message', (range: BlockRange) => void answer(range));

async function answer(range: BlockRange): Promise<void> {
  const block = await buildBlock(builder, range);
  port.postMessage(block, [block.bodies.buffer, block.tables.buffer]);
}
