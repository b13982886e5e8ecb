/**
 * How much the sink can take: autocannon sends real bodies of the load to a real sink process that judges every line, as fast as the two
 * cores allow. A run whose rate comes near this figure measures the sink, not the streamer.
 * It is a lower bound where the sender was the slower of the two: then the sink's event loop was not busy all the time.
 */
import autocannon from 'autocannon';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLoad } from '../load/manifest.ts';
import { HarnessError } from '../process/errors.ts';
import type { Processes } from '../process/processes.ts';
import type { Stats } from './api.ts';
import { readBodies } from './ceiling-bodies.ts';
import { startSinkProcess } from './sink-process.ts';

export interface CeilingOptions {
  readonly processes: Processes;
  readonly loadDir: string;
  readonly agents: number;
  readonly durationS: number;
}

export interface SinkCeiling {
  readonly rawMBps: number;
  /** Of the sink, while it was measured. */
  readonly eventLoopUtilization: number;
  readonly cpuCores: number;
  readonly posts: number;
  /** Share of the bodies that one rolling CRC proved. */
  readonly fastPathShare: number;
}

const connections = 8;
const bodyCount = 8;
const bodyBytesMax = 1_048_576;
const warmUpMs = 700;
const stopGraceMs = 5_000;
const bytesPerMB = 1_000_000;

export async function measureSinkCeiling({
  processes,
  loadDir,
  agents,
  durationS,
}: CeilingOptions): Promise<SinkCeiling> {
  const bodies = await bodiesOf(loadDir);
  const sink = await startSinkProcess(processes, 'sink-ceiling', { agents, loadDir, seed: 1 });
  try {
    const shooting = autocannon({
      url: sink.endpoints,
      connections,
      duration: warmUpMs / 1_000 + durationS,
      requests: bodies.map((body) => ({ method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body })),
    });
    await sleep(warmUpMs);
    const before = await sink.client.stats();
    const [result, after] = await Promise.all([shooting, sleep(durationS * 1_000).then(() => sink.client.stats())]);
    if (result.non2xx > 0 || result.errors > 0) {
      throw new HarnessError(
        'broken',
        `The sink answered ${result.non2xx} of autocannon's requests with an error, and ${result.errors} failed; see its log.`,
      );
    }
    return compare(before, after);
  } finally {
    await sink.child.stop(stopGraceMs);
  }
}

async function bodiesOf(loadDir: string): Promise<readonly Buffer[]> {
  const load = await openLoad(loadDir);
  try {
    return await readBodies(load, bodyCount, bodyBytesMax);
  } finally {
    await load.close();
  }
}

function compare(before: Stats, after: Stats): SinkCeiling {
  const elapsedS = (after.atMs - before.atMs) / 1_000;
  const posts = after.totals.storedPosts - before.totals.storedPosts;
  return {
    rawMBps: (after.totals.bytes - before.totals.bytes) / bytesPerMB / elapsedS,
    eventLoopUtilization: after.eventLoopUtilization,
    cpuCores: (after.cpuS - before.cpuS) / elapsedS,
    posts,
    fastPathShare: posts === 0 ? 0 : (after.crcFastPath - before.crcFastPath) / posts,
  };
}
