/** The gate's error rates as the table of docs/verification.md. */
import { formatChange, formatNumber, table } from '#reports';
import { METRICS } from '../metrics.ts';
import type { Power, Rate } from './estimate.ts';
import { SLOW_DOWN_WORDS, SLOW_DOWNS } from './slow-down.ts';

export function renderPower(powers: readonly Power[]): string {
  const rates = powers.map(({ kind, storedPairs, verdicts, pairsUsed }) => [
    nameOf(kind),
    String(storedPairs),
    rate(verdicts.regressed),
    rate(verdicts.improved),
    rate(verdicts.pass),
    rate(verdicts.inconclusive),
    formatNumber(Math.round(pairsUsed)),
  ]);
  const effects = powers.map(({ kind, worsePercent }) => [
    nameOf(kind),
    ...METRICS.map(({ name }) => formatChange(round(worsePercent[name]))),
  ]);
  return [
    table(['slow-down', 'stored pairs', 'regressed', 'improved', 'passed', 'inconclusive', 'pairs used'], rates),
    'What each slow-down was measured to cost (above 0 is worse):',
    table(['slow-down', ...METRICS.map(({ title }) => title)], effects),
    '',
  ].join('\n\n');
}

function nameOf(kind: string): string {
  const known = SLOW_DOWNS.find((slowDown) => slowDown === kind);
  return known === undefined ? kind : SLOW_DOWN_WORDS[known];
}

function rate({ rate: share, low, high }: Rate): string {
  return `${percent(share)} (${percent(low)} to ${percent(high)})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
