/** Makes the measurements of the report out of the evidence. Judging them is the business of the reports. */
import {
  countDocumentedKeys,
  type Measurements,
  requestCostPerTB,
  SCHEMA_VERSION,
  summarizeAgentBalance,
  summarizeLatency,
  summarizePipelineStatus,
  summarizeWaterfall,
} from '#reports';
import { describeMachine } from '../environment/machine.ts';
import { describeDelivery } from './delivery.ts';
import type { Scenario, Schedule } from '../scenario.ts';
import type { Evidence } from './evidence.ts';
import { type Execution, processesOf } from './execute.ts';
import { streamerRoles } from './fleet.ts';
import type { GeneratorSummary } from './generator.ts';
import { measureAgents, measureInstances, measureResources } from './measure-parts.ts';
import { describeSettings } from './settings.ts';
import { sumOf } from './sum.ts';
import { buildTimeline, isSettled, measurePace } from './timeline.ts';

export interface RunFrame {
  readonly startedAt: Date;
  /** Null where it was not measured. */
  readonly sinkCeilingMBps: number | null;
  readonly barePipe: Measurements['barePipe'];
  readonly observed: Measurements['observed'];
}

export function measure(evidence: Evidence, frame: RunFrame): Measurements {
  const { stage, execution, outcomes } = evidence;
  const { scenario, options } = stage;
  const settled = outcomes.filter(isSettled);
  const startMs = Math.floor(execution.windowStartMs / 1000) * 1000;
  const agents = measureAgents(evidence);
  const timeline = buildTimeline({
    startMs,
    endMs: evidence.settledEndMs,
    agents: agents.length,
    outcomes,
    sink: evidence.sinkTimeline,
    sinkUtilization: execution.utilization,
    streamers: processesOf(stage, 'streamer').map((role) => stage.sampler.usage(role)?.samples ?? []),
  });
  return {
    schemaVersion: SCHEMA_VERSION,
    scenario: scenario.name,
    purpose: scenario.why,
    proves: scenario.proves,
    seed: options.seed,
    startedAt: frame.startedAt.toISOString(),
    durationS: (Date.now() - frame.startedAt.getTime()) / 1000,
    replay: options.replay,
    environment: {
      ...describeMachine(),
      s3: { kind: stage.s3.kind, version: stage.s3.version },
      redis: { kind: stage.redis?.kind ?? 'none', version: stage.redis?.version ?? null },
    },
    streamer: describeStreamer(evidence),
    settings: describeSettings(scenario.settings),
    load: describeLoad(evidence),
    delivery: describeDelivery(evidence),
    throughput: measureThroughput(evidence),
    pace: measurePace(outcomes, startMs),
    latencyMs: {
      processing: summarizeLatency(settled.map((outcome) => outcome.settled.processingMs).filter((ms) => ms !== null)),
      lag: summarizeLatency(settled.map((outcome) => outcome.settled.lagMs)),
      fileAge: summarizeLatency(settled.map((outcome) => outcome.settled.fileAgeMs)),
    },
    waterfallMs: summarizeWaterfall(
      settled.flatMap(({ upload, settled: { lagMs, boundaries } }) =>
        boundaries === null ? [] : [{ key: upload.key, lagMs, boundaries }],
      ),
    ),
    resources: measureResources(evidence),
    instances: measureInstances(evidence),
    sinkCeiling: describeCeiling(evidence, frame.sinkCeilingMBps),
    requests: countRequests(evidence),
    agents,
    agentBalance: summarizeAgentBalance(agents),
    pipelineStatus: summarizePipelineStatus(timeline, agents),
    barePipe: frame.barePipe,
    timeline,
    events: describeEvents(evidence),
    observed: frame.observed,
  };
}

function describeStreamer({ config, execution: { streamers } }: Evidence): Measurements['streamer'] {
  return {
    version: streamers[0]?.log.version ?? 'unknown',
    instances: streamers.length,
    s3Workers: config.processing.workers,
    httpWorkers: config.http.workers,
    endpoints: config.http.endpoints.length,
  };
}

function describeLoad({ stage, execution, uploads }: Evidence): Measurements['load'] {
  const { rate } = stage.scenario.load;
  const schedule = mainSchedule(execution);
  return {
    files: uploads.length,
    warmupFiles: execution.warmup?.summary.objects ?? 0,
    rawBytes: sumOf(uploads, (upload) => upload.rawBytes),
    gzBytes: sumOf(uploads, (upload) => upload.gzBytes),
    lines: sumOf(uploads, (upload) => upload.lines),
    schedule: schedule === null ? 'max' : schedule.arrival.kind,
    rate,
    // With several parts, which come and go, there is no one rate that was offered.
    offeredRawMBPerMin: execution.parts.length > 1 ? null : (schedule?.arrival.rawMBPerMin ?? null),
    scheduleSlipMs: schedule?.summary.scheduleSlipMs ?? noSlip,
    compression: 'gzip',
    recordFormat: 'JSONL',
    exampleKey: uploads[0]?.key ?? null,
    ...countDocumentedKeys(uploads.map((upload) => upload.key)),
  };
}

const noSlip = { p50: null, p99: null, max: null };

/** The part with a schedule whose generator kept to it worst; null where everything was there before. */
function mainSchedule({ parts }: Execution): { readonly arrival: Schedule; readonly summary: GeneratorSummary } | null {
  const scheduled = parts.flatMap(({ part: { arrival }, summary }) =>
    arrival.kind === 'backlog' ? [] : [{ arrival, summary }],
  );
  const slipOf = ({ summary }: { readonly summary: GeneratorSummary }): number => summary.scheduleSlipMs.max ?? 0;
  return scheduled.toSorted((a, b) => slipOf(b) - slipOf(a))[0] ?? null;
}

/** Raw bytes of the measured part that were settled. */
function settledRawBytes({ outcomes }: Evidence): number {
  return sumOf(outcomes.filter(isSettled), ({ upload }) => upload.rawBytes);
}

export function settledMBps(evidence: Evidence): number {
  return settledRawBytes(evidence) / 1e6 / evidence.windowS;
}

function measureThroughput(evidence: Evidence): Measurements['throughput'] {
  const { windowS, outcomes } = evidence;
  const settled = outcomes.filter(isSettled);
  const rawMB = settledRawBytes(evidence) / 1e6;
  const { cpuS } = measureResources(evidence).streamer;
  return {
    windowS,
    rawMBps: settledMBps(evidence),
    gzMBps: sumOf(settled, ({ upload }) => upload.gzBytes) / 1e6 / windowS,
    rawMBPerMin: (rawMB / windowS) * 60,
    filesPerMin: (settled.length / windowS) * 60,
    linesPerS: sumOf(settled, ({ upload }) => upload.lines) / windowS,
    rawMBPerCpuS: cpuS === null || cpuS === 0 ? null : rawMB / cpuS,
  };
}

function describeCeiling(evidence: Evidence, rawMBps: number | null): Measurements['sinkCeiling'] {
  if (rawMBps === null) return null;
  return { rawMBps, shareUsed: settledMBps(evidence) / rawMBps };
}

function countRequests(evidence: Evidence): Measurements['requests'] {
  const { totals, redisCommands } = evidence;
  // The warm-up is among the requests, so it must be among the bytes.
  const rawGB = sumOf(evidence.uploads, (upload) => upload.rawBytes) / 1e9;
  const perGB = (count: number | null): number | null => (rawGB === 0 || count === null ? null : count / rawGB);
  const puts = evidence.uploads.length;
  const list = totals?.listRequests ?? null;
  const get = totals?.getRequests ?? null;
  const post = totals?.postRequests ?? null;
  return {
    list,
    get,
    put: puts,
    post,
    redis: redisCommands,
    perGB: { list: perGB(list), get: perGB(get), put: perGB(puts), post: perGB(post), redis: perGB(redisCommands) },
    costPerTB: requestCostPerTB({ list: perGB(list), get: perGB(get) }),
    fileErrors: totals?.s3FilesErrored ?? null,
    httpErrors: totals?.httpErrors ?? null,
  };
}

function describeEvents({ stage, execution, settledEndMs }: Evidence): Measurements['events'] {
  const { warmup, faults, windowStartMs } = execution;
  const during = (kind: 'phase' | 'fault', label: string, fromMs: number, toMs: number) => ({
    kind,
    label,
    fromS: (fromMs - windowStartMs) / 1000,
    toS: (toMs - windowStartMs) / 1000,
  });
  const phases = warmup === null ? [] : [during('phase', 'warm-up, not in the figures', warmup.fromMs, warmup.toMs)];
  const struck = faults.map(({ label, fromMs, toMs, isForGood }) =>
    during('fault', label, fromMs, isForGood ? settledEndMs : toMs),
  );
  return [...clockEvents(stage.scenario), ...phases, ...struck].toSorted((x, y) => x.fromS - y.fromS);
}

/** Where time is not the machine's, a reader must know what it is. */
function clockEvents({ clocks, streamers }: Pick<Scenario, 'clocks' | 'streamers'>): Measurements['events'] {
  if (clocks === null) return [];
  const { aheadS, moment } = clocks;
  const names = streamerRoles(streamers);
  const atStart = aheadS.map((ahead, index) => ({
    label: `clock of ${names[index] ?? 'streamer'} is ${Math.abs(ahead)} s ${ahead < 0 ? 'behind' : 'ahead'}`,
    fromS: 0,
    toS: null,
  }));
  const at =
    moment === null ? [] : [{ label: `all clocks of this run pass ${moment.at}`, fromS: moment.afterS, toS: null }];
  return [...atStart, ...at];
}
