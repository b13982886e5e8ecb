/**
 * One run of one program, in a process of its own: it drains a backlog that lies ready, then keeps up with objects that come on a schedule.
 * The backlog gives throughput, the schedule gives lag, both together CPU, memory and requests. The harness is the same for base and head, so
 * whatever differs is the program's.
 */
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LatencySummary, summarizeLatency } from '#reports';
import { deleteObjects, HarnessError, readUsage } from '#simulator';
import type { Stage } from '../run/context.ts';
import { finishGenerator, startGenerator } from '../run/generator.ts';
import { joinOutcomes } from '../run/outcomes.ts';
import { waitForLines } from '../run/settle.ts';
import { Streamer, type StreamerOptions } from '../run/streamer.ts';
import { expectedLines, expectedRawBytes } from '../run/upload.ts';
import { readUploads, type Upload } from '../run/uploads.ts';
import type { Figures } from './metrics.ts';

/** A program to run: its bundle, and what a known slow-down adds to it. */
export interface Program extends Partial<Pick<StreamerOptions, 'nodeFlags' | 'settings' | 'env'>> {
  readonly bundle: string;
}

export interface GateSize {
  readonly backlogObjects: number;
  readonly liveObjects: number;
}

export interface Arm {
  readonly startedAtMs: number;
  readonly durationS: number;
  readonly figures: Figures;
  readonly lostLines: number;
  readonly duplicateLines: number;
  readonly otherLines: number;
  /** A generator that slips cannot make a schedule's lag. */
  readonly slipMaxMs: number | null;
  /** Of the machine in the last minute, at the end: who else was at work. */
  readonly loadAverage: number;
}

/** 120 small objects a second. */
const liveRawMBPerMin = 720;
/** The generator's process must be up before its first upload is due. */
const generatorLeadMs = 1200;
const deadlineMsMax = 60_000;
/** The streamer's own log may be a moment behind the sink. */
const logDeadlineMs = 2000;

export async function runArm(stage: Stage, name: string, program: Program): Promise<Arm> {
  const startedAtMs = Date.now();
  await stage.sink.client.reset();
  const { backlogObjects, liveObjects } = sizeOf(stage);
  const spawnedAtMs = Date.now();
  const streamer = await startProgram(stage, name, program);
  const before = readUsage(streamer.pid);
  await waitForObjects(stage, streamer, { name, objects: backlogObjects });
  const settledMs = (await stage.sink.client.objects()).flatMap((object) => object.settledMs ?? []);
  const live = await uploadLive(stage, name);
  await waitForObjects(stage, streamer, { name, objects: backlogObjects + liveObjects });
  const after = readUsage(streamer.pid);
  await waitForLog(streamer, backlogObjects + liveObjects);
  await streamer.stop();
  const lag = await measureLag(stage, streamer, live.uploads);
  const keys = live.uploads.map(({ key }) => key);
  await deleteObjects(stage.s3, stage.s3.bucket, keys);
  if (before === null || after === null) throw new HarnessError('broken', `${name} ended while it was measured.`);
  const lastIndex = backlogObjects + liveObjects - 1;
  const verdict = await stage.sink.client.judge({ ranges: [{ firstIndex: 0, lastIndex }] });
  const rawGB = expectedRawBytes(stage, 0, backlogObjects + liveObjects) / 1e9;
  const backlogS = (Math.max(...settledMs) - streamer.log.startedMs) / 1000;
  return {
    startedAtMs,
    durationS: (Date.now() - startedAtMs) / 1000,
    figures: {
      start: Math.min(...settledMs) - spawnedAtMs,
      throughput: expectedRawBytes(stage, 0, backlogObjects) / 1e6 / backlogS,
      cpu: (after.cpuS - before.cpuS) / rawGB,
      lagP50: lag.p50,
      lagP99: lag.p99,
      memory: after.rssMaxMB,
      requests: requestsPerGB(streamer, rawGB),
    },
    lostLines: verdict.lostLines,
    duplicateLines: verdict.duplicateLines,
    otherLines: verdict.corruptLines + verdict.unexpectedLines,
    slipMaxMs: live.slipMaxMs,
    loadAverage: loadavg()[0] ?? 0,
  };
}

function startProgram(stage: Stage, name: string, program: Program): Promise<Streamer> {
  const { folder, s3, redis, prefix, sink, processes, sampler } = stage;
  const settings = [...stage.scenario.settings, ...(program.settings ?? [])];
  const options = { folder, name, s3, redis, prefix, endpoints: sink.endpoints, ...program, settings };
  return Streamer.start(options, processes, sampler);
}

/** Until so many objects of the load, from its beginning, are settled. */
async function waitForObjects(
  stage: Stage,
  streamer: Streamer,
  { name, objects }: { readonly name: string; readonly objects: number },
): Promise<void> {
  const deadlineMs = Date.now() + deadlineMsMax;
  const isSettled = await waitForLines(stage, {
    lines: expectedLines(stage, 0, objects),
    text: name,
    deadlineMs: () => deadlineMs,
    failure: () => streamer.unexpectedExit,
  });
  if (!isSettled)
    throw new HarnessError('broken', `${name} did not deliver ${objects} objects in ${deadlineMsMax / 1000} s.`);
}

async function measureLag(stage: Stage, { log }: Streamer, uploads: readonly Upload[]): Promise<LatencySummary> {
  const objects = await stage.sink.client.objects();
  const outcomes = joinOutcomes({
    uploads: uploads.map((upload) => ({ ...upload, part: 'live' })),
    delayWindowMs: 0,
    settledMs: new Map(objects.map((object) => [object.index, object.settledMs])),
    completed: log.completed,
  });
  return summarizeLatency(outcomes.flatMap((outcome) => outcome.settled?.lagMs ?? []));
}

/** Null where the program does not tell. */
function requestsPerGB({ log }: Streamer, rawGB: number): number | null {
  const { listRequests, getRequests, postRequests } = log.totals;
  const requests = listRequests + getRequests + postRequests;
  return requests === 0 ? null : requests / rawGB;
}

async function uploadLive(
  stage: Stage,
  name: string,
): Promise<{ readonly uploads: readonly Upload[]; readonly slipMaxMs: number | null }> {
  const { backlogObjects, liveObjects } = sizeOf(stage);
  const record = join(stage.folder, `${name}-uploads.ndjson`);
  const child = await startGenerator(stage.processes, {
    name: `${name}-generator`,
    s3: stage.s3,
    prefix: stage.prefix,
    load: stage.load.dir,
    from: backlogObjects,
    count: liveObjects,
    arrival: { kind: 'constant', rawMBPerMin: liveRawMBPerMin },
    stampsMs: null,
    aheadMs: stage.time.aheadMs,
    damage: new Map(),
    startAtMs: Date.now() + generatorLeadMs,
    seed: stage.options.seed,
    record,
  });
  const { scheduleSlipMs } = await finishGenerator(child);
  return { uploads: readUploads(record), slipMaxMs: scheduleSlipMs.max };
}

async function waitForLog({ log }: Streamer, objects: number): Promise<void> {
  const deadlineMs = Date.now() + logDeadlineMs;
  for (log.update(); log.completed.size < objects && Date.now() < deadlineMs; log.update()) await sleep(10);
}

/** The objects of the load: first the backlog, then those of the schedule. */
function sizeOf({ scenario }: Stage): GateSize {
  const [backlog, live] = scenario.load.parts.map(({ objects }) => objects);
  return { backlogObjects: backlog ?? 0, liveObjects: live ?? 0 };
}
