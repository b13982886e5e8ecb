/** Faults of the network between parts, for their time. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '#simulator';
import { parseConfig } from '#streamer';
import type { NetworkAction } from '../scenario.ts';
import type { Stage } from './context.ts';
import { countLinesNotDurable, objectsInHand, readDurable } from './durable-state.ts';
import { faultOver, type FaultRecord, type FaultTarget } from './fault-record.ts';
import { linksHarmed } from './network.ts';
import type { Streamer } from './streamer.ts';
import { linesInFlightMax, streamerAt, waitUntilItHolds } from './streamer-faults.ts';

const pollMs = 50;

export async function harmNetwork(
  stage: Stage,
  target: FaultTarget,
  action: NetworkAction,
  signal: AbortSignal,
): Promise<FaultRecord> {
  const { network, options } = stage;
  if (network === null) throw new HarnessError('usage', 'There is no proxy in this network.');
  const { label, between, streamer: index, objectsInHandMin = 1, faults, forS } = action;
  const harmed = between === 'generator-s3' ? [] : index === undefined ? target.streamers : [streamerAt(target, index)];
  const isCut = faults.some(isCutting);
  const isFromRedis = isCut && between === 'streamer-redis';
  const isOneAlone = index !== undefined;
  if (isFromRedis && isOneAlone) await waitUntilItHolds(streamerAt(target, index), signal, objectsInHandMin);
  const before = isFromRedis && !isOneAlone ? await durableInRedis(stage, target) : null;
  const fromMs = Date.now();
  const ids = await network.proxy.addFaults(linksHarmed(network, action), faults);
  options.progress.note(`${label}, for ${forS} s`);
  const orphaned =
    isFromRedis && isOneAlone ? await watchTakeOver(stage, target, streamerAt(target, index), fromMs) : null;
  // The end of the run ends it early: everything has been delivered all the same.
  await sleep(Math.max(0, fromMs + forS * 1000 - Date.now()), undefined, { signal }).catch(() => undefined);
  const strikes = Math.min(...(await network.proxy.removeFaults(ids)));
  const toMs = Date.now();
  options.progress.note(`${label}: over`);
  const cutOff = isCut ? harmed.map(({ name }) => name) : [];
  const over = { label, fromMs, toMs, strikes, cutOff };
  if (before !== null) {
    const duplicateBound = await countLinesNotDurable(stage, before);
    const lettingGo = cutOff.map((name) => ({ name, atMs: fromMs }));
    return faultOver({ ...over, duplicateBound, lettingGo, isRedisAway: true });
  }
  return faultOver({ ...over, ...orphaned });
}

/** Whether nothing comes through, whichever the connection. */
function isCutting(fault: NetworkAction['faults'][number]): boolean {
  if (fault.kind === 'refuse') return true;
  return fault.kind === 'black-hole' && (fault.rate ?? 1) === 1;
}

async function durableInRedis(stage: Stage, { uploadRecords }: FaultTarget): ReturnType<typeof readDurable> {
  return readDurable(stage, { kind: 'redis' }, uploadRecords);
}

/**
 * Until others begin to read what an instance has in hand that Redis has not heard of for a lease. Until then it sends on, and tells its journal alone: what
 * it has sent by then, and Redis does not know, comes twice; and each POST that was still under way.
 */
async function watchTakeOver(
  stage: Stage,
  target: FaultTarget,
  cutOff: Streamer,
  fromMs: number,
): Promise<Pick<FaultRecord, 'victim' | 'duplicateBound'>> {
  const untilMs = fromMs + leaseTtlMs(cutOff);
  while (Date.now() < untilMs && !isTakenOver(cutOff, target.streamers, fromMs)) await sleep(pollMs);
  const durable = await durableInRedis(stage, target);
  const inHand = objectsInHand(cutOff, durable);
  const notDurable = await countLinesNotDurable(stage, durable, inHand);
  return { victim: { name: cutOff.name, inHand }, duplicateBound: notDurable + linesInFlightMax(cutOff) };
}

function isTakenOver(cutOff: Streamer, streamers: readonly Streamer[], sinceMs: number): boolean {
  for (const { log } of streamers) log.update();
  const keys = new Set(cutOff.log.reads.map(({ key }) => key));
  const others = streamers.filter((streamer) => streamer !== cutOff);
  return others.some(({ log }) => log.reads.some(({ key, atMs }) => atMs > sinceMs && keys.has(key)));
}

function leaseTtlMs({ configFile }: Streamer): number {
  const { config } = parseConfig(readFileSync(configFile, 'utf8'), process.env, 'streamer.yaml');
  if (config.state.redis === null) throw new HarnessError('usage', 'Without Redis there is no lease.');
  return config.state.redis.leaseTtlMs;
}
