/** The report on a sweep over levers. */
import { formatAmount, formatNumber, formatShare } from '../format.ts';
import type { ReportDocument } from './document.ts';
import type { LeverEffect, SweepResult } from './model.ts';

export function describeSweep(result: SweepResult): ReportDocument {
  return {
    title: 'Which lever helps',
    answer: answerOf(result),
    warnings: warningsOf(result),
    tables: [
      {
        title: 'Main effect of each lever',
        columns: ['lever', 'value', 'MB/s raw, median', 'over its first value', 'compared by', 'measurements'],
        rows: result.effects.flatMap(rowsOf),
      },
      {
        title: 'Configurations, fastest first',
        columns: ['configuration', 'MB/s raw, lowest to highest'],
        rows: result.configurations
          .filter(({ rawMBps }) => rawMBps.length > 0)
          .toSorted((a, b) => Math.max(...b.rawMBps) - Math.max(...a.rawMBps))
          .map(({ name, rawMBps }) => [
            name,
            `${formatNumber(Math.min(...rawMBps))} to ${formatNumber(Math.max(...rawMBps))}`,
          ]),
      },
    ],
    charts: result.effects.map(({ key, levels }) => ({
      title: key,
      xUnit: levels.map(({ value }, index) => `${index + 1}: ${value}`).join(', '),
      yUnit: 'times the throughput of the first value',
      series: [
        {
          name: key,
          kind: 'dots',
          points: levels.flatMap(({ overStart }, index) =>
            overStart === null ? [] : [{ x: index + 1, y: overStart }],
          ),
        },
      ],
    })),
    listings:
      result.recommended === null
        ? []
        : [{ title: 'Recommended configuration', text: yamlOf(result.recommended.settings) }],
    replay: result.replay,
  };
}

function answerOf({ effects, recommended }: SweepResult): string {
  if (recommended === null) return 'Nothing was measured that counts.';
  const strongest = effects
    .flatMap(({ key, levels }) => levels.map((level) => ({ key, ...level })))
    .filter(({ overStart }) => overStart !== null)
    .toSorted((a, b) => Math.abs(Math.log(b.overStart ?? 1)) - Math.abs(Math.log(a.overStart ?? 1)))[0];
  const effect = Math.abs((strongest?.overStart ?? 1) - 1);
  if (strongest === undefined || effect <= recommended.noise) {
    return `No lever did more than the noise between repetitions, ${formatShare(recommended.noise)}: keep the first values.`;
  }
  return `${strongest.key} matters most: ${strongest.value} gives ${formatNumber(strongest.overStart)} times the throughput of its first value. The recommended configuration drains ${formatNumber(recommended.rawMBps)} MB/s raw.`;
}

function warningsOf({
  effects,
  stepsPlanned,
  stepsMeasured,
  stepsInvalid,
  recommended,
}: SweepResult): readonly string[] {
  const warnings: string[] = [];
  if (stepsMeasured < stepsPlanned) {
    warnings.push(
      `${stepsMeasured} of ${stepsPlanned} steps fitted into the budget: run the same command with --resume to go on.`,
    );
  }
  if (stepsInvalid > 0)
    warnings.push(`${stepsInvalid} steps prove nothing and were left out: the sink was saturated, or lines were lost.`);
  const grouped = effects.filter(({ levels }) => levels.some(({ comparison }) => comparison === 'groups'));
  if (grouped.length > 0) {
    warnings.push(
      `Of ${grouped.map(({ key }) => key).join(', ')} some values were never measured beside a configuration that differs in that lever alone: there groups are compared in which other levers moved as well, which is rough. --design one-at-a-time or grid tells more.`,
    );
  }
  if (recommended !== null && recommended.alike > 1) {
    warnings.push(
      `${recommended.alike} configurations cannot be told from the fastest (${formatNumber(recommended.bestRawMBps)} MB/s) within the noise of ${formatShare(recommended.noise)}: the one that asks for least is recommended.`,
    );
  }
  warnings.push(
    'The figure is how fast a backlog drains; `capacity max` finds what the recommended configuration sustains.',
  );
  return warnings;
}

function rowsOf({ key, levels }: LeverEffect): string[][] {
  return levels.map(({ value, rawMBps, overStart, comparison, measurements }) => [
    key,
    value,
    formatAmount(rawMBps, 'MB/s'),
    overStart === null ? formatNumber(null) : `${formatNumber(overStart)}x`,
    comparison ?? '',
    String(measurements),
  ]);
}

/** Dotted keys as nested YAML. Values are scalars of the command line, where quotes are needed for none but texts with special characters. */
function yamlOf(settings: Readonly<Record<string, string | number | boolean>>): string {
  const sections = new Map<string, string[]>();
  for (const [key, value] of Object.entries(settings)) {
    const [section = key, ...rest] = key.split('.');
    const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
    if (rest.length === 0) sections.set(`# ${section}: ${text}`, []);
    else sections.set(section, [...(sections.get(section) ?? []), `  ${rest.join('.')}: ${text}`]);
  }
  return [...sections]
    .map(([section, lines]) => (lines.length === 0 ? section : [`${section}:`, ...lines].join('\n')))
    .join('\n');
}
