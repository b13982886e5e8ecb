/** The report on throughput over instances, and on what was predicted of it. */
import { formatAmount, formatNumber, formatShare } from '../format.ts';
import type { ReportDocument } from './document.ts';
import type { CheckedPrediction, ScaleResult } from './model.ts';

export function describeScale(result: ScaleResult): ReportDocument {
  const { sizes, law, curve, predictions, errorMax } = result;
  const alone = middleOf(sizes[0]?.rawMBps ?? []);
  return {
    title: 'Throughput over instances',
    answer: answerOf(result),
    warnings: [
      `Each instance waits for agents ${formatNumber(result.agentLatencyMs)} ms away, two POSTs at a time, so that one machine can carry them all: the shape of the curve is meant, not its height.`,
      ...(sizes.some(({ rawMBps, isHeldOut }) => !isHeldOut && rawMBps.length < 2)
        ? [
            'Some numbers of instances were measured only once: how sure the prediction is cannot be said. More --repetitions give a band.',
          ]
        : []),
      ...predictions
        .filter(({ error }) => Math.abs(error) > errorMax)
        .map(
          ({ what, error }) =>
            `${what}: predicted ${formatShare(Math.abs(error))} off, more than the ${formatShare(errorMax)} that a plan may be.`,
        ),
    ],
    tables: [
      {
        title: 'Predicted beside measured',
        columns: ['what', 'predicted', '90 % band', 'measured', 'error'],
        rows: predictions.map(rowOf),
      },
      {
        title: 'Measured',
        columns: ['instances', 'MB/s raw, each repetition', 'over one', ''],
        rows: sizes.map(({ instances, rawMBps, isHeldOut }) => [
          String(instances),
          rawMBps.map((value) => formatNumber(value)).join(', '),
          `${formatNumber(middleOf(rawMBps) / alone)}x`,
          isHeldOut ? 'held out of the fit' : '',
        ]),
      },
      {
        title: 'Universal Scalability Law',
        columns: ['', ''],
        rows: [
          ['one alone', formatAmount(law.lambda, 'MB/s')],
          ['contention', formatNumber(law.sigma)],
          ['coherency', formatNumber(law.kappa)],
        ],
      },
    ],
    charts: [
      {
        title: 'Throughput by instances',
        xUnit: 'instances',
        yUnit: 'MB/s raw',
        series: [
          {
            name: 'fitted law',
            kind: 'line',
            points: curve.map(({ instances, rawMBps }) => ({ x: instances, y: rawMBps })),
          },
          { name: 'measured', kind: 'dots', points: dotsOf(result, false) },
          { name: 'measured, held out', kind: 'dots', points: dotsOf(result, true) },
        ],
      },
    ],
    listings: [],
    replay: result.replay,
  };
}

function answerOf({ predictions, errorMax }: ScaleResult): string {
  const worst = Math.max(...predictions.map(({ error }) => Math.abs(error)));
  const isGood = worst <= errorMax;
  return `What the fitted law predicted was ${formatShare(worst)} off at most, ${isGood ? 'within' : 'beyond'} the ${formatShare(errorMax)} that a plan may be.`;
}

function rowOf({ what, unit, predicted, low, high, measured, error }: CheckedPrediction): string[] {
  return [
    what,
    formatAmount(Number(predicted.toPrecision(3)), unit),
    low === null || high === null ? 'none' : `${formatNumber(low)} to ${formatNumber(high)}`,
    measured.map((value) => formatAmount(Number(value.toPrecision(3)), unit)).join(', '),
    `${error > 0 ? '+' : ''}${formatShare(error)}`,
  ];
}

function dotsOf({ sizes }: ScaleResult, isHeldOut: boolean): { x: number; y: number }[] {
  return sizes
    .filter((size) => size.isHeldOut === isHeldOut)
    .flatMap(({ instances, rawMBps }) => rawMBps.map((value) => ({ x: instances, y: value })));
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
