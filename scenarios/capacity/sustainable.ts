/**
 * Whether a streamer keeps up with an offered rate. The criterion follows Karimov et al. ("Benchmarking Distributed Stream Data Processing
 * Systems", ICDE 2018) and Theodolite: after warm-up the backlog does not grow, lag has no trend, and nothing is lost.
 */
import type { Check, Result } from '#reports';
import { fitLine, slopeUpperBound } from './line-fit.ts';

const sustainableLimits = {
  /** Growth of the backlog over the offered rate. */
  backlogGrowthShare: 0.01,
  /** Seconds of lag gained per second, upper end of the 90 % interval. */
  lagSlopeSPerS: 0.01,
} as const;

export interface SustainabilityOptions {
  /** Lag p99 above this is not sustained, however steady it is. */
  readonly sloLagMs: number;
  /** Seconds of the schedule's start that are not judged. */
  readonly warmupS: number;
  /** Length of the schedule: what comes after it is drain. */
  readonly scheduleS: number;
}

export interface Sustainability {
  readonly kind: 'sustainable' | 'unsustainable' | 'invalid';
  /** Why it is not sustainable; empty when it is. */
  readonly reasons: readonly string[];
  /** Growth of the backlog (offered minus acknowledged raw bytes) over the offered rate; null when too few seconds were judged. */
  readonly backlogGrowthShare: number | null;
  readonly lagSlopeUpperSPerS: number | null;
  /** p99 where there are enough objects for it, else the longest. */
  readonly lagHighMs: number | null;
}

/** Fewer seconds than this say nothing about a trend. */
const judgedSecondsMin = 5;
const slopeConfidence = 0.9;

export function judgeSustainability(result: Result, options: SustainabilityOptions): Sustainability {
  const seconds = result.timeline.filter(({ tS }) => tS >= options.warmupS && tS + 1 <= options.scheduleS);
  const backlogGrowthShare = backlogGrowth(result, options);
  const lags = seconds.flatMap(({ tS, lagAvgMs }) => (lagAvgMs === null ? [] : [{ x: tS, y: lagAvgMs / 1000 }]));
  const lagLine = lags.length < judgedSecondsMin ? null : fitLine(lags);
  const lagSlopeUpperSPerS = lagLine === null ? null : slopeUpperBound(lagLine, slopeConfidence);
  const lagHighMs = result.latencyMs.lag.p99 ?? result.latencyMs.lag.max;
  const figures = { backlogGrowthShare, lagSlopeUpperSPerS, lagHighMs };
  const invalid = result.checks.filter(({ kind, ok }) => kind === 'validity' && !ok);
  const damage = damageChecks(result);
  if (damage.length > 0) {
    // Altered, invented or repeated lines are no matter of capacity: a plan must not be built on such a run.
    return { kind: 'invalid', reasons: damage.map(({ name, actual }) => `${name}: ${actual}`), ...figures };
  }
  const reasons = whyUnsustainable(result, figures, options);
  if (invalid.length > 0) {
    return {
      kind: 'invalid',
      reasons: invalid.map(({ name, actual, limit }) => `${name}: ${actual ?? 'not measured'} (limit ${limit})`),
      ...figures,
    };
  }
  return { kind: reasons.length === 0 ? 'sustainable' : 'unsustainable', reasons, ...figures };
}

/** Of lines that were altered, invented or repeated. Those that are not settled yet are none: a step far over the edge ends so. */
export function damageChecks({ checks }: Pick<Result, 'checks'>): readonly Check[] {
  return checks.filter(({ kind, ok, path }) => kind === 'integrity' && !ok && path !== 'delivery.lostLines');
}

function whyUnsustainable(
  { delivery }: Result,
  figures: Pick<Sustainability, 'backlogGrowthShare' | 'lagSlopeUpperSPerS' | 'lagHighMs'>,
  { sloLagMs }: SustainabilityOptions,
): readonly string[] {
  const { backlogGrowthShare, lagSlopeUpperSPerS, lagHighMs } = figures;
  const reasons: string[] = [];
  if (backlogGrowthShare === null || backlogGrowthShare >= sustainableLimits.backlogGrowthShare) {
    reasons.push(
      backlogGrowthShare === null
        ? 'too few seconds to judge the backlog'
        : `the backlog grows by ${percent(backlogGrowthShare)} of the offered rate (limit ${percent(sustainableLimits.backlogGrowthShare)})`,
    );
  }
  if (lagSlopeUpperSPerS === null || lagSlopeUpperSPerS > sustainableLimits.lagSlopeSPerS) {
    reasons.push(
      lagSlopeUpperSPerS === null
        ? 'too few seconds with a completed object to judge the trend of lag'
        : `lag may rise by ${lagSlopeUpperSPerS.toFixed(3)} s/s (limit ${sustainableLimits.lagSlopeSPerS})`,
    );
  }
  if (lagHighMs === null || lagHighMs > sloLagMs) {
    reasons.push(
      lagHighMs === null ? 'no lag was measured' : `lag of ${(lagHighMs / 1000).toFixed(1)} s is over the SLO`,
    );
  }
  if (delivery.lostLines === null || delivery.lostLines > 0) {
    reasons.push(`${delivery.lostLines ?? 'an unknown number of'} lines were not settled when the run was judged`);
  }
  return reasons;
}

/**
 * Slope of the backlog (bytes offered minus bytes acknowledged) over the average offered rate. Objects come whole, so growth by less than one
 * object over all judged seconds is the grain of the load, not growth.
 */
function backlogGrowth({ timeline, load }: Result, { warmupS, scheduleS }: SustainabilityOptions): number | null {
  let backlogBytes = 0;
  let offeredBytes = 0;
  const points: { readonly x: number; readonly y: number }[] = [];
  for (const second of timeline) {
    if (second.tS + 1 > scheduleS) break;
    backlogBytes += second.offeredRawBytes - second.rawBytes;
    if (second.tS < warmupS) continue;
    offeredBytes += second.offeredRawBytes;
    points.push({ x: second.tS + 1, y: backlogBytes });
  }
  if (points.length < judgedSecondsMin || offeredBytes === 0) return null;
  const grainBytes = load.files === 0 ? 0 : load.rawBytes / load.files;
  const grownBytes = Math.max(0, fitLine(points).slope * points.length - grainBytes);
  return grownBytes / offeredBytes;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
