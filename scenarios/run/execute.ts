/** The run itself: what is there before, warm-up, the measured part with its faults, and the wait until everything is settled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError, type SinkStats } from '#simulator';
import { estimatedFinish } from '../observe/finish.ts';
import type { Stage } from './context.ts';
import { askEstimateS } from './estimate.ts';
import type { FaultRecord } from './fault-record.ts';
import { runFaults } from './faults.ts';
import { type UtilizationSample, SinkWatch } from './sink-watch.ts';
import { waitForLines } from './settle.ts';
import { type Fleet, startFleet, streamerRoles } from './fleet.ts';
import { windowStartOf } from './run-time.ts';
import type { Streamer } from './streamer.ts';
import { sumOf } from './sum.ts';
import { countSaved, quarantinedBy } from './streamers.ts';
import {
  expectedLines,
  expectedRawBytes,
  finishUpload,
  generatorRole,
  objectsOf,
  type PartRecord,
  type PlacedPart,
  placeParts,
  type RunningUpload,
  startUpload,
} from './upload.ts';

export interface Execution {
  readonly streamers: readonly Streamer[];
  /** Seconds that the backlog takes, as the streamer says before it is started; null where no figure of the scenario needs it. */
  readonly estimateS: number | null;
  readonly warmup: PartRecord | null;
  /** What is measured. */
  readonly parts: readonly PartRecord[];
  /** Start of the schedule; where there is only a backlog, the moment when the streamers were ready. */
  readonly windowStartMs: number;
  /** By the schedule, one interval after its last object; null where there is only a backlog. */
  readonly scheduleEndMs: number | null;
  readonly agentsBefore: SinkStats['agents'];
  /** Of each role, at the window's start and end. */
  readonly cpuBefore: CpuMarks;
  readonly cpuAfter: CpuMarks;
  readonly utilization: readonly UtilizationSample[];
  readonly faults: readonly FaultRecord[];
}

export type Role = 'streamer' | 'sink' | 's3' | 'generator';
type CpuMarks = Readonly<Record<Role, CpuMark>>;

/** CPU seconds of all processes of a role since their start: of all their threads, and of their main threads alone (null where these are not told apart). */
interface CpuMark {
  readonly allS: number;
  readonly mainThreadS: number | null;
}

const warmupDeadlineMs = 30_000;
/** The generator's process must be up before its first upload is due. */
const generatorLeadMs = 1500;
/** Lines that are sent twice may still be on their way when the last missing one has arrived. */
const completionDeadlineMs = 60_000;
const completionPollMs = 20;

export async function execute(stage: Stage): Promise<Execution> {
  const { warmup, parts } = placeParts(stage.scenario.load);
  const backlog = parts.filter((part) => part.arrival.kind === 'backlog');
  const scheduled = parts.filter((part) => part.arrival.kind !== 'backlog');
  const before: PartRecord[] = [];
  for (const part of backlog) before.push(await uploadBacklog(stage, part));
  const estimateS = isEstimateAsked(stage) ? await askEstimateS(stage) : null;
  const fleet = await startFleet(stage);
  const { streamers } = fleet;
  const warmed = warmup === null ? null : await warmUp(stage, streamers, warmup);
  if (scheduled.length === 0) {
    const windowStartMs = Math.max(...streamers.map(({ log }) => log.startedMs));
    return watchWindow(stage, {
      fleet,
      estimateS,
      warmup: warmed,
      before,
      uploads: [],
      windowStartMs,
      scheduleEndMs: null,
    });
  }
  // On a whole second, so that the seconds of the timeline are those of the sink.
  const windowStartMs = windowStartOf(stage.time, generatorLeadMs);
  const uploads = await Promise.all(
    scheduled.map((part) => startUpload(stage, part, windowStartMs + (part.startS ?? 0) * 1000)),
  );
  await sleep(windowStartMs - Date.now());
  const scheduleEndMs = Math.max(...uploads.map((upload) => scheduleEnd(stage, upload)));
  return watchWindow(stage, { fleet, estimateS, warmup: warmed, before, uploads, windowStartMs, scheduleEndMs });
}

function isEstimateAsked({ scenario }: Stage): boolean {
  return scenario.observe.some(({ id }) => id === estimatedFinish.id);
}

async function uploadBacklog(stage: Stage, part: PlacedPart): Promise<PartRecord> {
  const record = await finishUpload(await startUpload(stage, part, Date.now()));
  const { objects, rawBytes } = record.summary;
  stage.options.progress.note(`${objects} objects uploaded before (${(rawBytes / 1e6).toFixed(0)} MB raw)`);
  return record;
}

function scheduleEnd(stage: Stage, { part, startAtMs }: RunningUpload): number {
  if (part.arrival.kind === 'backlog') return startAtMs;
  const rawMB = expectedRawBytes(stage, part.from, part.objects) / 1e6;
  return startAtMs + (rawMB / part.arrival.rawMBPerMin) * 60_000;
}

interface Window {
  readonly fleet: Fleet;
  readonly estimateS: number | null;
  readonly warmup: PartRecord | null;
  /** Uploaded before the window. */
  readonly before: readonly PartRecord[];
  readonly uploads: readonly RunningUpload[];
  readonly windowStartMs: number;
  readonly scheduleEndMs: number | null;
}

async function watchWindow(stage: Stage, window: Window): Promise<Execution> {
  const { scenario, options } = stage;
  const { fleet, windowStartMs } = window;
  const { streamers } = fleet;
  const cpuBefore = markCpu(stage);
  const agentsBefore = (await stage.sink.client.stats()).agents;
  const watch = await SinkWatch.start(stage.sink.client);
  const objects = objectsOf(scenario.load);
  const lines = expectedLines(stage, 0, objects);
  let deadlineMs: number | null = null;
  const uploaded = Promise.all(window.uploads.map(finishUpload)).then((records) => {
    deadlineMs = Date.now() + scenario.settleDeadlineS * 1000;
    return records;
  });
  const faultsEnd = new AbortController();
  const uploadRecords = [...(window.warmup === null ? [] : [window.warmup]), ...window.before, ...window.uploads];
  const faults = runFaults(
    stage,
    { ...fleet, lines, windowStartMs, uploadRecords: uploadRecords.map(({ record }) => record) },
    faultsEnd.signal,
  ).catch((error: unknown) => {
    // What a fault found wrong stays wrong, also when the last line came before it could say so.
    if (!faultsEnd.signal.aborted || error instanceof HarnessError) throw error;
    throw new HarnessError('broken', 'The run was over before all its faults had happened, so it proves nothing.');
  });
  const settled = waitForLines(stage, {
    lines,
    text: 'streaming',
    deadlineMs: () => deadlineMs,
    failure: () => unexpectedExitOf(streamers),
    isOver: () => mayDrop(scenario) && endedObjects(streamers) >= objects,
  });
  // A failed upload or fault ends the wait, which would otherwise go on to its deadline.
  const isSettled = await Promise.race([settled, uploaded.then(() => settled), faults.then(() => settled)]).finally(
    () => {
      faultsEnd.abort();
    },
  );
  const cpuAfter = markCpu(stage);
  if (!isSettled)
    options.progress.note(`not settled ${scenario.settleDeadlineS} s after the last upload: judged as it is`);
  const faultRecords = await faults;
  const records = await uploaded;
  await waitForCompletion(streamers, objects);
  const utilization = await watch.stop();
  return {
    streamers,
    estimateS: window.estimateS,
    warmup: window.warmup,
    parts: [...window.before, ...records],
    windowStartMs,
    scheduleEndMs: window.scheduleEndMs,
    agentsBefore,
    cpuBefore,
    cpuAfter,
    utilization,
    faults: faultRecords,
  };
}

/** Until the streamers, too, hold every object for complete. They may be wrong, and it may never: the ledger and durable state are judged, not their logs. */
async function waitForCompletion(streamers: readonly Streamer[], objects: number): Promise<void> {
  const deadlineMs = Date.now() + completionDeadlineMs;
  while (endedObjects(streamers) < objects && Date.now() < deadlineMs) {
    const failure = unexpectedExitOf(streamers);
    if (failure !== null) throw failure;
    await sleep(completionPollMs);
  }
}

/** Of the first that has ended without being told to; null while all is well. */
function unexpectedExitOf(streamers: readonly Streamer[]): HarnessError | null {
  return streamers.map(({ unexpectedExit }) => unexpectedExit).find((failure) => failure !== null) ?? null;
}

function endedObjects(streamers: readonly Streamer[]): number {
  return countSaved(streamers) + quarantinedBy(streamers).objects;
}

function mayDrop({ settings }: Stage['scenario']): boolean {
  return settings.some(({ key, value }) => key === 'http.on_full' && value === 'drop');
}

async function warmUp(stage: Stage, streamers: readonly Streamer[], part: PlacedPart): Promise<PartRecord> {
  const warmed = await finishUpload(await startUpload(stage, part, Date.now()));
  const deadlineMs = Date.now() + warmupDeadlineMs;
  const lines = expectedLines(stage, part.from, part.objects);
  const failure = (): HarnessError | null => unexpectedExitOf(streamers);
  // What has not come by then is not lost yet; the verdict at the end is on everything.
  await waitForLines(stage, { lines, text: 'warming up', deadlineMs: () => deadlineMs, failure });
  return { ...warmed, toMs: Date.now() };
}

/** The processes behind a role. */
export function processesOf({ scenario }: Stage, role: Role): readonly string[] {
  switch (role) {
    case 'streamer':
      return streamerRoles(scenario.streamers);
    case 'generator':
      return scenario.load.parts.map(({ name }) => generatorRole(name));
    case 'sink':
    case 's3':
      return [role];
  }
}

function markCpu(stage: Stage): CpuMarks {
  const { sampler } = stage;
  sampler.sample();
  const mark = (role: Role): CpuMark => {
    // What has not been started yet has used nothing.
    const usages = processesOf(stage, role).flatMap((name) => sampler.usage(name) ?? []);
    const mainThreadsS = usages.flatMap(({ mainThreadCpuS }) => mainThreadCpuS ?? []);
    return {
      allS: sumOf(usages, ({ cpuS }) => cpuS),
      mainThreadS: mainThreadsS.length < usages.length ? null : sumOf(mainThreadsS, (mainThreadS) => mainThreadS),
    };
  };
  return { streamer: mark('streamer'), sink: mark('sink'), s3: mark('s3'), generator: mark('generator') };
}
