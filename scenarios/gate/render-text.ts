/** The gate's verdict on a terminal. */
import { layoutColumns, wrapText } from '#reports';
import type { GateResult } from './gate.ts';
import type { MetricState } from './judge.ts';
import { changeOf, circumstancesOf, figureOf, headlineOf, intervalOf, remarkOf } from './words.ts';

const WIDTH = 120;

const STATE_WORDS: Readonly<Record<MetricState, string>> = {
  pass: '✓',
  regressed: '✗ worse',
  improved: '✓ better',
  inconclusive: '? cannot tell',
  unknown: '- not judged',
};

export function renderGateText(result: GateResult): string {
  const rows = result.metrics.map((metric) => [
    `  ${STATE_WORDS[metric.verdict]}`,
    metric.title,
    figureOf(metric, metric.base),
    figureOf(metric, metric.head),
    changeOf(metric),
    intervalOf(metric),
    remarkOf(metric),
  ]);
  const head = ['', '', 'base', 'head', 'change', '95% interval', ''];
  return [
    ...wrapText(circumstancesOf(result), WIDTH),
    '',
    ...(rows.length === 0 ? [] : [...layoutColumns([head, ...rows], WIDTH).flat(), '']),
    ...result.reasons,
    `Replay: ${result.replay}`,
    headlineOf(result),
    '',
  ].join('\n');
}
