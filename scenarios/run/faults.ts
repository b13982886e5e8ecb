/** Makes the scenario's faults happen, each at its time, and keeps what must be known of them afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../scenario.ts';
import type { Stage } from './context.ts';
import { countLinesNotDurable } from './durable-state.ts';
import type { Streamer } from './streamer.ts';

export interface FaultRecord {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** The most duplicates that it may cause. */
  readonly duplicateBound: number;
}

export interface FaultTarget {
  readonly streamer: Streamer;
  /** Of everything that is uploaded. */
  readonly lines: number;
  /** The generator's records of uploads. */
  readonly uploadRecords: readonly string[];
}

const pollMs = 10;
const quietMs = 200;

/** Ends when the last fault is over. */
export async function runFaults(
  stage: Stage,
  target: FaultTarget,
  signal: AbortSignal,
): Promise<readonly FaultRecord[]> {
  const happened: FaultRecord[] = [];
  for (const fault of stage.scenario.faults) {
    await waitForShare(stage, fault.atDeliveredShare, target.lines, signal);
    happened.push(await killStreamer(stage, target, fault));
  }
  return happened;
}

async function waitForShare({ sink }: Stage, share: number, expectedLines: number, signal: AbortSignal): Promise<void> {
  while ((await sink.client.totals()).deliveredLines < share * expectedLines)
    await sleep(pollMs, undefined, { signal });
}

async function killStreamer(
  stage: Stage,
  { streamer, uploadRecords }: FaultTarget,
  fault: Fault,
): Promise<FaultRecord> {
  const fromMs = Date.now();
  await streamer.kill();
  stage.options.progress.note(`streamer killed (SIGKILL) at ${Math.round(fault.atDeliveredShare * 100)}% delivered`);
  await waitUntilSinkIsQuiet(stage);
  const duplicateBound = await countLinesNotDurable(stage, streamer.stateFile, uploadRecords);
  await sleep(fault.downS * 1000);
  await streamer.restart();
  return { label: 'streamer killed (SIGKILL)', fromMs, toMs: Date.now(), duplicateBound };
}

/** What was in the kernel's buffers when the streamer died still arrives. */
async function waitUntilSinkIsQuiet({ sink }: Stage): Promise<void> {
  for (let before = -1; ;) {
    const { deliveredLines, duplicateLines } = await sink.client.totals();
    const now = deliveredLines + duplicateLines;
    if (now === before) return;
    before = now;
    await sleep(quietMs);
  }
}
