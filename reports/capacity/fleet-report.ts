/** The report on a simulated fleet. */
import { formatAmount, formatMs, formatNumber, formatSeconds, formatShare } from '../format.ts';
import type { ReportDocument, ReportTable, XyChart } from './document.ts';
import type { FleetCheck, FleetResult, FleetTimelinePoint } from './fleet-model.ts';

export function describeFleet(fleet: FleetResult): ReportDocument {
  return {
    title: `Simulated fleet of ${formatNumber(fleet.instances)} instances`,
    answer: answerOf(fleet),
    warnings: fleet.warnings,
    tables: [figureTable(fleet), stageTable(fleet), checkTable(fleet), inputTable(fleet)],
    charts: [
      lagChart(fleet),
      lineChart(fleet, 'Throughput', 'MB/s raw', 'delivered', ({ rawMBps }) => rawMBps),
      lineChart(fleet, 'Eligible and not delivered', 'objects', 'backlog', ({ backlogObjects }) => backlogObjects),
      redisChart(fleet),
    ],
    listings: [],
    replay: fleet.replay,
  };
}

function answerOf({ instances, rawTBPerDay, rawMBps, simulatedS, lagMs, limiting, fault }: FleetResult): string {
  const load = `${formatNumber(instances)} instances at ${formatNumber(rawTBPerDay)} TB raw a day: ${formatNumber(rawMBps)} MB/s delivered in ${formatSeconds(simulatedS)}, lag p99 ${formatMs(lagMs.p99)}.`;
  const limit = limiting === null ? '' : ` What limits is ${limiting.stage} (${formatShare(limiting.share)} used).`;
  if (fault === null) return load + limit;
  const recovery =
    fault.recoveredAfterS === null
      ? `it had not recovered ${formatSeconds(simulatedS - fault.toS)} after the end`
      : `recovered ${formatSeconds(fault.recoveredAfterS)} after the end`;
  return `${load}${limit} ${fault.label}: ${recovery}.`;
}

function figureTable(fleet: FleetResult): ReportTable {
  const { objects, redis, s3, memoryMB, fault } = fleet;
  const rows: (readonly string[])[] = [
    ['offered', formatAmount(fleet.offeredRawMBps, 'MB/s raw'), `${formatNumber(objects.offered)} objects`],
    [
      'delivered',
      formatAmount(fleet.rawMBps, 'MB/s raw'),
      `from the first minute on, as all rates here; ${formatNumber(objects.completed)} objects in all`,
    ],
    [
      'lag p50, p99, longest',
      `${formatMs(fleet.lagMs.p50)}, ${formatMs(fleet.lagMs.p99)}, ${formatMs(fleet.lagMs.max)}`,
      `${formatNumber(fleet.lagMs.n)} objects, from the first minute on`,
    ],
    ['backlog at the end', formatAmount(fleet.backlogObjectsAtEnd, 'objects'), 'eligible and not delivered'],
    ['completed twice', formatAmount(objects.completedTwice, 'objects'), 'two instances had read them'],
    ['read again', formatAmount(fleet.retriedObjects, 'times'), 'a reading failed'],
    ['POST', formatAmount(fleet.postsPerS, 'a second'), ''],
    ['GET', formatAmount(s3.getsPerS, 'a second'), `${formatNumber(s3.throttledGets)} were asked to slow down`],
    ['LIST', formatAmount(s3.listsPerS, 'a second'), 'of the one instance that lists'],
    ['Redis commands', formatAmount(redis.commandsPerS, 'a second'), ''],
    ['claims', formatAmount(redis.claimsPerS, 'a second'), `${formatNumber(redis.objectsPerClaim)} objects each`],
    [
      'memory in flight, busiest instance',
      formatAmount(memoryMB.max, 'MB'),
      `median of the instances ${formatNumber(memoryMB.median)} MB; memory.limit is ${formatNumber(memoryMB.limit)} MB`,
    ],
    ['simulated', formatSeconds(fleet.simulatedS), `took ${formatSeconds(fleet.tookS)}; ${fleet.machine}`],
  ];
  if (fault !== null) {
    rows.push(
      [fault.label, `${formatSeconds(fault.fromS)} to ${formatSeconds(fault.toS)}`, ''],
      [
        'recovered after its end',
        fault.recoveredAfterS === null ? 'not seen' : formatSeconds(fault.recoveredAfterS),
        'lag p99 and backlog are what they were before it, for 30 s',
      ],
      ['longest lag since it began', formatMs(fault.lagMaxMs), ''],
      ['largest backlog since it began', formatAmount(fault.backlogObjectsMax, 'objects'), ''],
    );
  }
  return { title: 'What the fleet did', columns: ['', 'value', 'note'], rows };
}

function stageTable({ stages }: FleetResult): ReportTable {
  return {
    title: 'How much of each stage was used',
    columns: ['stage', 'used'],
    rows: stages.map(({ stage, share }) => [stage, formatShare(share)]),
  };
}

function checkTable({ checks }: FleetResult): ReportTable {
  return {
    title: 'The simulation beside measured runs',
    columns: ['what', 'predicted', 'measured', 'error', ''],
    rows: checks.map(checkRow),
  };
}

function checkRow({ what, unit, predicted, measured, error, isCalibratedOn }: FleetCheck): readonly string[] {
  return [
    what,
    formatAmount(rounded(predicted), unit),
    measured.map((value) => formatAmount(rounded(value), unit)).join(', '),
    `${error > 0 ? '+' : ''}${formatShare(rounded(error))}`,
    isCalibratedOn ? 'calibrated with it' : 'held out',
  ];
}

function inputTable({ inputs, settings }: FleetResult): ReportTable {
  return {
    title: 'What it is made of',
    columns: ['', 'value', 'from', 'note'],
    rows: [
      ...inputs.map(({ name, value, unit, source, note }) => [name, formatAmount(rounded(value), unit), source, note]),
      ...Object.entries(settings).map(([key, value]) => [key, String(value), 'set', '']),
    ],
  };
}

function lagChart({ timeline }: FleetResult): XyChart {
  const series = (name: string, pick: (point: FleetTimelinePoint) => number | null) => ({
    name,
    kind: 'line' as const,
    points: timeline.flatMap((point) => {
      const ms = pick(point);
      return ms === null ? [] : [{ x: point.fromS, y: ms / 1000 }];
    }),
  });
  return {
    title: 'Lag',
    xUnit: 'simulated seconds',
    yUnit: 's',
    series: [
      series('p50', ({ lagP50Ms }) => lagP50Ms),
      series('p99', ({ lagP99Ms }) => lagP99Ms),
      series('longest', ({ lagMaxMs }) => lagMaxMs),
    ],
  };
}

function redisChart({ timeline }: FleetResult): XyChart {
  const pointsOf = (pick: (point: FleetTimelinePoint) => number) =>
    timeline.map((point) => ({ x: point.fromS, y: pick(point) }));
  return {
    title: 'Redis',
    xUnit: 'simulated seconds',
    yUnit: 'a second',
    series: [
      { name: 'commands', kind: 'line', points: pointsOf(({ redisCommandsPerS }) => redisCommandsPerS) },
      { name: 'claims', kind: 'line', points: pointsOf(({ claimsPerS }) => claimsPerS) },
    ],
  };
}

function lineChart(
  { timeline }: FleetResult,
  title: string,
  yUnit: string,
  name: string,
  pick: (point: FleetTimelinePoint) => number,
): XyChart {
  const points = timeline.map((point) => ({ x: point.fromS, y: pick(point) }));
  return { title, xUnit: 'simulated seconds', yUnit, series: [{ name, kind: 'line', points }] };
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
