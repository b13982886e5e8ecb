/**
 * Invented results for tests and for looking at the renderers. Every one says that it is test data and no measurement.
 * They go through the same summaries and the same judge as a real run, so that they cannot drift from the model.
 */
import type { CheckSpec } from './checks.ts';
import { judge } from './judge.ts';
import { SCHEMA_VERSION } from './model.ts';
import type { Measurements, ProcessUsage, Result } from './model.ts';
import { summarizeLatency } from './percentiles.ts';
import { requestCostPerTB } from './request-cost.ts';
import { lagSlopeSPerS, summarizeAgentBalance, summarizePipelineStatus } from './pipeline-status.ts';
import { GZ_BYTES, LINES, RAW_BYTES, sampleAgents, sampleObjects, sampleTimeline, START_MS } from './sample-traffic.ts';
import type { SampleOptions } from './sample-traffic.ts';
import { summarizeWaterfall } from './waterfall.ts';

const ONE_MINUTE_AT_1X: SampleOptions = { durationS: 60, filesPerMin: 22.8, scanIntervalMs: 250, delayWindowMs: 0 };

export const SAMPLE_CHECKS: readonly CheckSpec[] = [
  { name: 'lost lines', kind: 'integrity', path: 'delivery.lostLines', op: '==', limit: 0, unit: 'lines' },
  {
    name: 'duplicate lines',
    kind: 'integrity',
    path: 'delivery.duplicateLines',
    op: '<=',
    limit: { path: 'delivery.duplicateBound' },
    unit: 'lines',
    note: 'bound by the faults of the run',
  },
  { name: 'unexpected lines', kind: 'integrity', path: 'delivery.unexpectedLines', op: '==', limit: 0, unit: 'lines' },
  { name: 'corrupt lines', kind: 'integrity', path: 'delivery.corruptLines', op: '==', limit: 0, unit: 'lines' },
  { name: 'lag, worst file', kind: 'performance', path: 'latencyMs.lag.max', op: '<', limit: 60_000, unit: 'ms' },
  { name: 'lag, average', kind: 'performance', path: 'latencyMs.lag.avg', op: '<=', limit: 493, unit: 'ms' },
  {
    name: 'processing latency, average',
    kind: 'performance',
    path: 'latencyMs.processing.avg',
    op: '<=',
    limit: 60,
    unit: 'ms',
  },
  {
    name: 'memory at the end',
    kind: 'performance',
    path: 'resources.streamer.rssEndMB',
    op: '<=',
    limit: 147,
    unit: 'MB',
  },
  {
    name: 'endpoint share off even',
    kind: 'performance',
    path: 'agentBalance.worstDeviation',
    op: '<=',
    limit: 0.05,
    unit: 'share',
  },
  {
    name: 'sink event loop',
    kind: 'validity',
    path: 'resources.sink.eventLoopUtilization',
    op: '<',
    limit: 0.8,
    unit: 'share',
  },
  {
    name: 'sink share of ceiling',
    kind: 'validity',
    path: 'sinkCeiling.shareUsed',
    op: '<',
    limit: 0.7,
    unit: 'share',
  },
  { name: 'schedule slip, worst', kind: 'validity', path: 'load.scheduleSlipMs.max', op: '<', limit: 1000, unit: 'ms' },
];

/** A run that meets everything, one minute at 1x unless told otherwise. */
export function sampleMeasurements(options: Partial<SampleOptions> = {}): Measurements {
  const run = { ...ONE_MINUTE_AT_1X, ...options };
  const objects = sampleObjects(run);
  const agents = sampleAgents(objects.length);
  const timeline = sampleTimeline(objects, agents.length);
  return {
    ...sampleSetting(run, agents.length),
    ...sampleTraffic(objects.length, run),
    pace: {
      backlogFilesMax: 1,
      backlogFilesAtLoadEnd: 1,
      drainS: 0.37,
      lagSlopeSPerS: lagSlopeSPerS(
        objects.map(({ boundaries, lagMs }) => ({ atS: boundaries.eligibleMs / 1000, lagMs })),
      ),
    },
    latencyMs: {
      processing: summarizeLatency(objects.map(({ boundaries }) => boundaries.acknowledgedMs - boundaries.getIssuedMs)),
      lag: summarizeLatency(objects.map(({ lagMs }) => lagMs)),
      fileAge: summarizeLatency(
        objects.map(({ boundaries }) => boundaries.acknowledgedMs - boundaries.fileTimestampMs),
      ),
    },
    waterfallMs: summarizeWaterfall(objects),
    resources: {
      streamer: usage({
        cpuS: 4.1,
        mainThreadCores: 0.04,
        cpuCores: 0.068,
        rssMaxMB: 128,
        rssEndMB: 117,
        eventLoopDelayP99Ms: 11.4,
        eventLoopUtilization: 0.09,
      }),
      sink: usage({ cpuS: 2.2, cpuCores: 0.036, rssMaxMB: 92, rssEndMB: 90, eventLoopUtilization: 0.05 }),
      s3: usage({ cpuS: 3.7, cpuCores: 0.06, rssMaxMB: 180, rssEndMB: 180 }),
      generator: usage({ cpuS: 1.3, cpuCores: 0.021, rssMaxMB: 88, rssEndMB: 84 }),
    },
    agents,
    agentBalance: summarizeAgentBalance(agents),
    pipelineStatus: summarizePipelineStatus(timeline, agents),
    instances: [],
    barePipe: null,
    timeline,
    events: [],
    observed: {},
  };
}

/** What ran, on what, and how it was set. */
function sampleSetting({ durationS }: SampleOptions, endpoints: number) {
  return {
    schemaVersion: SCHEMA_VERSION,
    scenario: 'sample',
    purpose: 'Test data for the report renderers, not a measurement.',
    proves: 'That a sample looks like a run.',
    seed: 1234,
    startedAt: new Date(START_MS).toISOString(),
    durationS: durationS + 6.6,
    replay: `npm run snapshot -- --rate 1x --duration ${durationS}s --seed 1234`,
    environment: {
      node: '99.0.0 (sample)',
      cpu: 'Sample CPU (test data)',
      cores: 2,
      memoryMB: 8192,
      os: 'Sample OS 1.0',
      git: '0000000',
      s3: { kind: 'embedded', version: 'sample 0.0.0' },
      redis: { kind: 'none', version: null },
    },
    streamer: { version: '0.0.0-sample', instances: 1, s3Workers: 15, httpWorkers: 10, endpoints },
    settings: [
      {
        key: 'processing.scan_interval',
        value: '250ms',
        shipped: '15s',
        note: 'each scan adds up to one interval to the lag',
      },
      { key: 'processing.delay_window', value: '0s', shipped: '60s', note: 'part of file age, not of lag' },
      { key: 'processing.worker_count', value: '15', shipped: '15', note: null },
      { key: 'http.workers', value: '10', shipped: '10', note: null },
    ],
  } as const;
}

/** What was offered, delivered and asked for. */
function sampleTraffic(files: number, { filesPerMin }: SampleOptions) {
  const windowS = (files / filesPerMin) * 60 + 0.16;
  const rawMBps = (files * RAW_BYTES) / 1e6 / windowS;
  return {
    load: {
      files,
      warmupFiles: 0,
      rawBytes: files * RAW_BYTES,
      gzBytes: files * GZ_BYTES,
      lines: files * LINES,
      schedule: 'constant',
      rate: '1x',
      offeredRawMBPerMin: filesPerMin * 10,
      scheduleSlipMs: { p50: 0.4, p99: files < 300 ? null : 3.1, max: 4.2 },
      compression: 'gzip',
      recordFormat: 'JSONL',
      exampleKey: '_weblog/feedname=Sample/year=2000/month=1/day=1/0946684800_56442_130_1.gz',
      keysPartitioned: files,
      keysNamed: files,
    },
    delivery: {
      expectedLines: files * LINES,
      deliveredLines: files * LINES,
      lostLines: 0,
      duplicateLines: 0,
      duplicateBound: 0,
      unexpectedLines: 0,
      corruptLines: 0,
      quarantinedLines: 0,
      droppedLines: 0,
      truncatedLines: 0,
      quarantinedObjects: 0,
      outsideLines: 0,
      incompleteObjects: 0,
      problems: [],
      problemsOmitted: 0,
    },
    throughput: {
      windowS,
      rawMBps,
      gzMBps: (files * GZ_BYTES) / 1e6 / windowS,
      rawMBPerMin: rawMBps * 60,
      filesPerMin: (files / windowS) * 60,
      linesPerS: (files * LINES) / windowS,
      rawMBPerCpuS: 56.1,
    },
    sinkCeiling: { rawMBps: 1180, shareUsed: rawMBps / 1180 },
    requests: {
      list: 241,
      get: files,
      put: files,
      post: files * 10,
      redis: null,
      perGB: { list: 241 / (files * 0.01), get: 100, put: 100, post: 1000, redis: null },
      costPerTB: requestCostPerTB({ list: 241 / (files * 0.01), get: 100 }),
      fileErrors: 0,
      httpErrors: 0,
    },
  };
}

export function sampleResult(options: Partial<SampleOptions> = {}): Result {
  return judge(sampleMeasurements(options), SAMPLE_CHECKS);
}

/** The streamer was killed, lines were lost, an endpoint fell behind: the page that someone reads at night. */
export function sampleFailedResult(): Result {
  const sample = sampleMeasurements({ durationS: 300, filesPerMin: 228, scanIntervalMs: 1000 });
  const key = 'year=2000/month=1/day=1/0946684891_56442_130_1.gz';
  const slower = sample.timeline.map((point) => ({
    ...point,
    lagAvgMs:
      point.lagAvgMs === null
        ? null
        : point.lagAvgMs + (point.tS > 120 && point.tS < 190 ? 2000 + (point.tS - 120) * 90 : 0),
    lagMaxMs:
      point.lagMaxMs === null
        ? null
        : point.lagMaxMs + (point.tS > 120 && point.tS < 190 ? 4000 + (point.tS - 120) * 120 : 0),
  }));
  return judge(
    {
      ...sample,
      timeline: slower,
      latencyMs: {
        ...sample.latencyMs,
        lag: { ...sample.latencyMs.lag, max: Math.max(...slower.map(({ lagMaxMs }) => lagMaxMs ?? 0)) },
      },
      delivery: {
        ...sample.delivery,
        deliveredLines: (sample.delivery.expectedLines ?? 0) - 913,
        lostLines: 913,
        duplicateLines: 2120,
        duplicateBound: 6400,
        problems: [
          { kind: 'lost', key, firstLine: 4120, lastLine: 5032, note: null },
          {
            kind: 'duplicate',
            key,
            firstLine: 1000,
            lastLine: 3119,
            note: 'sent before the kill, not yet in durable state',
          },
        ],
      },
      requests: { ...sample.requests, httpErrors: 14 },
      pace: { ...sample.pace, backlogFilesMax: 41 },
      events: [
        { kind: 'phase', fromS: -8, toS: -0.5, label: 'warm-up, not in the figures' },
        { fromS: 120, toS: 150, label: 'endpoint 2 answers 503' },
        { fromS: 210, toS: null, label: 'streamer killed (SIGKILL)' },
      ],
    },
    SAMPLE_CHECKS,
  );
}

/** The sink did not report and the timeline is missing: nothing is proved, and the page must say so, not break. */
export function sampleInvalidResult(): Result {
  const sample = sampleMeasurements();
  const none = usage({});
  return judge(
    {
      ...sample,
      delivery: {
        ...sample.delivery,
        deliveredLines: null,
        lostLines: null,
        duplicateLines: null,
        unexpectedLines: null,
        corruptLines: null,
      },
      throughput: {
        windowS: 0,
        rawMBps: null,
        gzMBps: null,
        rawMBPerMin: null,
        filesPerMin: null,
        linesPerS: null,
        rawMBPerCpuS: null,
      },
      pace: { backlogFilesMax: null, backlogFilesAtLoadEnd: null, drainS: null, lagSlopeSPerS: null },
      latencyMs: { processing: summarizeLatency([]), lag: summarizeLatency([]), fileAge: summarizeLatency([]) },
      waterfallMs: summarizeWaterfall([]),
      resources: { streamer: none, sink: none, s3: none, generator: none },
      sinkCeiling: null,
      agents: [],
      agentBalance: summarizeAgentBalance([]),
      pipelineStatus: summarizePipelineStatus([], []),
      timeline: [],
    },
    SAMPLE_CHECKS,
  );
}

function usage(known: Partial<ProcessUsage>): ProcessUsage {
  return {
    cpuS: null,
    cpuCores: null,
    mainThreadCores: null,
    rssMaxMB: null,
    rssEndMB: null,
    eventLoopDelayP99Ms: null,
    eventLoopUtilization: null,
    ...known,
  };
}
