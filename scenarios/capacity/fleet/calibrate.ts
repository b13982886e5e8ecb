/** Service times out of measured runs. Each says which run it is from; what no run has measured is asked for again. */
import { median } from 'simple-statistics';
import type { FleetInput, Result } from '#reports';
import { HarnessError, type ServiceTimes } from '#simulator';
import type { MeasuredRun, MeasuredRuns } from './measured-runs.ts';

export interface Calibration {
  /** Of agents next door. */
  readonly times: ServiceTimes;
  /** CPU time of S3 and the agents for a raw MB, where they share the machine. */
  readonly otherMsPerRawMB: number;
  readonly lineBytes: number;
  readonly gzipRatio: number;
  readonly inputs: readonly FleetInput[];
  /** Those that it is from. */
  readonly runs: readonly MeasuredRun[];
  /** The one whose waterfall GET and POST are from. */
  readonly quickest: MeasuredRun;
}

/** Of what the event loop does for a raw MB, this much is in a GET: the fleet's instances divide it so. */
const readingShare = 0.5;
/** Shorter than the harness can tell. */
const leastMs = 0.5;

export function calibrate({ runs, steps }: MeasuredRuns): Calibration {
  const base = withoutLargest(runs);
  const thriftiest = thriftiestOf(base, steps);
  const inputs: FleetInput[] = [];
  const take = (name: string, value: number, unit: string, note: string): number => {
    inputs.push({ name, value, unit, source: 'measured', note });
    return value;
  };
  const observed = (id: string, name: string): number =>
    take(
      name,
      median(observations(base, id)),
      'ms',
      `observed.${id}, median of ${base.length} run${base.length === 1 ? '' : 's'}`,
    );

  const poolMsPerRawMB = take(
    'inflate, a raw MB on one core',
    median(observations(base, 'inflateMsPerRawMB')),
    'ms',
    'observed.inflateMsPerRawMB',
  );
  const cpuMsPerRawMB = cpuOf(thriftiest, 'streamer');
  const loopMsPerRawMB = take(
    'event loop, for a raw MB',
    Math.max(0, cpuMsPerRawMB - poolMsPerRawMB),
    'ms',
    `all CPU time of the streamers but inflate, of the run of this folder that used least: ${rateOf(thriftiest).toFixed(0)} MB/s with ${thriftiest.streamer.instances} instance${thriftiest.streamer.instances === 1 ? '' : 's'}`,
  );
  const s3MsPerRawMB = cpuMsOf(thriftiest, 's3');
  if (s3MsPerRawMB === null) inputs.push(noS3Time);
  const otherMsPerRawMB = cpuOf(thriftiest, 'sink') + (s3MsPerRawMB ?? 0);
  const agentRawMBps = take(
    'agent',
    1000 / cpuOf(thriftiest, 'sink'),
    'MB/s raw',
    'what one core of the mock agents takes, by resources.sink.cpuS',
  );
  const quickest = quickestOf(base);
  const note = `of one among many, so that the simulated waterfall is that of the quickest of ${base.length} run${base.length === 1 ? '' : 's'}`;
  const getMs = take(
    'GET, to its last byte',
    getMsOf(quickest.result, poolMsPerRawMB + loopMsPerRawMB * readingShare),
    'ms',
    note,
  );
  const postMs = take('POST, beside CPU time and agent', postMsOf(quickest, loopMsPerRawMB, agentRawMBps), 'ms', note);
  return {
    times: {
      getMs,
      listMs: observed('listMs', 'LIST that finds nothing'),
      listMsPer1000: observed('listMsPer1000Keys', '1,000 keys of a LIST'),
      loopMsPerRawMB,
      poolMsPerRawMB,
      postMs: { min: postMs / 2, max: postMs * 1.5 },
      agentRawMBps,
      redisMs: observed('redisMsPerCommand', 'Redis, a command'),
      redisMsPerObject: observed('redisMsPerObject', 'Redis, an object of it'),
      redisRoundTripMs: observed('redisRoundTripMs', 'way to Redis and back'),
      journalMs: observed('journalMs', 'commit in the journal'),
    },
    otherMsPerRawMB,
    lineBytes: Math.round(thriftiest.load.rawBytes / thriftiest.load.lines),
    gzipRatio: thriftiest.load.rawBytes / thriftiest.load.gzBytes,
    inputs,
    runs: base,
    quickest,
  };
}

/** The largest number of instances is held out, to be predicted. */
function withoutLargest(runs: readonly MeasuredRun[]): readonly MeasuredRun[] {
  const largest = Math.max(...runs.map(({ point }) => point.instances));
  const smaller = runs.filter(({ point }) => point.instances < largest);
  return smaller.length === 0 ? runs : smaller;
}

/** At a low rate start and polling weigh more. A run with as many instances as are held out does not count. */
function thriftiestOf(base: readonly MeasuredRun[], steps: readonly Result[]): Result {
  const instancesMax = Math.max(...base.map(({ point }) => point.instances));
  // Those of the base must tell their CPU time; another step that does not is no thrifty one.
  const counted = [
    ...base.map(({ result }) => result),
    ...steps.filter((step) => cpuMsOf(step, 'streamer') !== null && cpuMsOf(step, 'sink') !== null),
  ].filter(({ streamer }) => streamer.instances <= instancesMax);
  const [first] = counted.toSorted((a, b) => cpuOf(a, 'streamer') - cpuOf(b, 'streamer'));
  if (first === undefined) throw new HarnessError('broken', 'There is no run to take service times from.');
  return first;
}

/** What is slower has waited for the machine. */
function quickestOf(runs: readonly MeasuredRun[]): MeasuredRun {
  const waitOf = ({ point, result }: MeasuredRun): number => partsOf(result).acknowledgement - point.agentLatencyMs;
  const [first] = runs.toSorted((a, b) => waitOf(a) - waitOf(b));
  if (first === undefined) throw new HarnessError('broken', 'There is no run to take service times from.');
  return first;
}

function observations(runs: readonly MeasuredRun[], id: string): number[] {
  const values = runs.flatMap(({ result }) => result.observed[id] ?? []);
  if (values.length > 0) return values;
  throw new HarnessError(
    'usage',
    `The measured runs do not tell ${id}: measure again with \`npm run capacity -- scale\`.`,
  );
}

function rateOf({ throughput }: Result): number {
  return throughput.rawMBps ?? 0;
}

type Watched = 'streamer' | 'sink' | 's3';

/** For a raw MB; null where nobody could watch the process. */
function cpuMsOf({ resources, load }: Result, role: Watched): number | null {
  const { cpuS } = resources[role];
  return cpuS === null ? null : (cpuS * 1000) / (load.rawBytes / 1e6);
}

function cpuOf(result: Result, role: Watched): number {
  const ms = cpuMsOf(result, role);
  if (ms !== null) return ms;
  throw new HarnessError(
    'usage',
    `The run of ${result.startedAt} does not tell the CPU time of the ${role}: its process could not be watched (that needs /proc or \`ps\`). Measure again where it can, with \`npm run capacity -- scale\`.`,
  );
}

/** In a container, or far away. */
const noS3Time: FleetInput = {
  name: 'S3, CPU for a raw MB on the measured machine',
  value: 0,
  unit: 'ms',
  source: 'assumed',
  note: 'S3 was no process that could be watched: where it shared the cores, runs are simulated too fast',
};

function partsOf({ waterfallMs }: Result) {
  if (waterfallMs.avg !== null) return waterfallMs.avg;
  throw new HarnessError('usage', 'A measured run has no waterfall: measure again with `npm run capacity -- scale`.');
}

function getMsOf(result: Result, cpuMsPerRawMB: number): number {
  const rawMB = result.load.rawBytes / 1e6 / result.load.files;
  return Math.max(leastMs, partsOf(result).readAndInflate - rawMB * cpuMsPerRawMB);
}

function postMsOf({ point, result }: MeasuredRun, loopMsPerRawMB: number, agentRawMBps: number): number {
  const bodyMB = result.load.rawBytes / 1e6 / Math.max(1, result.requests.post ?? 1);
  const workMs = bodyMB * (loopMsPerRawMB * (1 - readingShare) + 1000 / agentRawMBps);
  return Math.max(leastMs, partsOf(result).acknowledgement - workMs - point.agentLatencyMs);
}
