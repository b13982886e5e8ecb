/** The report on a plan. */
import { formatAmount, formatNumber, formatTime } from '../format.ts';
import type { ReportDocument, ReportTable, XyChart } from './document.ts';
import type { PlanResult } from './model.ts';

const factorDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

export function describePlan(plan: PlanResult, replay: string): ReportDocument {
  return {
    title: 'Capacity plan',
    answer: answerOf(plan),
    warnings: plan.warnings,
    tables: [figureTable(plan), breakTable(plan), basisTable(plan)],
    charts: [throughputChart(plan), drainChart(plan)],
    listings: [],
    replay,
  };
}

function figureTable({ figures }: PlanResult): ReportTable {
  return {
    title: 'What it takes',
    columns: ['', 'value', 'from', 'note'],
    rows: figures.map(({ name, value, unit, source, note }) => [
      name,
      formatAmount(rounded(value), unit),
      source,
      note,
    ]),
  };
}

function breakTable({ breaksFirst }: PlanResult): ReportTable {
  return {
    title: 'What gives way first beyond that',
    columns: ['what', 'at', 'note'],
    rows: breaksFirst.map(({ what, atFactor, note }) => [
      what,
      `${factorDigits.format(atFactor)}x the planned rate`,
      note,
    ]),
  };
}

function basisTable({ basis, law }: PlanResult): ReportTable {
  const sizes = `${law.sizes} number${law.sizes === 1 ? '' : 's'} of instances`;
  return {
    title: 'What the plan stands on',
    columns: ['', ''],
    rows: [
      ['measured points', `${basis.points}, from ${formatTime(basis.from)} to ${formatTime(basis.to)}`],
      ['machine', basis.machine],
      ['configuration', basis.settings],
      [
        'scalability law',
        `${formatNumber(law.lambda)} MB/s alone, contention ${formatNumber(law.sigma)}, coherency ${formatNumber(law.kappa)}, from ${sizes}`,
      ],
    ],
  };
}

function throughputChart({ curve }: PlanResult): XyChart {
  const { model, measured } = curve;
  const band = model.flatMap(({ instances, range }) =>
    range === null ? [] : [{ x: instances, y: range.low, yHigh: range.high }],
  );
  return {
    title: 'Throughput by instances',
    xUnit: 'instances',
    yUnit: 'MB/s raw',
    series: [
      ...(band.length === 0 ? [] : [{ name: '90 % band', kind: 'band' as const, points: band }]),
      { name: 'fitted law', kind: 'line', points: model.map(({ instances, middle }) => ({ x: instances, y: middle })) },
      {
        name: 'measured',
        kind: 'dots',
        points: measured.map(({ instances, rawMBps }) => ({ x: instances, y: rawMBps })),
      },
    ],
  };
}

function drainChart({ drain }: PlanResult): XyChart {
  const points = drain.flatMap(({ outageH, drainH }) => (drainH === null ? [] : [{ x: outageH, y: drainH }]));
  return {
    title: 'Catching up after an outage',
    xUnit: 'hours of outage',
    yUnit: 'hours until caught up',
    series: [{ name: 'with the planned instances', kind: 'line', points }],
  };
}

function answerOf(plan: PlanResult): string {
  const needs = `${plan.request}: that is ${formatNumber(plan.averageRawMBps)} MB/s on average and ${formatNumber(plan.requiredRawMBps)} to plan for`;
  return plan.instances === null
    ? `${needs}. No number of instances of this configuration does it.`
    : `${needs}. ${plan.instances} instance${plan.instances === 1 ? '' : 's'} of the measured kind.`;
}

function rounded(value: number | null): number | null {
  return value === null || Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
