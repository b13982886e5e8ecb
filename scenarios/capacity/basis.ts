/** What a plan stands on: the measured points of one configuration. */
import type { CapacityPoint } from '#reports';
import { parseDurationMs } from '#streamer';
import { type Scaled, scaledOf } from './scalability.ts';
import { bracketOf } from './search.ts';
import { trialsOf } from './trials.ts';

/** A plan from fewer points would be a guess. */
const pointsMin = 6;
/** What a point without a setting of its own was measured with. */
const scanIntervalMsShipped = 15_000;
/** The average object of a load differs by so much from one number of objects to another; the loads of `max` and `scale` by a factor of five. */
const objectSizeSpread = 0.25;

export interface Basis {
  /** Of one configuration, the valid ones: what averages are of. */
  readonly points: readonly CapacityPoint[];
  readonly newest: CapacityPoint;
  /** What so many instances did at their limit. */
  readonly scaled: readonly Scaled[];
  readonly instancesMeasuredMax: number;
  readonly cpuSPerGB: number;
  /** Of one instance: the highest of the points, each the average over its instances. */
  readonly rssMaxMB: number;
  readonly postPerGB: number;
  /** Null when no point was measured with Redis. */
  readonly redisCommandsPerGB: number | null;
  readonly rawMBPerObject: number;
  /** The highest at a sustained rate, with the scan interval below; null when only drains were measured. */
  readonly lagHighMs: number | null;
  /** With which the points were measured. */
  readonly scanIntervalMs: number;
}

/** The newest configuration that was measured well enough. A text says what is missing, and how to get it. */
export function chooseBasis(points: readonly CapacityPoint[]): Basis | string {
  const newestFirst = points.filter(isValid).toSorted((a, b) => b.at.localeCompare(a.at));
  const [newest] = newestFirst;
  if (newest === undefined) return `no valid point is measured, a plan needs ${pointsMin}: run \`capacity max\` first`;
  const candidates = newestOfEach(newestFirst).map((one) => candidateOf(one, points));
  const chosen = candidates.find(({ valid, scaled }) => valid.length >= pointsMin && scaled.length > 0);
  return chosen === undefined ? whyNone(candidates[0]!, candidates.length > 1) : basisOf(chosen);
}

/** What was measured with one configuration. */
interface Candidate {
  readonly newest: CapacityPoint;
  readonly valid: readonly CapacityPoint[];
  readonly scaled: readonly Scaled[];
}

function isValid({ outcome, measured }: CapacityPoint): boolean {
  return outcome.kind !== 'invalid' && measured.rawMBps !== null;
}

/** Of each configuration its newest point. */
function newestOfEach(newestFirst: readonly CapacityPoint[]): readonly CapacityPoint[] {
  const newest: CapacityPoint[] = [];
  for (const point of newestFirst) if (!newest.some((one) => isSameConfiguration(one, point))) newest.push(point);
  return newest;
}

function candidateOf(newest: CapacityPoint, points: readonly CapacityPoint[]): Candidate {
  const alike = points.filter((point) => isSameConfiguration(point, newest));
  // The invalid ones count for the search: a rate that could not be offered each time did not hold each time.
  return { newest, valid: alike.filter(isValid), scaled: throughputs(alike) };
}

function whyNone({ newest, valid, scaled }: Candidate, hasOlder: boolean): string {
  const others = hasOlder ? ', and no older configuration has enough' : '';
  return (
    `${valid.length} valid points are measured with ${describeSettings(newest)} on ${newest.s3}, ${scaled.length} of them at a limit${others}; ` +
    `a plan needs ${pointsMin} and 1: run \`capacity max\` with these settings`
  );
}

function basisOf({ newest, valid, scaled }: Candidate): Basis | string {
  const cpuSPerGB = averageOf(valid, ({ measured }) => measured.cpuSPerGB);
  const rssMaxMB = highestOf(valid, ({ measured }) => measured.rssMaxMB);
  const postPerGB = averageOf(valid, ({ measured }) => measured.postPerGB);
  if (cpuSPerGB === null || rssMaxMB === null || postPerGB === null) {
    return (
      `of the points with ${describeSettings(newest)} on ${newest.s3} none tells CPU time, memory and POSTs of the streamer: ` +
      'its process could not be watched (that needs /proc or `ps`). Run `capacity max` where it can'
    );
  }
  return {
    points: valid,
    newest,
    scaled,
    instancesMeasuredMax: Math.max(...scaled.map(({ instances }) => instances)),
    cpuSPerGB,
    rssMaxMB,
    postPerGB,
    redisCommandsPerGB: averageOf(valid, ({ measured }) => measured.redisCommandsPerGB),
    rawMBPerObject: newest.load.rawMBPerObject,
    lagHighMs: highestSustainedLag(valid),
    scanIntervalMs: scanIntervalOf(newest),
  };
}

/** What each search found to hold every time; for numbers of instances that were not searched, what their backlogs drained with. */
function throughputs(points: readonly CapacityPoint[]): readonly Scaled[] {
  const searches = Map.groupBy(points, ({ experiment, instances }) => `${experiment} ${instances}`);
  const sustained = [...searches.values()].map((search) => ({
    instances: search[0]?.instances ?? 1,
    rawMBps: bracketOf(trialsOf(search)).sustainedRawMBps,
  }));
  const found = sustained.filter(({ rawMBps }) => rawMBps > 0);
  const searched = new Set(found.map(({ instances }) => instances));
  const drained = points.filter(({ instances }) => !searched.has(instances)).flatMap((point) => scaledOf(point) ?? []);
  return [...found, ...drained];
}

function isSameConfiguration(a: CapacityPoint, b: CapacityPoint): boolean {
  return (
    describeSettings(a) === describeSettings(b) &&
    a.agentLatencyMs === b.agentLatencyMs &&
    kindOf(a.s3) === kindOf(b.s3) &&
    Math.abs(a.load.rawMBPerObject / b.load.rawMBPerObject - 1) <= objectSizeSpread &&
    a.machine.cpu === b.machine.cpu &&
    a.machine.cores === b.machine.cores
  );
}

/** Without the version. */
function kindOf(part: string): string {
  return part.split(' ', 1)[0] ?? '';
}

/** Instances and the rate are what a plan varies; all else makes another configuration. */
export function describeSettings({ settings, endpoints, redis }: CapacityPoint): string {
  const keys = Object.keys(settings).toSorted();
  const state = redis === null ? 'local state' : 'state in Redis';
  return [...keys.map((key) => `${key}=${settings[key]}`), `endpoints=${endpoints}`, state].join(' ');
}

function scanIntervalOf({ settings }: CapacityPoint): number {
  const value = settings['processing.scan_interval'];
  return (value === undefined ? null : parseDurationMs(String(value))) ?? scanIntervalMsShipped;
}

function highestSustainedLag(points: readonly CapacityPoint[]): number | null {
  const sustained = points.filter(({ outcome }) => outcome.kind === 'sustainable');
  return highestOf(sustained, ({ outcome }) => outcome.lagHighMs);
}

function highestOf(points: readonly CapacityPoint[], pick: (point: CapacityPoint) => number | null): number | null {
  const values = known(points, pick);
  return values.length === 0 ? null : Math.max(...values);
}

function averageOf(points: readonly CapacityPoint[], pick: (point: CapacityPoint) => number | null): number | null {
  const values = known(points, pick);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function known(points: readonly CapacityPoint[], pick: (point: CapacityPoint) => number | null): readonly number[] {
  return points.map(pick).filter((value) => value !== null);
}
