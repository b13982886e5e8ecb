/** What a simulated fleet did: its result, made from what was recorded. Names carry units; null says that there was nothing to measure. */
import type { FleetPlan } from './plan.ts';
import type { Counters, Second } from './recorder.ts';
import type { FleetRates, FleetUse } from './totals.ts';

export interface FleetInterval {
  readonly fromS: number;
  readonly offeredObjects: number;
  readonly completedObjects: number;
  readonly rawMBps: number;
  readonly lagP50Ms: number | null;
  readonly lagP99Ms: number | null;
  readonly lagMaxMs: number | null;
  /** Eligible and not delivered, at the end. */
  readonly backlogObjects: number;
  readonly redisCommandsPerS: number;
  readonly claimsPerS: number;
  readonly throttledGets: number;
}

export interface FleetRun {
  /** Less than was asked for when it was stopped. */
  readonly simulatedS: number;
  readonly steps: number;
  readonly offeredObjects: number;
  readonly completedObjects: number;
  /** Completed by two. */
  readonly repeatedObjects: number;
  /** From the start to the last settled line. */
  readonly settledS: number;
  readonly rawMBps: number;
  /** Of the objects completed in each second. */
  readonly lagsMsEachS: readonly (readonly number[])[];
  readonly intervals: readonly FleetInterval[];
  /** Eligible and not delivered, at the end of each second. */
  readonly backlogEachS: readonly number[];
  /** From `steadyFromS` on. */
  readonly uses: readonly FleetUse[];
  readonly rates: FleetRates;
  /** Averages over all objects, as the waterfall of a measured run has them. */
  readonly waterfallMs: { readonly readAndInflate: number; readonly acknowledgement: number };
  readonly gets: number;
  readonly throttledGets: number;
  /** Readings and claims that failed or were lost. */
  readonly retriedObjects: number;
  readonly lostClaims: number;
  /** Of each instance: the most bytes that its own accounts held at one moment. */
  readonly inFlightMBMax: readonly number[];
  readonly memoryLimitMB: number;
  /** As configured: how far back sweeps look, and how often one begins. */
  readonly lookbackS: number;
  readonly lookbackIntervalS: number;
}

const INTERVAL_S = 5;
const NONE: Counters = { redisCommands: 0, claims: 0, throttledGets: 0 };

/** Interval by interval. */
export function intervalsOf(seconds: readonly Second[]): readonly FleetInterval[] {
  const intervals: FleetInterval[] = [];
  let backlogObjects = 0;
  for (let fromS = 0; fromS < seconds.length; fromS += INTERVAL_S) {
    const part = seconds.slice(fromS, fromS + INTERVAL_S);
    const before = seconds[fromS - 1]?.counters ?? NONE;
    const after = part.at(-1)?.counters ?? before;
    const lagsMs = part.flatMap((second) => second.lagsMs).toSorted((left, right) => left - right);
    backlogObjects += sum(part, ({ eligible, completed }) => eligible - completed);
    intervals.push({
      fromS,
      offeredObjects: sum(part, ({ offered }) => offered),
      completedObjects: lagsMs.length,
      rawMBps: sum(part, ({ rawBytes }) => rawBytes) / 1e6 / part.length,
      lagP50Ms: rank(lagsMs, 0.5),
      lagP99Ms: rank(lagsMs, 0.99),
      lagMaxMs: lagsMs.at(-1) ?? null,
      backlogObjects,
      redisCommandsPerS: (after.redisCommands - before.redisCommands) / part.length,
      claimsPerS: (after.claims - before.claims) / part.length,
      throttledGets: after.throttledGets - before.throttledGets,
    });
  }
  return intervals;
}

/** Eligible and not delivered, at the end of each second. */
export function backlogEachS(seconds: readonly Second[]): readonly number[] {
  let objects = 0;
  return seconds.map(({ eligible, completed }) => (objects += eligible - completed));
}

function sum<T>(values: readonly T[], pick: (value: T) => number): number {
  return values.reduce((total, value) => total + pick(value), 0);
}

function rank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
}

/** So much above the worst before the fault still counts as before it. */
const ALIKE = 1.1;
/** The head scans come and go, and so does the backlog: two of them must look alike. */
const CALM_S = 30;
const BASELINE_S = 60;

/** Seconds from the fault's end until lag and backlog are what they were before it, and stay so; null where they never were. */
export function recoveryS(intervals: readonly FleetInterval[], fault: FleetPlan['fault']): number | null {
  if (fault === null) return null;
  const endS = fault.atS + fault.forS;
  const before = intervals.filter(({ fromS }) => fromS >= fault.atS - BASELINE_S && fromS < fault.atS);
  if (before.length === 0) return null;
  const lagMs = ALIKE * Math.max(...before.map(({ lagP99Ms }) => lagP99Ms ?? 0));
  const objects = ALIKE * Math.max(...before.map(({ backlogObjects }) => backlogObjects));
  const isCalm = ({ lagP99Ms, backlogObjects }: FleetInterval): boolean =>
    (lagP99Ms ?? 0) <= lagMs && backlogObjects <= objects;
  const after = intervals.filter(({ fromS }) => fromS >= endS);
  for (const [index, { fromS }] of after.entries()) {
    const next = after.slice(index).filter((interval) => interval.fromS < fromS + CALM_S);
    const isSeen = (after.at(-1)?.fromS ?? 0) >= fromS + CALM_S - 10;
    if (isSeen && next.every(isCalm)) return fromS - endS;
  }
  return null;
}
