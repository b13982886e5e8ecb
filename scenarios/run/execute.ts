/** The run itself: warm-up, the measured part with its faults, and the wait until everything is settled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError, type SinkStats } from '#simulator';
import type { Schedule } from '../scenario.ts';
import type { Stage } from './context.ts';
import { type FaultRecord, runFaults } from './faults.ts';
import type { GeneratorSummary } from './generator.ts';
import { type UtilizationSample, SinkWatch } from './sink-watch.ts';
import { waitForLines } from './settle.ts';
import { Streamer } from './streamer.ts';
import { expectedLines, expectedRawBytes, type RunningUpload, startUpload } from './upload.ts';

export interface Execution {
  readonly streamer: Streamer;
  readonly warmup: PhaseRecord | null;
  readonly main: PhaseRecord & { readonly summary: GeneratorSummary };
  /** Start of the schedule; of a backlog, the moment when the streamer was ready. */
  readonly windowStartMs: number;
  /** By the schedule, one interval after its last object; null for a backlog. */
  readonly scheduleEndMs: number | null;
  readonly agentsBefore: SinkStats['agents'];
  /** CPU seconds of each role at the window's start and end. */
  readonly cpuBefore: CpuMarks;
  readonly cpuAfter: CpuMarks;
  readonly utilization: readonly UtilizationSample[];
  readonly faults: readonly FaultRecord[];
}

interface PhaseRecord {
  readonly record: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export type Role = 'streamer' | 'sink' | 's3' | 'generator';
type CpuMarks = Readonly<Record<Role, number>>;

const warmupDeadlineMs = 30_000;
/** One object after the other, not at once: a burst would leave the streamer with more memory than the load that is measured. */
const warmupRawMBPerMin = 1200;
/** The generator's process must be up before its first upload is due. */
const generatorLeadMs = 1500;
/** Lines that are sent twice may still be on their way when the last missing one has arrived. */
const completionDeadlineMs = 5000;
const completionPollMs = 20;

export async function execute(stage: Stage): Promise<Execution> {
  const { arrival } = stage.scenario.load;
  return arrival.kind === 'backlog' ? drainBacklog(stage) : followSchedule(stage, arrival);
}

async function followSchedule(stage: Stage, arrival: Schedule): Promise<Execution> {
  const { load } = stage.scenario;
  const streamer = await startStreamer(stage);
  const warmup = await warmUp(stage, streamer);
  // On a whole second, so that the seconds of the timeline are those of the sink.
  const windowStartMs = Math.ceil((Date.now() + generatorLeadMs) / 1000) * 1000;
  const upload = await startUpload(stage, {
    name: 'generator',
    from: load.warmupObjects,
    count: load.objects,
    arrival,
    startAtMs: windowStartMs,
  });
  await sleep(windowStartMs - Date.now());
  const rawMB = expectedRawBytes(stage, load.warmupObjects, load.objects) / 1e6;
  const scheduleEndMs = windowStartMs + (rawMB / arrival.rawMBPerMin) * 60_000;
  return watchWindow(stage, { streamer, warmup, upload, windowStartMs, scheduleEndMs });
}

async function drainBacklog(stage: Stage): Promise<Execution> {
  const { load } = stage.scenario;
  const part = {
    name: 'generator',
    from: 0,
    count: load.objects,
    arrival: load.arrival,
    startAtMs: Date.now(),
  } as const;
  const upload = await startUpload(stage, part);
  const { rawBytes } = await upload.finished;
  stage.options.progress.note(`${load.objects} objects uploaded (${(rawBytes / 1e6).toFixed(0)} MB raw)`);
  const streamer = await startStreamer(stage);
  return watchWindow(stage, {
    streamer,
    warmup: null,
    upload,
    windowStartMs: streamer.log.startedMs,
    scheduleEndMs: null,
  });
}

interface Window {
  readonly streamer: Streamer;
  readonly warmup: PhaseRecord | null;
  readonly upload: RunningUpload;
  readonly windowStartMs: number;
  readonly scheduleEndMs: number | null;
}

async function watchWindow(stage: Stage, window: Window): Promise<Execution> {
  const { scenario, options } = stage;
  const { streamer, upload } = window;
  const cpuBefore = markCpu(stage);
  const agentsBefore = (await stage.sink.client.stats()).agents;
  const watch = await SinkWatch.start(stage.sink.client);
  const lines = expectedLines(stage, 0, scenario.load.warmupObjects + scenario.load.objects);
  let deadlineMs: number | null = null;
  const uploaded = upload.finished.then((summary) => {
    deadlineMs = Date.now() + scenario.settleDeadlineS * 1000;
    return { summary, uploadedMs: Date.now() };
  });
  const faultsEnd = new AbortController();
  const uploadRecords = [...(window.warmup === null ? [] : [window.warmup.record]), upload.record];
  const faults = runFaults(stage, { streamer, lines, uploadRecords }, faultsEnd.signal).catch((error: unknown) => {
    if (!faultsEnd.signal.aborted) throw error;
    throw new HarnessError('broken', 'The run was over before all its faults had happened, so it proves nothing.');
  });
  const failure = (): string | null => streamer.unexpectedExit;
  const settled = waitForLines(stage, { lines, text: 'streaming', deadlineMs: () => deadlineMs, failure });
  // A failed upload or fault ends the wait, which would otherwise go on to its deadline.
  const isSettled = await Promise.race([settled, uploaded.then(() => settled), faults.then(() => settled)]);
  faultsEnd.abort();
  const cpuAfter = markCpu(stage);
  if (!isSettled)
    options.progress.note(`not settled ${scenario.settleDeadlineS} s after the last upload: judged as it is`);
  const faultRecords = await faults;
  const { summary, uploadedMs } = await uploaded;
  await waitForCompletion(streamer, scenario.load.warmupObjects + scenario.load.objects);
  const utilization = await watch.stop();
  return {
    streamer,
    warmup: window.warmup,
    main: { record: upload.record, fromMs: window.windowStartMs, toMs: uploadedMs, summary },
    windowStartMs: window.windowStartMs,
    scheduleEndMs: window.scheduleEndMs,
    agentsBefore,
    cpuBefore,
    cpuAfter,
    utilization,
    faults: faultRecords,
  };
}

/** Until the streamer, too, holds every object for complete. It may be wrong, and it may never: the ledger judges, not its log. */
async function waitForCompletion({ log }: Streamer, objects: number): Promise<void> {
  const deadlineMs = Date.now() + completionDeadlineMs;
  for (log.update(); log.completed.size < objects && Date.now() < deadlineMs; log.update())
    await sleep(completionPollMs);
}

async function warmUp(stage: Stage, streamer: Streamer): Promise<PhaseRecord | null> {
  const count = stage.scenario.load.warmupObjects;
  if (count === 0) return null;
  const fromMs = Date.now();
  const upload = await startUpload(stage, {
    name: 'warmup',
    from: 0,
    count,
    arrival: { kind: 'constant', rawMBPerMin: warmupRawMBPerMin },
    startAtMs: fromMs,
  });
  await upload.finished;
  const deadlineMs = Date.now() + warmupDeadlineMs;
  const lines = expectedLines(stage, 0, count);
  const failure = (): string | null => streamer.unexpectedExit;
  // What has not come by then is not lost yet; the verdict at the end is on everything.
  await waitForLines(stage, { lines, text: 'warming up', deadlineMs: () => deadlineMs, failure });
  return { record: upload.record, fromMs, toMs: Date.now() };
}

function startStreamer(stage: Stage): Promise<Streamer> {
  const { bundle, folder, s3, prefix, sink, scenario } = stage;
  return Streamer.start(
    { bundle, folder, name: 'streamer', s3, prefix, endpoints: sink.endpoints, settings: scenario.settings },
    stage.processes,
    stage.sampler,
  );
}

function markCpu({ sampler }: Stage): CpuMarks {
  sampler.sample();
  const cpuS = (role: Role): number => sampler.usage(role)?.cpuS ?? 0;
  return { streamer: cpuS('streamer'), sink: cpuS('sink'), s3: cpuS('s3'), generator: cpuS('generator') };
}
