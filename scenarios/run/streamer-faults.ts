/** What happens to streamers beside kill -9: they are paused, restarted one after the other, or join later. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '#simulator';
import { parseConfig } from '#streamer';
import type { FaultAction } from '../scenario.ts';
import type { Stage } from './context.ts';
import { countLinesNotDurable, objectsInHand, readDurable, withoutStreamer } from './durable-state.ts';
import { faultOver, type FaultRecord, type FaultTarget } from './fault-record.ts';
import type { Streamer } from './streamer.ts';

type ActionOf<K extends FaultAction['kind']> = Extract<FaultAction, { kind: K }>;

const pollMs = 10;
const quietMs = 200;
/** With other streamers at work the sink is never quiet. */
const quietMsMax = 600;
/** Whole objects in gzip bodies: some ten of them, each 10 MB inflated, may stand in the buffers, and a busy sink takes its time. */
const drainedMsMax = 10_000;

export function streamerAt({ streamers }: FaultTarget, index: number): Streamer {
  const streamer = streamers[index];
  if (streamer === undefined) throw new HarnessError('usage', `There is no streamer ${index}.`);
  return streamer;
}

/** Until it has read an object that it has not completed: an instance that has nothing in hand loses nothing. */
export async function waitUntilItHolds({ log }: Streamer, signal: AbortSignal, objectsMin = 1): Promise<void> {
  for (log.update(); log.underWay().length < objectsMin; log.update()) await sleep(pollMs, undefined, { signal });
}

/** What was in the kernel's buffers when a streamer fell silent still arrives at the sink. */
export async function waitForLastBodies({ sink }: Stage): Promise<void> {
  const deadlineMs = Date.now() + quietMsMax;
  for (let before = -1; Date.now() < deadlineMs;) {
    const { deliveredLines, duplicateLines } = await sink.client.totals();
    const now = deliveredLines + duplicateLines;
    if (now === before) return;
    before = now;
    await sleep(quietMs);
  }
}

/** The same where the dead streamer was the only one: its connections end when the sink has read what stands in them. */
export async function waitForLastConnections(stage: Stage): Promise<void> {
  const deadlineMs = Date.now() + drainedMsMax;
  while ((await stage.sink.client.stats()).totals.connections > 0 && Date.now() < deadlineMs) await sleep(pollMs);
  await waitForLastBodies(stage);
}

/** Beyond its lease, so that others take its objects over; then it goes on as if nothing had happened. */
export async function pauseStreamer(
  stage: Stage,
  target: FaultTarget,
  { streamer: index, forS }: ActionOf<'pause-streamer'>,
  signal: AbortSignal,
): Promise<FaultRecord> {
  const streamer = streamerAt(target, index);
  await waitUntilItHolds(streamer, signal);
  const fromMs = Date.now();
  streamer.pause();
  stage.options.progress.note(`${streamer.name} paused (SIGSTOP), for ${forS} s`);
  const durable = await readDurable(stage, withoutStreamer(stage, streamer), target.uploadRecords);
  await waitForLastBodies(stage);
  const victim = { name: streamer.name, inHand: objectsInHand(streamer, durable) };
  const notDurable = await countLinesNotDurable(stage, durable, victim.inHand);
  await sleep(fromMs + forS * 1000 - Date.now());
  streamer.resume();
  stage.options.progress.note(`${streamer.name} goes on (SIGCONT)`);
  const duplicateBound = notDurable + linesInFlightMax(streamer);
  const label = `${streamer.name} paused (SIGSTOP)`;
  return faultOver({ label, fromMs, strikes: 1, duplicateBound, victim });
}

/** A POST of which only a part was sent ends after the pause, when another instance may have sent the same lines: one batch for each. */
export function linesInFlightMax({ configFile }: Streamer): number {
  const { http } = parseConfig(readFileSync(configFile, 'utf8'), process.env, 'streamer.yaml').config;
  return http.workers * http.batchLinesMax;
}

/** A roll-out: never more than one is away, and each ends in its own time. */
export async function restartStreamers(
  stage: Stage,
  { streamers }: FaultTarget,
  { restS }: ActionOf<'restart-streamers'>,
  signal: AbortSignal,
): Promise<FaultRecord> {
  const fromMs = Date.now();
  const lettingGo: FaultRecord['lettingGo'][number][] = [];
  for (const streamer of streamers) {
    await streamer.stop();
    lettingGo.push({ name: streamer.name, atMs: Date.now() });
    await streamer.restart();
    stage.options.progress.note(`${streamer.name} restarted (SIGTERM)`);
    await sleep(restS * 1000, undefined, { signal });
  }
  const label = `${streamers.map(({ name }) => name).join(', ')} restarted (SIGTERM), one after the other`;
  // What is in flight is finished and saved: a clean stop repeats nothing.
  return faultOver({ label, fromMs, strikes: streamers.length, lettingGo });
}

export async function startStreamers(
  stage: Stage,
  { startStreamer }: FaultTarget,
  { count }: ActionOf<'start-streamers'>,
): Promise<FaultRecord> {
  const fromMs = Date.now();
  const started = await Promise.all(Array.from({ length: count }, () => startStreamer()));
  const label = `${started.map(({ name }) => name).join(', ')} joined`;
  stage.options.progress.note(label);
  return faultOver({ label, fromMs, strikes: count, joined: count });
}
