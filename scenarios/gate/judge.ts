/**
 * From pairs of runs to a verdict. Pure: the same pairs and looks give the same verdict, whether they were just measured or are drawn from a file.
 *
 * Two claims are possible of each metric, and each has an error of 5 % over all looks:
 * - it changed: the signed-rank test refuses "alike", among all metrics by Holm, and the estimate is at least the smallest effect that counts;
 * - it did not get worse by as much as that: the interval of the same test ends below it. All metrics must pass, so no correction among them is due.
 * What is neither is undecided, and more pairs are run, or, at the end, inconclusive. A decision stands at later looks.
 */
import { median, probit } from 'simple-statistics';
import { asPercent, METRICS, type Figures, type Metric, type MetricName, worsening } from './metrics.ts';
import { holm } from './statistics/holm.ts';
import { lookShare } from './statistics/looks.ts';
import { hodgesLehmann, signedRankInterval, signedRankP } from './statistics/signed-rank.ts';

/** Of the whole verdict, and of the claim that a metric passes. */
const ERROR = 0.05;
/** Where the smallest effect is told that would have been seen, it would have been seen this often. */
const POWER = 0.9;

export interface JudgedPair {
  readonly base: Figures;
  readonly head: Figures;
}

export interface JudgeOptions {
  /** Numbers of pairs at which was looked, the present look last. */
  readonly looks: readonly number[];
  readonly pairsMax: number;
  /** No look will follow: the time is over, or all pairs are there. */
  readonly isLast: boolean;
  /** Smallest effect that counts, as the logarithm of a change for the worse. */
  readonly effectMin: Readonly<Record<MetricName, number>>;
}

export type MetricState = 'pass' | 'regressed' | 'improved' | 'inconclusive' | 'unknown';

export interface MetricVerdict {
  readonly name: MetricName;
  readonly title: string;
  readonly unit: string;
  readonly verdict: MetricState;
  /** Pairs in which both sides have a figure. */
  readonly pairs: number;
  /** Medians. */
  readonly base: number | null;
  readonly head: number | null;
  /** Above 0 is worse. */
  readonly worsePercent: number | null;
  /** 95 %, of this metric alone and at this look alone. */
  readonly intervalPercent: readonly [number, number] | null;
  readonly effectMinPercent: number;
  /** The smallest change for the worse that these pairs would have shown nine times in ten; null where no change could have been seen. */
  readonly detectablePercent: number | null;
  readonly note: string | null;
}

export interface Judgement {
  readonly verdict: 'pass' | 'regressed' | 'improved' | 'inconclusive';
  /** More pairs cannot change it, or there will be none. */
  readonly isClear: boolean;
  readonly metrics: readonly MetricVerdict[];
}

type Decision = 'pass' | 'regressed' | 'improved';

interface Sample {
  readonly metric: Metric;
  /** Null where one side has no figure. */
  readonly differences: readonly (number | null)[];
}

export function judgePairs(pairs: readonly JudgedPair[], options: JudgeOptions): Judgement {
  const samples = METRICS.map((metric) => ({
    metric,
    differences: pairs.map(({ base, head }) => worsening(metric, base[metric.name], head[metric.name])),
  }));
  const compared = samples.filter(({ differences }) => differences.some((difference) => difference !== null));
  const decisions = decide(compared, options);
  const metrics = samples.map((sample) => describe(sample, pairs, decisions.get(sample.metric.name), options));
  return { ...overall(metrics, options.isLast), metrics };
}

/** Look after look, as they took place. */
function decide(samples: readonly Sample[], options: JudgeOptions): ReadonlyMap<MetricName, Decision> {
  const { looks, pairsMax, isLast, effectMin } = options;
  const decisions = new Map<MetricName, Decision>();
  for (const [at, pairs] of looks.entries()) {
    const error =
      ERROR *
      lookShare({ pairs, pairsBefore: looks[at - 1] ?? 0, pairsMax, isLast: isLast && at === looks.length - 1 });
    // What was found changed at an earlier look leaves its share of the error to the others; what passed keeps it.
    const tested = samples.filter(({ metric }) => !isChange(decisions.get(metric.name)));
    const differences = tested.map((sample) => differencesOf(sample, pairs));
    const changed = holm(differences.map(signedRankP), error);
    for (const [index, { metric }] of tested.entries()) {
      const found = differences[index] ?? [];
      if (decisions.has(metric.name) || found.length === 0) continue;
      const decision = decideOne(found, changed[index] === true, error, effectMin[metric.name]);
      if (decision !== null) decisions.set(metric.name, decision);
    }
  }
  return decisions;
}

function decideOne(
  differences: readonly number[],
  isChanged: boolean,
  error: number,
  effectMin: number,
): Decision | null {
  const estimate = hodgesLehmann(differences);
  if (isChanged && estimate >= effectMin) return 'regressed';
  if (isChanged && estimate <= -effectMin) return 'improved';
  return signedRankInterval(differences, 2 * error).high < effectMin ? 'pass' : null;
}

function isChange(decision: Decision | undefined): boolean {
  return decision === 'regressed' || decision === 'improved';
}

function differencesOf({ differences }: Sample, pairs = differences.length): number[] {
  return differences.slice(0, pairs).filter((difference) => difference !== null);
}

function describe(
  sample: Sample,
  pairs: readonly JudgedPair[],
  decision: Decision | undefined,
  { effectMin }: JudgeOptions,
): MetricVerdict {
  const { metric } = sample;
  const differences = differencesOf(sample);
  const base = medianOf(pairs.map((pair) => pair.base[metric.name]));
  const head = medianOf(pairs.map((pair) => pair.head[metric.name]));
  const toPercent = (logarithm: number): number => asPercent(metric, logarithm);
  const isCompared = differences.length > 0;
  const interval = signedRankInterval(differences, ERROR);
  const detectable = detectableEffect(differences, effectMin[metric.name]);
  return {
    name: metric.name,
    title: metric.title,
    unit: metric.unit,
    verdict: decision ?? (base === null && head !== null ? 'unknown' : 'inconclusive'),
    pairs: differences.length,
    base,
    head,
    worsePercent: isCompared ? toPercent(hodgesLehmann(differences)) : null,
    intervalPercent: Number.isFinite(interval.low) ? [toPercent(interval.low), toPercent(interval.high)] : null,
    effectMinPercent: toPercent(effectMin[metric.name]),
    detectablePercent: detectable === null ? null : toPercent(detectable),
    note: isCompared ? null : whyNotCompared(base, head),
  };
}

function whyNotCompared(base: number | null, head: number | null): string {
  if (base === null && head === null)
    return 'measured in no run: too few objects, or the generator could not keep its schedule';
  return base === null ? 'base does not measure it, so it is not judged' : 'head does not measure it any more';
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

/** From the width of the interval, as if the differences were normal: a plain statement of how much noise there was. */
function detectableEffect(differences: readonly number[], effectMin: number): number | null {
  const { low, high } = signedRankInterval(differences, ERROR);
  // Below that, no change however large would pass Holm's first step.
  const smallestP = 2 ** (1 - differences.length);
  if (!Number.isFinite(low) || smallestP > ERROR / METRICS.length) return null;
  const deviation = (high - low) / 2 / probit(1 - ERROR / 2);
  const needed = probit(1 - ERROR / METRICS.length / 2) + probit(POWER);
  return Math.max(effectMin, deviation * needed);
}

function overall(metrics: readonly MetricVerdict[], isLast: boolean): Pick<Judgement, 'verdict' | 'isClear'> {
  const has = (state: MetricState): boolean => metrics.some(({ verdict }) => verdict === state);
  if (has('regressed')) return { verdict: 'regressed', isClear: true };
  if (has('inconclusive') || metrics.every(({ verdict }) => verdict === 'unknown'))
    return { verdict: 'inconclusive', isClear: isLast };
  return { verdict: has('improved') ? 'improved' : 'pass', isClear: true };
}
