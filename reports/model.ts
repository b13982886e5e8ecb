/**
 * The one result model: what a run measured (`Measurements`), and that judged and compared (`Result`, written as result.json).
 *
 * Invariants: every number a report shows is in here, so that no renderer computes one; what was not measured is null,
 * never 0; names carry units. MB and GB are 10^6 and 10^9 bytes, "raw" is uncompressed, "gz" is as stored in S3.
 * A new field of version 1 must be optional or nullable with a default, so that older results stay readable.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { latencySchema, waterfallSchema } from './model-latency.ts';

export const SCHEMA_VERSION = 1;

const count = () => z.int().nonnegative();
const amount = () => z.number().nonnegative();
/** Null says that the run did not measure it. */
const amountOrNull = () => amount().nullable();
const countOrNull = () => count().nullable();

const partSchema = z.strictObject({
  kind: z
    .string()
    .describe(
      'What the run used: embedded, minio (a process), minio-container, url; for Redis: none, local (processes), container, url.',
    ),
  version: z.string().nullable(),
});

const environmentSchema = z.strictObject({
  node: z.string(),
  cpu: z.string(),
  cores: count(),
  memoryMB: amount(),
  os: z.string(),
  git: z.string().nullable().describe('Short commit, followed by "+changes" when the working tree differed from it.'),
  s3: partSchema,
  redis: partSchema,
});

const settingSchema = z.strictObject({
  key: z.string().describe('Configuration key as in the YAML file, for example processing.scan_interval.'),
  value: z.string(),
  shipped: z.string().describe('The shipped default.'),
  note: z.string().nullable().describe('Why the run differs from the shipped default; null where it does not.'),
});

const streamerSchema = z.strictObject({
  version: z.string(),
  instances: count(),
  s3Workers: count(),
  httpWorkers: count(),
  endpoints: count(),
});

const loadSchema = z.strictObject({
  files: count().describe('Uploaded, the warm-up too.'),
  warmupFiles: countOrNull().default(null).describe('Of them, those of the warm-up: judged for loss, not for time.'),
  rawBytes: count(),
  gzBytes: count(),
  lines: count(),
  schedule: z.string().describe('constant, poisson, bursts or max.'),
  rate: z.string().describe('As asked for: 1x, 10x, max...'),
  offeredRawMBPerMin: amountOrNull().describe(
    'By the schedule; null for max, which offers everything at once, and for a load of several parts.',
  ),
  scheduleSlipMs: z
    .strictObject({ p50: amountOrNull(), p99: amountOrNull(), max: amountOrNull() })
    .describe('Start of the PUT minus the intended time.'),
  compression: z.string().describe('gzip.'),
  recordFormat: z.string().describe('JSONL, CSV...'),
  exampleKey: z.string().nullable(),
  keysPartitioned: countOrNull().describe('Files whose key lies under a Hive partition year=YYYY/month=M/day=D/.'),
  keysNamed: countOrNull().describe('Files named <unix>_<id>_<id>_<seq>[.gz].'),
});

const problemSchema = z.strictObject({
  kind: z.enum(['lost', 'duplicate', 'unexpected', 'corrupt', 'quarantined']),
  key: z.string().nullable().describe('Null where the line has no known identity.'),
  firstLine: countOrNull().describe('Ordinal from 0.'),
  lastLine: countOrNull(),
  note: z.string().nullable(),
});

const deliverySchema = z.strictObject({
  expectedLines: countOrNull().describe('Lines of the objects that were uploaded.'),
  deliveredLines: countOrNull().describe('Distinct line identities seen at the sink.'),
  lostLines: countOrNull().describe('Expected minus settled, by identity.'),
  duplicateLines: countOrNull().describe('Copies beyond the first.'),
  duplicateBound: countOrNull().describe('The most duplicates that the faults of this run may cause.'),
  unexpectedLines: countOrNull().describe('Lines at the sink that no object holds.'),
  corruptLines: countOrNull().describe('Identity known, bytes differ.'),
  quarantinedLines: countOrNull(),
  droppedLines: countOrNull(),
  truncatedLines: countOrNull(),
  quarantinedObjects: countOrNull(),
  outsideLines: countOrNull()
    .default(null)
    .describe('Lines at the sink of objects from which none may be delivered, because nothing vouches for them.'),
  incompleteObjects: countOrNull()
    .default(null)
    .describe(
      'Objects that arrived whole and that durable state does not hold for complete after the last clean stop; null where it was not read.',
    ),
  problems: z.array(problemSchema).describe('The first ones, with file and line range.'),
  problemsOmitted: count(),
});

const throughputSchema = z.strictObject({
  windowS: amount().describe('What the rates are divided by: start of the schedule to the last settled line.'),
  rawMBps: amountOrNull(),
  gzMBps: amountOrNull(),
  rawMBPerMin: amountOrNull(),
  filesPerMin: amountOrNull(),
  linesPerS: amountOrNull(),
  rawMBPerCpuS: amountOrNull().describe('Raw MB delivered per second of CPU of the streamer.'),
});

const paceSchema = z.strictObject({
  backlogFilesMax: countOrNull().describe('Most files eligible and not settled at one moment.'),
  backlogFilesAtLoadEnd: countOrNull().describe('Files not settled when the last PUT ended.'),
  drainS: amountOrNull().describe('End of the last PUT to the last settled line.'),
  lagSlopeSPerS: z
    .number()
    .nullable()
    .describe('Trend of lag over the run, seconds per second; above 0 it falls behind.'),
});

const processUsageSchema = z.strictObject({
  cpuS: amountOrNull(),
  cpuCores: amountOrNull().describe('CPU seconds per second, on average over the run.'),
  mainThreadCores: amountOrNull()
    .default(null)
    .describe('Of cpuCores, what the main threads used: the event loops. One instance has one.'),
  rssMaxMB: amountOrNull(),
  rssEndMB: amountOrNull(),
  eventLoopDelayP99Ms: amountOrNull(),
  eventLoopUtilization: amountOrNull().describe('Highest of the run, 0 to 1.'),
});

const instanceSchema = z.strictObject({
  name: z.string(),
  files: count().describe('Objects that it completed, by its own log.'),
  cpuS: amountOrNull().describe('Of its whole life.'),
  rssMaxMB: amountOrNull(),
  rssEndMB: amountOrNull(),
});

const resourcesSchema = z.strictObject({
  streamer: processUsageSchema,
  sink: processUsageSchema,
  s3: processUsageSchema,
  generator: processUsageSchema,
});

const sinkCeilingSchema = z.strictObject({
  rawMBps: amount().describe(
    'What the sink takes alone, measured by autocannon with real bodies and identity checks on.',
  ),
  shareUsed: amount().describe('Throughput of the run over the ceiling, 0 to 1.'),
});

const perGBSchema = z.strictObject({
  list: amountOrNull(),
  get: amountOrNull(),
  put: amountOrNull(),
  post: amountOrNull(),
  redis: amountOrNull().default(null),
});

const requestCostSchema = z.strictObject({
  listUsd: amountOrNull(),
  getUsd: amountOrNull(),
  totalUsd: amountOrNull(),
});

const requestsSchema = z.strictObject({
  list: countOrNull(),
  get: countOrNull(),
  put: countOrNull(),
  post: countOrNull(),
  redis: countOrNull()
    .default(null)
    .describe(
      'Commands that the instances sent to Redis, by its own count; null without Redis, and where others use it too.',
    ),
  perGB: perGBSchema.describe('Per raw GB delivered.'),
  costPerTB: requestCostSchema
    .default({ listUsd: null, getUsd: null, totalUsd: null })
    .describe(
      'Of S3 requests, for a raw TB at the rate of this run: LISTs go by time, so they weigh less at a higher rate.',
    ),
  fileErrors: countOrNull().describe('Attempts to read an object that failed (s3_files_errored_total).'),
  httpErrors: countOrNull().describe('POSTs that were not acknowledged (http_errors_total).'),
});

const agentSchema = z.strictObject({
  endpoint: z.string(),
  posts: count().describe('Batches that it stored: a POST that it refused is none.'),
  rawBytes: count(),
  lines: count(),
  shareOfBytes: amountOrNull().describe('0 to 1.'),
  active: z.boolean().describe('It stored a batch within the recent window of the pipeline status.'),
});

const agentBalanceSchema = z.strictObject({
  evenShare: amountOrNull().describe('1 / number of endpoints.'),
  worstDeviation: amountOrNull().describe('Largest |share - even share| / even share.'),
});

const pipelineStatusSchema = z.strictObject({
  processedRawBytes: countOrNull(),
  growthPercent: z.number().nullable().describe('Second half of the run against its first half.'),
  growthHalfS: amountOrNull(),
  recentRawBytes: countOrNull().describe('Delivered in the recent window, the last one of the run.'),
  recentPercent: z.number().nullable().describe('Recent window against the window of the same length before it.'),
  recentWindowS: amountOrNull(),
  activeAgents: count(),
  configuredAgents: count(),
});

const barePipeRatioSchema = z.strictObject({ median: amount(), min: amount(), max: amount() });

const barePipeSchema = z.strictObject({
  rounds: count(),
  rawMBps: amount().describe('Median of the bare pipe: get, gunzip, post, nothing else.'),
  ratioRawMBps: barePipeRatioSchema.describe('Streamer over bare pipe, of the same run.'),
  ratioRawMBPerCpuS: barePipeRatioSchema,
  wrongLines: countOrNull()
    .default(null)
    .describe('Lines lost, sent twice, corrupt or unexpected in the rounds after the run itself: their speed is none.'),
});

const timelinePointSchema = z.strictObject({
  tS: amount().describe('Start of this second, since the start of the schedule.'),
  offeredRawBytes: count().describe('Raw bytes of the objects whose intended time lies in this second.'),
  files: count().describe('Objects completed.'),
  posts: count().describe('Batches that the endpoints stored; copies count.'),
  rawBytes: count().describe('Raw bytes that they stored; copies count.'),
  lines: count(),
  agentRawBytes: z.array(count()).describe('Raw bytes that each endpoint stored, in the order of agents.'),
  lagAvgMs: amountOrNull().describe('Of the objects completed in this second; null where none was.'),
  lagMaxMs: amountOrNull(),
  backlogFiles: countOrNull().describe('Eligible and not settled at the end of this second.'),
  httpErrors: countOrNull(),
  streamerRssMB: amountOrNull(),
  streamerCpuCores: amountOrNull(),
  sinkEventLoopUtilization: amountOrNull(),
});

const eventSchema = z.strictObject({
  kind: z
    .enum(['fault', 'phase'])
    .optional()
    .describe('A fault (when absent) or a part of the run, for example its warm-up.'),
  fromS: z.number(),
  toS: z.number().nullable().describe('Null for a moment without duration.'),
  label: z.string().describe('For example: streamer killed (SIGKILL).'),
});

const measurementsShape = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  scenario: z.string(),
  purpose: z.string().describe('What this run is to show, in one sentence.'),
  proves: z
    .string()
    .nullable()
    .default(null)
    .describe('The documented sentence, or the guarantee, that a passed run is evidence for.'),
  seed: z.int(),
  startedAt: z.iso.datetime(),
  durationS: amount(),
  replay: z.string().describe('The exact command that runs this again.'),
  environment: environmentSchema,
  streamer: streamerSchema,
  settings: z.array(settingSchema),
  load: loadSchema,
  delivery: deliverySchema,
  throughput: throughputSchema,
  pace: paceSchema,
  latencyMs: z.strictObject({ processing: latencySchema, lag: latencySchema, fileAge: latencySchema }),
  waterfallMs: waterfallSchema,
  resources: resourcesSchema,
  instances: z.array(instanceSchema).default([]).describe('Each process of the streamer, where there are several.'),
  sinkCeiling: sinkCeilingSchema.nullable(),
  requests: requestsSchema,
  agents: z.array(agentSchema),
  agentBalance: agentBalanceSchema,
  pipelineStatus: pipelineStatusSchema,
  barePipe: barePipeSchema.nullable(),
  timeline: z.array(timelinePointSchema),
  events: z.array(eventSchema),
  observed: z
    .record(z.string(), z.number().nullable())
    .default({})
    .describe('What this scenario read out of its run beyond what every run measures; see its checks.'),
};

const checkSchema = z.strictObject({
  name: z.string(),
  kind: z
    .enum(['integrity', 'performance', 'validity'])
    .describe(
      'integrity: fails the run even when it is invalid; validity: a failure means that the run proves nothing.',
    ),
  path: z.string().describe('Field of this document that was judged.'),
  op: z.enum(['<', '<=', '==', '>=', '>']),
  limit: z.number().nullable(),
  actual: z.number().nullable().describe('Null: not measured, which is not passed and makes the run invalid.'),
  unit: z.string(),
  ok: z.boolean(),
  note: z.string().nullable(),
});

const documentedRowSchema = z.strictObject({
  id: z.string(),
  section: z.string().describe('Heading in the documentation.'),
  metric: z.string(),
  documented: z.string().describe('As the documentation writes it.'),
  measured: z.union([z.number(), z.string()]).nullable(),
  unit: z.string(),
  met: z.boolean().nullable().describe('Null: nothing to judge, or not measured.'),
  extrapolated: z.boolean(),
  note: z.string().nullable(),
});

/** What a run measured, before anybody judges it. */
const measurementsSchema = z.strictObject(measurementsShape);

/** result.json. */
export const ResultSchema = z
  .strictObject({
    ...measurementsShape,
    verdict: z.enum(['pass', 'fail', 'invalid']),
    verdictReasons: z.array(z.string()).describe('Why it is not a pass; empty for a pass.'),
    checks: z.array(checkSchema),
    documented: z.array(documentedRowSchema),
    documentedNotes: z.array(z.string()).describe('Where documented numbers contradict each other.'),
  })
  .describe('Result of one run of the s3-edgedelta-streamer harness.');

export type Measurements = DeepReadonly<z.infer<typeof measurementsSchema>>;
export type Result = DeepReadonly<z.infer<typeof ResultSchema>>;
export type Verdict = Result['verdict'];
export type Check = Result['checks'][number];
export type DocumentedRow = Result['documented'][number];
export type TimelinePoint = Result['timeline'][number];
export type Agent = Result['agents'][number];
export type PipelineStatus = Result['pipelineStatus'];
export type ProcessUsage = Result['resources']['streamer'];
export type Problem = Result['delivery']['problems'][number];
export type RunEvent = Result['events'][number];
