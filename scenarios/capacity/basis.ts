/** What a plan stands on: the measured points of one configuration. */
import type { CapacityPoint } from '#reports';
import { type Scaled, scaledOf } from './scalability.ts';
import { bracketOf } from './search.ts';
import { trialsOf } from './trials.ts';

/** A plan from fewer points would be a guess. */
const pointsMin = 6;

export interface Basis {
  /** Of one configuration, the valid ones: what averages are of. */
  readonly points: readonly CapacityPoint[];
  readonly newest: CapacityPoint;
  /** What so many instances did at their limit. */
  readonly scaled: readonly Scaled[];
  readonly instancesMeasuredMax: number;
  readonly cpuSPerGB: number;
  readonly rssMaxMB: number;
  readonly postPerGB: number;
  /** Null when no point was measured with Redis. */
  readonly redisCommandsPerGB: number | null;
  readonly rawMBPerObject: number;
  /** The highest at a sustained rate; null when only drains were measured. */
  readonly lagHighMs: number | null;
}

/** That of the newest point. A text says what is missing, and how to get it. */
export function chooseBasis(points: readonly CapacityPoint[]): Basis | string {
  const valid = points.filter(({ outcome, measured }) => outcome.kind !== 'invalid' && measured.rawMBps !== null);
  const newest = valid.toSorted((a, b) => a.at.localeCompare(b.at)).at(-1);
  if (newest === undefined) return `no valid point is measured, a plan needs ${pointsMin}: run \`capacity max\` first`;
  const alike = valid.filter((point) => isSameConfiguration(point, newest));
  // The invalid ones, too: a rate that could not be offered each time did not hold each time.
  const scaled = throughputs(points.filter((point) => isSameConfiguration(point, newest)));
  if (alike.length < pointsMin || scaled.length === 0) {
    return (
      `${alike.length} valid points are measured with ${describeSettings(newest)}, ${scaled.length} of them at a limit; ` +
      `a plan needs ${pointsMin} and 1: run \`capacity max\` with these settings`
    );
  }
  return {
    points: alike,
    newest,
    scaled,
    instancesMeasuredMax: Math.max(...scaled.map(({ instances }) => instances)),
    cpuSPerGB: averageOf(alike, ({ measured }) => measured.cpuSPerGB) ?? 0,
    rssMaxMB: Math.max(...known(alike, ({ measured }) => measured.rssMaxMB)),
    postPerGB: averageOf(alike, ({ measured }) => measured.postPerGB) ?? 0,
    redisCommandsPerGB: averageOf(alike, ({ measured }) => measured.redisCommandsPerGB),
    rawMBPerObject: newest.load.rawMBPerObject,
    lagHighMs: highestSustainedLag(alike),
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
    a.machine.cpu === b.machine.cpu &&
    a.machine.cores === b.machine.cores
  );
}

/** Instances and the rate are what a plan varies; all else makes another configuration. */
export function describeSettings({ settings, endpoints, redis }: CapacityPoint): string {
  const keys = Object.keys(settings).toSorted();
  const state = redis === null ? 'local state' : 'state in Redis';
  return [...keys.map((key) => `${key}=${settings[key]}`), `endpoints=${endpoints}`, state].join(' ');
}

function highestSustainedLag(points: readonly CapacityPoint[]): number | null {
  const sustained = points.filter(({ outcome }) => outcome.kind === 'sustainable');
  const lagsMs = known(sustained, ({ outcome }) => outcome.lagHighMs);
  return lagsMs.length === 0 ? null : Math.max(...lagsMs);
}

function averageOf(points: readonly CapacityPoint[], pick: (point: CapacityPoint) => number | null): number | null {
  const values = known(points, pick);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function known(points: readonly CapacityPoint[], pick: (point: CapacityPoint) => number | null): readonly number[] {
  return points.map(pick).filter((value) => value !== null);
}
