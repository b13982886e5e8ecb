/** kill -9 of a streamer, and its new start. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '#simulator';
import type { FaultAction } from '../scenario.ts';
import type { Stage } from './context.ts';
import { countLinesNotDurable } from './durable-state.ts';
import type { FaultRecord, FaultTarget } from './faults.ts';

const quietMs = 200;

export async function killStreamer(
  stage: Stage,
  { streamers, uploadRecords }: FaultTarget,
  { streamer: index, downS }: Extract<FaultAction, { kind: 'kill-streamer' }>,
): Promise<FaultRecord> {
  const streamer = streamers[index];
  if (streamer === undefined) throw new HarnessError('usage', `There is no streamer ${index} to be killed.`);
  const label = `${streamer.name} killed (SIGKILL)`;
  const unacknowledgedBefore = await unacknowledgedLines(stage);
  const fromMs = Date.now();
  await streamer.kill();
  stage.options.progress.note(label);
  await waitUntilSinkIsQuiet(stage);
  const duplicateBound = await countLinesNotDurable(stage, streamer.stateFile, uploadRecords);
  const unacknowledgedInBound = (await unacknowledgedLines(stage)) - unacknowledgedBefore;
  await sleep(downS * 1000);
  await streamer.restart();
  return { label, fromMs, toMs: Date.now(), strikes: 1, duplicateBound, unacknowledgedInBound };
}

async function unacknowledgedLines({ sink }: Stage): Promise<number> {
  return (await sink.client.stats()).totals.unacknowledgedLines;
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
