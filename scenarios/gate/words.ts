/** The gate's verdict in words, the same in a comment and on a terminal. */
import { formatAmount, formatChange, formatNumber, formatSeconds } from '#reports';
import type { GateResult } from './gate.ts';
import type { MetricState, MetricVerdict } from './judge.ts';
import { METRICS } from './metrics.ts';

/** More in one line would not be read. */
const NAMED_MAX = 3;

const TITLES: Readonly<Record<GateResult['verdict'], string>> = {
  pass: 'Passed: nothing got worse',
  regressed: 'Regressed',
  improved: 'Improved',
  inconclusive: 'Inconclusive',
};

/** One line that says it all. */
export function headlineOf(result: GateResult): string {
  const { verdict, metrics, reasons } = result;
  const title = result.isAa ? `${TITLES[verdict]} (base against itself)` : TITLES[verdict];
  const changed = metrics.filter((metric) => metric.verdict === verdict && isChange(metric.verdict));
  const reason = reasons[0]?.split('\n')[0];
  // Head that fails is worse than head that is slower.
  if (verdict === 'regressed' && reason !== undefined) return `${title}: ${reason}`;
  if (changed.length > 0) return `${title}: ${changed.map(describeChange).join(', ')}`;
  if (reason !== undefined) return `${title}: ${reason}`;
  const open = metrics.filter((metric) => metric.verdict === 'inconclusive');
  if (verdict === 'inconclusive' && open.length > 0) return `${title}: ${describeOpen(open, metrics.length)}`;
  return title;
}

function describeOpen(open: readonly MetricVerdict[], count: number): string {
  const what = open.length > NAMED_MAX ? `${open.length} of ${count} metrics` : open.map(nameInText).join(', ');
  return `too much noise, or too few pairs, to tell ${what}`;
}

/** Within a sentence: `CPU per GB`, but `throughput`. */
function nameInText({ title }: MetricVerdict): string {
  return /^[A-Z][a-z]/.test(title) ? `${title.charAt(0).toLowerCase()}${title.slice(1)}` : title;
}

function isChange(state: MetricState): boolean {
  return state === 'regressed' || state === 'improved';
}

function describeChange(metric: MetricVerdict): string {
  return `${nameInText(metric)} ${changeOf(metric)}`;
}

/** Of the figure itself: throughput that fell is -10%, memory that grew is +10%. */
export function changeOf(metric: MetricVerdict): string {
  return formatChange(metric.worsePercent === null ? null : signed(metric, metric.worsePercent));
}

export function intervalOf(metric: MetricVerdict): string {
  if (metric.intervalPercent === null) return '';
  const [low, high] = metric.intervalPercent.map((bound) => signed(metric, bound)).toSorted((a, b) => a - b);
  return `${formatChange(low ?? null)} to ${formatChange(high ?? null)}`;
}

export function figureOf(metric: MetricVerdict, value: number | null): string {
  return formatAmount(value === null ? null : Number(value.toPrecision(3)), metric.unit);
}

/** What a reader must know of a metric that was not simply passed. */
export function remarkOf(metric: MetricVerdict): string {
  if (metric.note !== null) return metric.note;
  if (metric.verdict !== 'inconclusive') return '';
  return metric.detectablePercent === null
    ? 'too few pairs to see any change'
    : `would have shown a change of ${formatNumber(metric.detectablePercent)}%`;
}

/** How the verdict came about. */
export function circumstancesOf(result: GateResult): string {
  const { base, head, pairs, durationS, budgetS, machine, s3 } = result;
  const parts = [
    `base ${base.ref} (${base.commit})`,
    `head ${head.commit ?? 'unknown'}`,
    `${formatAmount(pairs, pairs === 1 ? 'pair' : 'pairs')} in ${formatSeconds(durationS)} of ${formatSeconds(budgetS)}`,
    `${machine.cores} cores of ${machine.cpu}`,
    `Node ${machine.node}`,
    `S3 ${s3.kind} ${s3.version}`,
    `seed ${result.seed}`,
  ];
  return parts.join(' · ');
}

function signed({ name }: MetricVerdict, worsePercent: number): number {
  const isHigherBetter = METRICS.some((metric) => metric.name === name && metric.better === 'higher');
  return isHigherBetter ? -worsePercent : worsePercent;
}
