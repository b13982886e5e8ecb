/** The gate's verdict as a pull-request comment: the first line is the verdict, the table is the evidence. */
import { code, escapeText, folded, formatNumber, table } from '#reports';
import type { GateResult } from './gate.ts';
import type { MetricState } from './judge.ts';
import { changeOf, circumstancesOf, figureOf, headlineOf, intervalOf, remarkOf } from './words.ts';

const VERDICT_MARKS: Readonly<Record<GateResult['verdict'], string>> = {
  pass: '✅',
  regressed: '❌',
  improved: '🚀',
  inconclusive: '⚠️',
};

const STATE_MARKS: Readonly<Record<MetricState, string>> = {
  pass: '✅',
  regressed: '❌ worse',
  improved: '🚀 better',
  inconclusive: '⚠️ cannot tell',
  unknown: '– not judged',
};

const REASON_CHARS_MAX = 4000;

export function renderGateMarkdown(result: GateResult): string {
  const { verdict, reasons, replay, metrics } = result;
  const details = reasons.join('\n').slice(0, REASON_CHARS_MAX);
  return [
    `## ${VERDICT_MARKS[verdict]} ${escapeText(headlineOf(result))}`,
    ...(metrics.length === 0 ? [] : [metricTable(result)]),
    ...(details === '' ? [] : [folded('Details', `\`\`\`\n${details.replaceAll('```', "'''")}\n\`\`\``)]),
    `Replay: ${code(replay)}`,
    `<sub>${escapeText(circumstancesOf(result))}</sub>`,
    '',
  ].join('\n\n');
}

function metricTable({ metrics }: GateResult): string {
  const rows = metrics.map((metric) => [
    STATE_MARKS[metric.verdict],
    metric.title,
    figureOf(metric, metric.base),
    figureOf(metric, metric.head),
    changeOf(metric),
    intervalOf(metric),
    `${formatNumber(Number(metric.effectMinPercent.toPrecision(3)))}%`,
    remarkOf(metric),
  ]);
  return table(['', 'metric', 'base', 'head', 'change', '95% interval', 'counts from', ''], rows);
}
