/**
 * Every documented figure beside what a run measured. The documented side is data (fixtures/documented-metrics.json);
 * here is only how each figure is read from the measurements, and what must be said about it.
 */
import { z } from 'zod';
import documentedJson from '../fixtures/documented-metrics.json' with { type: 'json' };
import { formatAmount, formatBytes, formatMs, formatNumber, formatSeconds, formatShare } from './format.ts';
import type { LatencySummary } from './model-latency.ts';
import type { DocumentedRow, Measurements } from './model.ts';
import { describeLoad } from './story.ts';

const IDS = [
  'processingLatency',
  'lag',
  'lagSlo',
  'throughput',
  'throughputHourly',
  'loss',
  'filesTotal',
  'bytesTotal',
  'format',
  'fileSizeGz',
  'fileSizeRaw',
  'linesPerFile',
  'partitioning',
  'naming',
  'pipelineTotal',
  'pipelineGrowth',
  'recentActivity',
  'recentChange',
  'activeAgents',
  'memory',
  'cpu',
  'fileErrors',
  'httpErrors',
] as const;

type DocumentedId = (typeof IDS)[number];

const documentedSchema = z.strictObject({
  source: z.string(),
  rates: z.strictObject({ rawMBPerMin: z.number(), totalTB: z.number(), pipelineGB: z.number(), recentMB: z.number() }),
  dashboard: z.strictObject({
    filesProcessed: z.string(),
    bytesProcessed: z.string(),
    timePerFile: z.string(),
    processingLag: z.string(),
    fileErrors: z.string(),
    httpErrors: z.string(),
  }),
  pipelineStatus: z.strictObject({ processed: z.string(), recentActivity: z.string(), activeAgents: z.string() }),
  rows: z.array(
    z.strictObject({
      id: z.enum(IDS),
      section: z.string(),
      metric: z.string(),
      documented: z.string(),
      value: z.number().nullable(),
      unit: z.string(),
      relation: z
        .enum(['atMost', 'below', 'atLeast', 'about', 'same', 'shown'])
        .describe('same: a property judged as a whole; shown: nothing to judge.'),
      tolerancePercent: z.number(),
      extrapolated: z.boolean(),
    }),
  ),
  contradictions: z.array(z.string()),
});

const documented = documentedSchema.parse(documentedJson);

type Documented = (typeof documented.rows)[number];

/** As the documented pictures show it. */
export const DOCUMENTED_DASHBOARD = documented.dashboard;
export const DOCUMENTED_PIPELINE_STATUS = documented.pipelineStatus;
export const DOCUMENTED_CONTRADICTIONS: readonly string[] = documented.contradictions;

const { rates } = documented;
/** How long the documented totals take at the documented rate: what the extrapolations extrapolate over. */
const totalMinutes = (rates.totalTB * 1e6) / rates.rawMBPerMin;
const pipelineMinutes = (rates.pipelineGB * 1e3) / rates.rawMBPerMin;
const recentMinutes = rates.recentMB / rates.rawMBPerMin;

/** The documented average lag and so on, for the renderers that draw them beside a measured one. */
export function documentedValue(id: DocumentedId): number | null {
  return documented.rows.find((row) => row.id === id)?.value ?? null;
}

export function compareWithDocumented(measurements: Measurements): DocumentedRow[] {
  return documented.rows.map((row) => {
    const reading = READERS[row.id](measurements);
    return {
      id: row.id,
      section: row.section,
      metric: row.metric,
      documented: row.documented,
      measured: reading.measured,
      unit: row.unit,
      met: reading.holds === undefined ? meets(row, reading.measured) : reading.holds,
      extrapolated: row.extrapolated,
      note: reading.measured === null ? null : withTolerance(reading.note ?? null, row.tolerancePercent),
    };
  });
}

/** Rounded and "about" figures are met within a tolerance; the reader is told which. */
function withTolerance(note: string | null, tolerancePercent: number): string | null {
  if (tolerancePercent === 0) return note;
  return [...(note === null ? [] : [note]), `±${tolerancePercent}%`].join(', ');
}

interface Reading {
  readonly measured: number | string | null;
  readonly note?: string | null;
  /** For a property without a number: whether the run has it. */
  readonly holds?: boolean | null;
}

const READERS: Readonly<Record<DocumentedId, (m: Measurements) => Reading>> = {
  processingLatency: (m) => ({ measured: m.latencyMs.processing.avg, note: samplesNote(m.latencyMs.processing) }),
  lag: (m) => ({ measured: m.latencyMs.lag.avg, note: lagNote(m) }),
  lagSlo: (m) => ({ measured: scale(m.latencyMs.lag.max, 1e-3), note: samplesNote(m.latencyMs.lag) }),
  throughput: (m) => ({ measured: m.throughput.rawMBPerMin, note: offeredNote(m) }),
  throughputHourly: (m) => ({ measured: scale(m.throughput.rawMBPerMin, 0.06) }),
  loss: (m) => ({
    measured: m.delivery.lostLines,
    note:
      m.delivery.expectedLines === null ? null : `of ${formatAmount(m.delivery.expectedLines, 'lines')}, by identity`,
  }),
  filesTotal: (m) => ({
    measured: scale(m.throughput.filesPerMin, totalMinutes),
    note: `${formatAmount(m.latencyMs.lag.n, 'files')} here, this rate for ${formatSeconds(totalMinutes * 60)}`,
  }),
  bytesTotal: (m) => ({
    measured: scale(m.throughput.rawMBPerMin, totalMinutes / 1e6),
    note: `${formatBytes(settledRawBytes(m))} here, this rate for ${formatSeconds(totalMinutes * 60)}`,
  }),
  format: (m) => ({
    measured: `${m.load.compression} ${m.load.recordFormat}`,
    holds: m.load.compression === 'gzip' && m.load.recordFormat === 'JSONL',
  }),
  fileSizeGz: (m) => ({ measured: perFile(m, m.load.gzBytes, 1e-3), note: 'average' }),
  fileSizeRaw: (m) => ({ measured: perFile(m, m.load.rawBytes, 1e-6), note: 'average' }),
  linesPerFile: (m) => ({ measured: perFile(m, m.load.lines, 1), note: 'average' }),
  partitioning: (m) => filesWith(m, m.load.keysPartitioned, null),
  naming: (m) =>
    filesWith(m, m.load.keysNamed, m.load.exampleKey === null ? null : `for example ${baseName(m.load.exampleKey)}`),
  pipelineTotal: (m) => ({
    measured: scale(m.throughput.rawMBPerMin, pipelineMinutes / 1e3),
    note: `${formatBytes(settledRawBytes(m))} here, this rate for ${formatSeconds(pipelineMinutes * 60)}`,
  }),
  pipelineGrowth: (m) => ({
    measured: m.pipelineStatus.growthPercent,
    note: `second half of the run against the first, ${formatSeconds(m.pipelineStatus.growthHalfS)} each`,
  }),
  recentActivity: (m) => recentReading(m),
  recentChange: (m) => ({
    measured: m.pipelineStatus.recentPercent,
    note: `last ${formatSeconds(m.pipelineStatus.recentWindowS)} against the ${formatSeconds(m.pipelineStatus.recentWindowS)} before`,
  }),
  activeAgents: (m) => ({
    measured: m.pipelineStatus.activeAgents,
    note: `of ${m.pipelineStatus.configuredAgents} in this run`,
    // A run that has fewer can say nothing of it.
    ...(m.pipelineStatus.configuredAgents < (documentedValue('activeAgents') ?? 0) ? { holds: null } : {}),
  }),
  memory: (m) => ({
    measured: m.resources.streamer.rssEndMB,
    note:
      m.resources.streamer.rssMaxMB === null
        ? null
        : `highest ${formatAmount(m.resources.streamer.rssMaxMB, 'MB')}${together(m)}`,
    ...ofOneOnly(m),
  }),
  cpu: (m) => ({
    measured: m.resources.streamer.cpuCores,
    note:
      m.resources.streamer.cpuCores === null
        ? null
        : `${formatShare(m.resources.streamer.cpuCores / 4)} of 4 cores; other hardware${together(m)}`,
    ...ofOneOnly(m),
  }),
  fileErrors: (m) => ({ measured: m.requests.fileErrors, note: 'from a dashboard of one day' }),
  httpErrors: (m) => ({ measured: m.requests.httpErrors }),
};

function meets(row: Documented, measured: number | string | null): boolean | null {
  if (typeof measured !== 'number' || row.value === null) return null;
  const slack = (Math.abs(row.value) * row.tolerancePercent) / 100;
  switch (row.relation) {
    case 'atMost':
      return measured <= row.value + slack;
    case 'below':
      return measured < row.value + slack;
    case 'atLeast':
      return measured >= row.value - slack;
    case 'about':
      return Math.abs(measured - row.value) <= slack;
    case 'same':
    case 'shown':
      return null;
  }
}

/** Those of the figure itself: of a file whose reading the log does not tell there is a lag and no processing latency. */
function samplesNote({ n }: LatencySummary): string {
  return `of ${formatAmount(n, n === 1 ? 'file' : 'files')}`;
}

/** Finding a file costs a scan interval at worst, whatever the streamer does with it then: the share says what lag is made of. */
function lagNote(m: Measurements): string {
  const { avg } = m.waterfallMs;
  return avg === null ? samplesNote(m.latencyMs.lag) : `${formatMs(avg.discovery)} of it until found`;
}

function offeredNote(m: Measurements): string | null {
  if (m.load.offeredRawMBPerMin === null) return describeLoad(m.load);
  return `offered ${formatAmount(m.load.offeredRawMBPerMin, 'MB/min')}`;
}

function recentReading(m: Measurements): Reading {
  const { recentRawBytes, recentWindowS } = m.pipelineStatus;
  if (recentRawBytes === null || recentWindowS === null || recentWindowS === 0) return { measured: null };
  return {
    measured: (recentRawBytes / 1e6 / recentWindowS) * recentMinutes * 60,
    note: `${formatBytes(recentRawBytes)} in the last ${formatSeconds(recentWindowS)}, scaled to ${formatSeconds(recentMinutes * 60)}`,
  };
}

function filesWith(m: Measurements, matching: number | null, note: string | null): Reading {
  if (matching === null || m.load.files === 0) return { measured: null, holds: null };
  return {
    measured: `${formatNumber(matching)} of ${formatAmount(m.load.files, 'files')}`,
    holds: matching === m.load.files,
    note,
  };
}

function together({ streamer: { instances } }: Measurements): string {
  return instances === 1 ? '' : `; ${instances} instances together`;
}

/** The documented memory and CPU are those of one process. */
function ofOneOnly({ streamer: { instances } }: Measurements): Pick<Reading, 'holds'> {
  return instances === 1 ? {} : { holds: null };
}

/** What the rates are of: each settled file of the measured part, once. */
function settledRawBytes({ throughput: { rawMBps, windowS } }: Measurements): number | null {
  return scale(rawMBps, windowS * 1e6);
}

function perFile(m: Measurements, total: number, factor: number): number | null {
  return m.load.files === 0 ? null : (total / m.load.files) * factor;
}

function scale(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

const PARTITIONED_KEY = /(?:^|\/)year=\d{4}\/month=[1-9]\d?\/day=[1-9]\d?\/[^/]+$/;
const NAMED_KEY = /(?:^|\/)\d{10}_\d+_\d+_\d+(?:\.gz)?$/;

/** What `load.keysPartitioned` and `load.keysNamed` count. */
export function countDocumentedKeys(keys: Iterable<string>): { keysPartitioned: number; keysNamed: number } {
  let keysPartitioned = 0;
  let keysNamed = 0;
  for (const key of keys) {
    if (PARTITIONED_KEY.test(key)) keysPartitioned += 1;
    if (NAMED_KEY.test(key)) keysNamed += 1;
  }
  return { keysPartitioned, keysNamed };
}
