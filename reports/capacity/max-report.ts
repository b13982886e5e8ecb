/** The report on a search for the highest sustainable rate. */
import { formatAmount, formatMs, formatNumber, formatShare } from '../format.ts';
import type { ReportDocument, XySeries } from './document.ts';
import type { CapacityPoint, MaxResult } from './model.ts';

export function describeMax(result: MaxResult): ReportDocument {
  return {
    title: 'Highest sustainable rate',
    answer: answerOf(result),
    warnings: result.failure === null ? [] : [`No bracket was found: ${result.failure}.`],
    tables: [
      {
        title: 'Steps, in the order in which they were taken',
        columns: ['offered', 'outcome', 'delivered', 'backlog grows', 'lag trend (90 %)', 'lag', 'why'],
        rows: result.points.map(rowOf),
      },
      {
        title: 'How busy each stage was just above the edge',
        columns: ['stage', 'used', 'evidence'],
        rows: result.stages.map(({ stage, share, evidence }) => [stage, formatShare(share), evidence]),
      },
    ],
    charts: [
      {
        title: 'Offered and delivered',
        xUnit: 'MB/s offered',
        yUnit: 'MB/s delivered',
        series: [
          seriesOf('sustained', 'sustainable', result.points),
          seriesOf('not sustained', 'unsustainable', result.points),
          seriesOf('proves nothing', 'invalid', result.points),
        ].filter(({ points }) => points.length > 0),
      },
    ],
    listings: [],
    replay: result.replay,
  };
}

function answerOf({ sustainedRawMBps, brokenRawMBps, limiting, points }: MaxResult): string {
  const sustained = `${formatNumber(sustainedRawMBps)} MB/s raw are sustained`;
  const limit =
    limiting === null
      ? 'No measured stage was busy enough to be called the limit.'
      : `The limit is ${limiting.stage}: ${limiting.evidence}.`;
  if (brokenRawMBps === null)
    return `${formatNumber(sustainedRawMBps)} MB/s raw were sustained, and no higher rate was tried. ${limit}`;
  const above = points.filter(({ load }) => load.offeredRawMBps === brokenRawMBps);
  if (above.length > 0 && above.every(({ outcome }) => outcome.kind === 'invalid')) {
    const reasons = new Set(above.flatMap(({ outcome }) => outcome.reasons));
    return `${sustained}; ${formatNumber(brokenRawMBps)} could not be offered in a way that proves anything (${[...reasons].join('; ')}), so the limit may be higher.`;
  }
  return `${sustained}, ${formatNumber(brokenRawMBps)} are not. ${limit}`;
}

function rowOf({ load, outcome, measured }: CapacityPoint): string[] {
  return [
    load.offeredRawMBps === null ? 'a backlog' : `${formatNumber(load.offeredRawMBps)} MB/s`,
    outcome.kind,
    formatAmount(measured.rawMBps, 'MB/s'),
    formatShare(outcome.backlogGrowthShare),
    formatAmount(outcome.lagSlopeUpperSPerS, 's/s'),
    formatMs(outcome.lagHighMs),
    outcome.reasons.join('; '),
  ];
}

function seriesOf(name: string, kind: CapacityPoint['outcome']['kind'], points: readonly CapacityPoint[]): XySeries {
  return {
    name,
    kind: 'dots',
    points: points.flatMap(({ load, outcome, measured }) =>
      outcome.kind === kind && load.offeredRawMBps !== null && measured.rawMBps !== null
        ? [{ x: load.offeredRawMBps, y: measured.rawMBps }]
        : [],
    ),
  };
}
