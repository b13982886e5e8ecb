/** What each figure is called and means, in the same words in every renderer. */
import type { LatencySummary, WaterfallPart } from './model-latency.ts';
import type { Result } from './model.ts';
import { PERCENTILES, SAMPLES_NEEDED } from './percentiles.ts';
import type { PercentileName } from './percentiles.ts';
import { formatNumber } from './format.ts';

interface Word {
  readonly name: string;
  readonly meaning: string;
}

export const LATENCY_WORDS: Readonly<Record<keyof Result['latencyMs'], Word>> = {
  processing: { name: 'processing latency', meaning: 'GET issued to last line settled' },
  lag: { name: 'lag', meaning: 'may be read (eligible) to last line settled' },
  fileAge: { name: 'file age', meaning: 'timestamp in the file name to last line settled' },
};

export const LATENCY_ORDER = ['processing', 'lag', 'fileAge'] as const;

export const LATENCY_COLUMNS = ['avg', 'p50', 'p90', 'p99', 'p999', 'max'] as const;

type LatencyColumn = (typeof LATENCY_COLUMNS)[number];

export const LATENCY_LABELS: Readonly<Record<LatencyColumn, string>> = {
  avg: 'avg',
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  p999: 'p99.9',
  max: 'max',
};

function isPercentile(column: LatencyColumn): column is PercentileName {
  return Object.hasOwn(PERCENTILES, column);
}

/** Why percentiles are missing: null when none is. */
export function explainMissingPercentiles(summaries: readonly LatencySummary[]): string | null {
  const missing = LATENCY_COLUMNS.filter(isPercentile).filter((column) =>
    summaries.some((summary) => summary[column] === null),
  );
  if (missing.length === 0) return null;
  const needs = missing.map((column) => `${LATENCY_LABELS[column]} ${formatNumber(SAMPLES_NEEDED[column])}`);
  return `No percentile is given from too few files; needed: ${needs.join(', ')}.`;
}

export const WATERFALL_WORDS: Readonly<Record<WaterfallPart, Word>> = {
  schedule: { name: 'Schedule', meaning: 'from the file timestamp until due in S3' },
  upload: { name: 'Upload', meaning: 'until it is in S3: slip and PUT' },
  delayWindow: { name: 'Delay window', meaning: 'until it may be read: processing.delay_window' },
  discovery: { name: 'Discovery', meaning: 'until a LIST shows it: processing.scan_interval' },
  queue: { name: 'Queue', meaning: 'until a worker issues its GET' },
  readAndInflate: { name: 'Read and gunzip', meaning: 'until the bytes of the line are uncompressed' },
  batching: { name: 'Batching', meaning: 'until the batch with the line is closed' },
  sendQueue: { name: 'Send queue', meaning: 'until the POST begins' },
  acknowledgement: { name: 'Acknowledgement', meaning: 'until an endpoint answers 2xx' },
};

export const PROBLEM_WORDS: Readonly<Record<Result['delivery']['problems'][number]['kind'], string>> = {
  lost: 'lost',
  duplicate: 'duplicate',
  unexpected: 'unexpected',
  corrupt: 'corrupt',
  quarantined: 'quarantined',
};

/** Terms of the report, each with its exact meaning and unit. */
export const GLOSSARY: readonly Word[] = [
  {
    name: 'line',
    meaning:
      'one record, delivered byte-exact. Its identity is checked at the sink; no counter or header of the streamer is trusted.',
  },
  { name: 'file, object', meaning: 'the same: one version of one S3 key.' },
  {
    name: 'settled',
    meaning:
      'acknowledged by an endpoint (2xx) or put in quarantine with a durable record. A file is complete when all its lines are settled.',
  },
  { name: 'lost', meaning: 'lines of uploaded files that were never settled.' },
  {
    name: 'unexpected, corrupt',
    meaning: 'lines that arrived and are in no uploaded file; lines that arrived with other bytes than were uploaded.',
  },
  {
    name: 'quarantine',
    meaning:
      'where the streamer puts what cannot be delivered (damaged, refused, too long), with its file, range and reason.',
  },
  {
    name: 'duplicate bound',
    meaning:
      'the most copies that the faults of this run may cause: lines sent before a fault and not yet in durable state, plus one batch for each ambiguous answer.',
  },
  { name: 'processing latency', meaning: 'GET issued to last line settled, per file, in ms.' },
  {
    name: 'lag',
    meaning:
      'from the moment a file may be read to its last line settled, per file, in ms. That moment is the later of its intended time in the schedule and file timestamp + delay_window, so a slow generator cannot hide lag. The documented SLO is 60 s.',
  },
  {
    name: 'file age',
    meaning:
      'timestamp in the file name to last line settled, in ms: includes the intended delay_window. The original program calls this processing lag.',
  },
  {
    name: 'MB, GB, TB',
    meaning: '10^6, 10^9, 10^12 bytes. Raw is uncompressed, gz as stored in S3. The documented rates are raw.',
  },
  {
    name: '1x, 10x, max',
    meaning:
      'the load as a multiple of the documented 228 MB/min raw; max: all files are there at the start. Constant: at even distances; poisson: independent of each other; bursts: many at once.',
  },
  {
    name: 'throughput',
    meaning:
      'raw bytes of the settled files, each counted once, divided by the time from the start of the schedule to the last settled line or to the end of the schedule, whichever is later. So a streamer that keeps up has the rate that was offered.',
  },
  { name: 'backlog', meaning: 'files that may be read and are not settled yet.' },
  { name: 'growth', meaning: 'raw bytes of the second half of the run against the first half.' },
  {
    name: 'recent activity',
    meaning:
      'raw bytes of the last minute, or of the last quarter of a run shorter than four minutes, against the same time before it.',
  },
  { name: 'active agent', meaning: 'an endpoint that acknowledged a batch within the recent time.' },
  {
    name: 'endpoint, agent, sink',
    meaning:
      'an HTTP input of EdgeDelta; here all of them are one process, a mock EdgeDelta that keeps account of each line.',
  },
  {
    name: 'fault, struck',
    meaning:
      'what was done to the run on purpose, at the marked times; and how many requests, connections or processes it hit.',
  },
  { name: '–', meaning: 'not measured in this run.' },
  { name: 'percentile', meaning: 'nearest rank, never interpolated; p90 needs 30 files, p99 300, p99.9 3,000.' },
  {
    name: 'extrapolated',
    meaning:
      'not measured but computed from a rate of this run, held for the time that the documented total takes at the documented rate.',
  },
  {
    name: 'invalid',
    meaning:
      'the run proves nothing (the generator slipped, the sink was saturated, a value is missing). It is neither a pass nor a fail.',
  },
];

/** Name, count, and count for a raw GB. */
export function requestRows({
  perGB,
  ...requests
}: Result['requests']): readonly (readonly [string, string, string])[] {
  const names = {
    list: 'S3 LIST',
    get: 'S3 GET',
    put: 'S3 PUT, by the generator',
    post: 'HTTP POST',
    ...(requests.redis === null ? {} : { redis: 'Redis commands' }),
  } as const;
  const keys = ['list', 'get', 'put', 'post', 'redis'] as const;
  return keys.flatMap((key) => {
    const name = names[key];
    return name === undefined ? [] : [[name, formatNumber(requests[key]), formatNumber(perGB[key])] as const];
  });
}
