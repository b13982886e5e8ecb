/**
 * One run of one program, in a process of its own: it drains a backlog that lies ready, then keeps up with objects that come on a schedule,
 * most of them to be found by polling, some told of by a queue. The backlog gives start and throughput, the schedule gives lag, all together CPU,
 * memory and requests. The harness is the same for base and head, so whatever differs is the program's.
 */
import { loadavg } from 'node:os';
import { type LatencySummary, summarizeLatency } from '#reports';
import { deleteObjects, HarnessError, readUsage } from '#simulator';
import type { Stage } from '../run/context.ts';
import { outcomesOf, type ScheduledUploads, uploadOnSchedule, waitForLog } from '../run/scheduled-objects.ts';
import { waitForLines } from '../run/settle.ts';
import { Streamer, type StreamerOptions } from '../run/streamer.ts';
import { expectedLines, expectedRawBytes } from '../run/upload.ts';
import type { Figures } from './metrics.ts';

/** A program to run: its bundle, and what a known slow-down adds to it. */
export interface Program extends Partial<Pick<StreamerOptions, 'nodeFlags' | 'settings' | 'env'>> {
  readonly bundle: string;
}

export interface GateSize {
  readonly backlogObjects: number;
  /** On a schedule, to be found by polling. */
  readonly liveObjects: number;
  /** On a schedule, told of by the queue. */
  readonly notifiedObjects: number;
}

export interface GateStage extends Stage {
  readonly queueUrl: string;
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
/** 40 a second, so that both take as long. */
const notifiedRawMBPerMin = 240;
const deadlineMsMax = 60_000;

/** Throws a `HarnessError` with the fault `streamer` where the program does not do its work. */
export async function runArm(stage: GateStage, name: string, program: Program): Promise<Arm> {
  const startedAtMs = Date.now();
  await stage.sink.client.reset();
  const { backlogObjects, liveObjects, notifiedObjects } = sizeOf(stage);
  const objects = backlogObjects + liveObjects + notifiedObjects;
  const spawnedAtMs = Date.now();
  const streamer = await startProgram(stage, name, program);
  const before = readUsage(streamer.pid);
  await waitForObjects(stage, streamer, { name, objects: backlogObjects });
  const settledMs = (await stage.sink.client.objects()).flatMap((object) => object.settledMs ?? []);
  const [live, notified] = await Promise.all([
    uploadOnSchedule(stage, `${name}-live`, {
      from: backlogObjects,
      count: liveObjects,
      arrival: { kind: 'constant', rawMBPerMin: liveRawMBPerMin },
      notifyUrl: null,
    }),
    uploadOnSchedule(stage, `${name}-notified`, {
      from: backlogObjects + liveObjects,
      count: notifiedObjects,
      arrival: { kind: 'constant', rawMBPerMin: notifiedRawMBPerMin },
      notifyUrl: stage.queueUrl,
    }),
  ]);
  await waitForObjects(stage, streamer, { name, objects });
  const after = readUsage(streamer.pid);
  await waitForLog(streamer, objects);
  await streamer.stop();
  const lag = await measureLag(stage, streamer, live);
  const notifiedLag = await measureLag(stage, streamer, notified);
  const keys = [live, notified].flatMap(({ uploads }) => uploads.map(({ key }) => key));
  await deleteObjects(stage.s3, stage.s3.bucket, keys);
  if (before === null || after === null) throw new HarnessError('broken', `${name} ended while it was measured.`);
  const verdict = await stage.sink.client.judge({ ranges: [{ firstIndex: 0, lastIndex: objects - 1 }] });
  const rawGB = expectedRawBytes(stage, 0, objects) / 1e9;
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
      notified: notifiedLag.p50,
      memory: after.rssMaxMB,
      requests: requestsPerGB(streamer, rawGB),
    },
    lostLines: verdict.lostLines,
    duplicateLines: verdict.duplicateLines,
    otherLines: verdict.corruptLines + verdict.unexpectedLines,
    slipMaxMs:
      live.slipMaxMs === null || notified.slipMaxMs === null ? null : Math.max(live.slipMaxMs, notified.slipMaxMs),
    loadAverage: loadavg()[0] ?? 0,
  };
}

function startProgram(stage: GateStage, name: string, program: Program): Promise<Streamer> {
  const { queueUrl, folder, s3, redis, prefix, sink, processes, sampler } = stage;
  const why = 'some objects are told of, the others are polled for';
  const settings = [
    ...stage.scenario.settings,
    { key: 'discovery.mode', value: 'both', shipped: 'poll', why },
    { key: 'discovery.queue_url', value: queueUrl, shipped: '', why },
    ...(program.settings ?? []),
  ];
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
  const lines = expectedLines(stage, 0, objects);
  const isSettled = await waitForLines(stage, {
    lines,
    text: name,
    deadlineMs: () => deadlineMs,
    failure: () => streamer.unexpectedExit,
  });
  if (isSettled) return;
  const { acknowledgedLines } = await stage.sink.client.totals();
  throw new HarnessError(
    'streamer',
    `${lines - acknowledgedLines} of ${lines} lines were not delivered within ${deadlineMsMax / 1000} s.`,
  );
}

async function measureLag(stage: Stage, streamer: Streamer, { uploads }: ScheduledUploads): Promise<LatencySummary> {
  const outcomes = await outcomesOf(stage, streamer, uploads);
  return summarizeLatency(outcomes.flatMap((outcome) => outcome.settled?.lagMs ?? []));
}

/** Null where the program does not tell. */
function requestsPerGB({ log }: Streamer, rawGB: number): number | null {
  const { listRequests, getRequests, postRequests } = log.totals;
  const requests = listRequests + getRequests + postRequests;
  return requests === 0 ? null : requests / rawGB;
}

/** The objects of the load: first the backlog, then those of the schedule. */
function sizeOf({ scenario }: Stage): GateSize {
  const [backlogObjects = 0, liveObjects = 0, notifiedObjects = 0] = scenario.load.parts.map(({ objects }) => objects);
  return { backlogObjects, liveObjects, notifiedObjects };
}
