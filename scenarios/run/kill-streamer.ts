/** kill -9 of a streamer, and its new start. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultAction } from '../scenario.ts';
import type { Stage } from './context.ts';
import {
  countLinesNotDurable,
  type DurableObject,
  objectsInHand,
  readDurable,
  unionOf,
  withoutStreamer,
} from './durable-state.ts';
import { faultOver, type FaultRecord, type FaultTarget } from './fault-record.ts';
import type { Streamer } from './streamer.ts';
import { streamerAt, waitForLastBodies, waitForLastConnections, waitUntilItHolds } from './streamer-faults.ts';

export async function killStreamer(
  stage: Stage,
  target: FaultTarget,
  { streamer: index, downS }: Extract<FaultAction, { kind: 'kill-streamer' }>,
  signal: AbortSignal,
): Promise<FaultRecord> {
  const streamer = streamerAt(target, index);
  const isAlone = target.streamers.length === 1;
  if (!isAlone) await waitUntilItHolds(streamer, signal);
  const label = `${streamer.name} killed (SIGKILL), ${downS === null ? 'and stays dead' : 'then started again'}`;
  const unacknowledgedBefore = await unacknowledgedLines(stage);
  const fromMs = Date.now();
  await streamer.kill();
  stage.options.progress.note(label);
  // Before the sink is asked: what others add to it meanwhile must not count as known.
  const durable = await readDurable(stage, withoutStreamer(stage, streamer), target.uploadRecords);
  await (isAlone ? waitForLastConnections(stage) : waitForLastBodies(stage));
  const victim = { name: streamer.name, inHand: objectsInHand(streamer, durable) };
  // Others do not repeat what they have in hand themselves.
  const duplicateBound = await countLinesNotDurable(stage, durable, isAlone ? null : victim.inHand);
  const unacknowledgedInBound = (await unacknowledgedLines(stage)) - unacknowledgedBefore;
  const isForGood = downS === null;
  const known = isForGood ? durable : await withJournal(stage, target, streamer, durable);
  streamer.log.takeBack(known.filter(({ record }) => record.kind !== 'complete').map(({ key }) => key));
  if (!isForGood) {
    await sleep(downS * 1000);
    await streamer.restart();
  }
  return faultOver({ label, fromMs, strikes: 1, duplicateBound, unacknowledgedInBound, victim, isForGood });
}

/** Its next process tells Redis what its journal knows. */
async function withJournal(
  stage: Stage,
  { uploadRecords }: FaultTarget,
  streamer: Streamer,
  durable: readonly DurableObject[],
): Promise<readonly DurableObject[]> {
  if (stage.redis === null) return durable;
  return unionOf(await readDurable(stage, { kind: 'journals', streamers: [streamer] }, uploadRecords), durable);
}

async function unacknowledgedLines({ sink }: Stage): Promise<number> {
  return (await sink.client.stats()).totals.unacknowledgedLines;
}
