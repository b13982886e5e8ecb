/** The gate's verdict as a page: the table of the comment, and every pair as two dots, so that a reader sees the noise and not only its interval. */
import { formatAmount, formatNumber, renderDocumentHtml, type ReportDocument } from '#reports';
import type { GateResult } from './gate.ts';
import type { MetricState } from './judge.ts';
import { METRICS } from './metrics.ts';
import type { Pair } from './pair.ts';
import { changeOf, figureOf, headlineOf, intervalOf, remarkOf } from './words.ts';

const STATES: Readonly<Record<MetricState, string>> = {
  pass: 'not worse',
  regressed: 'worse',
  improved: 'better',
  inconclusive: 'cannot tell',
  unknown: 'not judged',
};

type Charts = ReportDocument['charts'];

/** `pairs`: those that were judged, in their order. */
export function renderGateHtml(result: GateResult, pairs: readonly Pair[]): string {
  const { base, head, machine, s3 } = result;
  return renderDocumentHtml({
    title: result.isAa ? 'Gate: base against itself' : 'Gate: base beside head',
    answer: headlineOf(result),
    warnings: result.reasons,
    tables: [
      {
        title: 'What was compared',
        columns: ['metric', 'verdict', 'base', 'head', 'change', '95% interval', 'counts from', ''],
        rows: result.metrics.map((metric) => [
          metric.title,
          STATES[metric.verdict],
          figureOf(metric, metric.base),
          figureOf(metric, metric.head),
          changeOf(metric),
          intervalOf(metric),
          `${formatNumber(Number(metric.effectMinPercent.toPrecision(3)))}%`,
          remarkOf(metric),
        ]),
      },
      {
        title: 'How',
        columns: ['', ''],
        rows: [
          ['base', `${base.ref} (${base.commit}), dependencies ${base.dependencies}`],
          ['head', head.commit ?? 'unknown'],
          ['pairs', `${result.pairs}, interleaved, a fresh process each; looked at after ${result.looks.join(', ')}`],
          ['time', `${formatAmount(Math.round(result.durationS), 's')} of ${formatAmount(result.budgetS, 's')}`],
          ['machine', `${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, ${machine.os}`],
          ['S3', `${s3.kind} ${s3.version}`],
        ],
      },
    ],
    charts: chartsOf(pairs),
    listings: [],
    replay: result.replay,
  });
}

function chartsOf(pairs: readonly Pair[]): Charts {
  return METRICS.map(({ name, title, unit }) => ({
    title,
    xUnit: 'pair',
    yUnit: unit,
    series: (['base', 'head'] as const).map((side) => ({
      name: side,
      kind: 'dots' as const,
      points: pairs.flatMap((pair, index) => {
        const y = pair[side].figures[name];
        return y === null ? [] : [{ x: index + 1, y }];
      }),
    })),
  })).filter(({ series }) => series.some(({ points }) => points.length > 0));
}
