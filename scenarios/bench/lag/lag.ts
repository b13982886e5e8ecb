/** `npm run bench -- lag`: from the moment when an object may be read to its last acknowledged line, by polling and by notification. */
import { startQueue } from '#simulator';
import { backlogPart, defineScenario, documentedShape, loadOf } from '../../define-scenario.ts';
import { describeMachine } from '../../environment/machine.ts';
import type { RunOptions, Stage } from '../../run/context.ts';
import { placeParts } from '../../run/upload.ts';
import { onBenchStage } from '../bench-stage.ts';
import { type JudgedBench, type JudgedFigure, whyBusy, wrongLinesFigure } from '../judged-figures.ts';
import { type LagRound, lagRound } from './round.ts';
import { type Finding, judgedObjects, type LagRate, lagRows } from './rows.ts';

export interface LagOptions extends RunOptions {
  readonly rates: readonly LagRate[];
  readonly findings: readonly Finding[];
}

const warmupObjects = 30;
/** A tenth of a documented object. */
const smallLinesPerObject = 650;
/** A generator that was later than this did not make the schedule that lag is counted from. */
const slipMsMax = 1000;
const utilizationMax = 0.8;

export async function benchLag(options: LagOptions): Promise<JudgedBench> {
  const parts = [backlogPart('documented', judgedObjects), backlogPart('small', judgedObjects)];
  const scenario = defineScenario({
    name: 'bench-lag',
    why: 'Lag at a constant rate and in bursts, by polling and by notification.',
    proves: 'Lag.',
    takesS: 400,
    load: loadOf('1x, 10x, bursts', parts, {
      warmupObjects,
      shape: { ...documentedShape, tail: { objects: judgedObjects, linesPerObject: smallLinesPerObject } },
    }),
    expect: [],
  });
  return onBenchStage(scenario, options, async (stage) => {
    const busy = whyBusy(stage.cores);
    const rounds = await runRows(stage, options);
    return {
      title:
        'Lag: eligible to acknowledged; processing: GET issued to acknowledged. scan_interval 250 ms, delay_window 0.',
      figures: rounds.flatMap(figuresOf),
      notes: rounds.map(waterfallOf),
      invalid: [...busy, ...rounds.flatMap(whyInvalid)],
      machine: describeMachine(),
      s3: { kind: stage.s3.kind, version: stage.s3.version },
      seed: options.seed,
      replay: options.replay,
    };
  });
}

async function runRows(stage: Stage, { rates, findings }: LagOptions): Promise<readonly LagRound[]> {
  const queueUrl = await startQueue(stage.processes, 'events');
  const [documented, small] = placeParts(stage.scenario.load).parts;
  if (documented === undefined || small === undefined) throw new RangeError('two parts');
  const places = { warmupObjects, from: { documented: documented.from, small: small.from } };
  const rounds: LagRound[] = [];
  for (const [index, row] of lagRows(rates, findings).entries()) {
    const round = await lagRound(stage, row, places, { queueUrl, name: `lag-${index + 1}` });
    const { lag, processing } = round;
    stage.options.progress.note(
      `${row.name}: lag p50 ${ms(lag.p50)}, p99 ${ms(lag.p99)}, max ${ms(lag.max)}; processing p50 ${ms(processing.p50)} ms`,
    );
    rounds.push(round);
  }
  return rounds;
}

export function figuresOf({ row, lag, processing, lostLines, otherLines }: LagRound): readonly JudgedFigure[] {
  const { name, limits } = row;
  const figures: readonly (readonly [string, number | null, number | null])[] = [
    ['lag, p50', lag.p50, limits.lagP50],
    ['lag, p99', lag.p99, limits.lagP99],
    ['processing, p50', processing.p50, limits.processingP50],
    ['slowest burst', lag.max, limits.burst],
  ];
  const judged = figures.flatMap(([what, actual, limit]) =>
    limit === null
      ? []
      : [{ name: `${name}: ${what}`, actual: actual ?? Number.NaN, op: '<=' as const, limit, unit: 'ms' }],
  );
  const wrongLines = wrongLinesFigure(lostLines + otherLines);
  return [...judged, { ...wrongLines, name: `${name}: ${wrongLines.name}` }];
}

/** Where the time goes: the parts that are the streamer's. */
function waterfallOf({ row, waterfallMs, lag }: LagRound): string {
  if (waterfallMs === null) return `${row.name}: nothing was settled`;
  const { upload, discovery, queue, readAndInflate, batching, sendQueue, acknowledgement } = waterfallMs;
  const parts = { upload, discovery, queue, read: readAndInflate, batching, 'send queue': sendQueue, acknowledgement };
  const text = Object.entries(parts).map(([part, partMs]) => `${part} ${ms(partMs)}`);
  return `${row.name} (${lag.n}), average ms: ${text.join(' · ')}`;
}

export function whyInvalid({ row, slipMaxMs, sinkUtilization }: LagRound): readonly string[] {
  return [
    ...(slipMaxMs === null || slipMaxMs > slipMsMax
      ? [`${row.name}: the generator was up to ${ms(slipMaxMs)} ms late (at most ${slipMsMax})`]
      : []),
    ...(sinkUtilization >= utilizationMax ? [`${row.name}: the sink was saturated`] : []),
  ];
}

function ms(value: number | null): string {
  return value === null ? 'unknown' : value.toFixed(0);
}
