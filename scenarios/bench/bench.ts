/** `npm run bench`: streamer and bare pipe on the same objects, interleaved, a fresh process each. */
import { parseBytes } from '#streamer';
import { ceilingShareMax, confirmCeilingMBps, measureCeilingMBps } from '../run/ceiling.ts';
import type { RunOptions, Stage } from '../run/context.ts';
import { sumOf } from '../run/sum.ts';
import { placeParts, startUpload } from '../run/upload.ts';
import { backlogPart, defineScenario, loadOf } from '../define-scenario.ts';
import type { Scenario } from '../scenario.ts';
import { describeMachine, type Machine } from '../environment/machine.ts';
import { onBenchStage } from './bench-stage.ts';
import { runLimitedPair, runPair } from './pair.ts';
import { type BenchProfile, profileStreamer } from './profile.ts';
import { type LimitedPair, limitedRatioOf, type Pair, type Ratios, ratiosOf, type Spread, spreadOf } from './ratio.ts';
import { type Round, wrongLinesOf } from './rounds.ts';

export interface BenchOptions extends RunOptions {
  readonly objects: number;
  readonly pairs: number;
  /** Measures the streamer with this `memory.limit`, too. */
  readonly memoryLimit?: string;
  readonly profile: boolean;
}

export interface BenchResult {
  readonly ratio: Ratios;
  readonly streamer: ProgramFigures;
  readonly barePipe: ProgramFigures;
  /** With another `memory.limit`: beside the streamer at its shipped one. */
  readonly limited: LimitedFigures | null;
  readonly profile: BenchProfile | null;
  readonly objects: number;
  readonly rawBytes: number;
  readonly pairs: number;
  readonly seed: number;
  readonly replay: string;
  readonly machine: Machine;
  readonly s3: { readonly kind: string; readonly version: string };
  readonly sinkCeilingMBps: number;
  /** Why the figures prove nothing; empty when they do. */
  readonly invalid: readonly string[];
  /** What was not delivered, or kept, as it should be; empty when all was. */
  readonly failures: readonly string[];
}

export interface LimitedFigures extends ProgramFigures {
  readonly memoryLimit: string;
  readonly ratioRawMBps: Spread;
  /** By the rule of `rssAllowedMB`. */
  readonly rssAllowedMB: number;
}

interface ProgramFigures {
  readonly rawMBps: Spread;
  readonly rawMBPerCpuS: Spread;
  readonly cpuSPerGB: Spread;
  readonly rssMaxMB: Spread;
  /** `cpuSPerGB` by thread, of the middle round; null where the system does not tell. */
  readonly threadCpuSPerGB: Round['threadCpuSPerGB'];
  /** 0 to 1: the sink's CPU time over that of all cores, while this program ran. */
  readonly sinkShareOfMachine: Spread;
  readonly s3ShareOfMachine: Spread | null;
}

const utilizationMax = 0.8;
/** What an idle streamer takes, and what it may take beside `memory.limit` at full speed. */
const idleRssMB = 100;
const limitFactor = 1.5;
/** A smaller `memory.limit` may cost this much speed. */
const limitedRatioMin = 0.95;

export async function bench(options: BenchOptions): Promise<BenchResult> {
  return onBenchStage(scenarioOf(options), options, async (stage) => runPairs(stage, options));
}

function scenarioOf({ objects }: BenchOptions): Scenario {
  return defineScenario({
    name: 'bench',
    why: 'Throughput of the streamer beside that of a bare pipe.',
    proves: 'The ratio.',
    takesS: 60,
    load: loadOf('max', [backlogPart('objects', objects)]),
    expect: [],
  });
}

async function runPairs(stage: Stage, options: BenchOptions): Promise<BenchResult> {
  const { load } = stage;
  const objects = load.manifest.objects.length;
  const firstCeilingMBps = await measureCeilingMBps(stage);
  for (const part of placeParts(stage.scenario.load).parts) await (await startUpload(stage, part, Date.now())).finished;
  options.progress.note(`${objects} objects uploaded`);
  const pairs: Pair[] = [];
  const limitedPairs: LimitedPair[] = [];
  for (let pair = 1; pair <= options.pairs; pair++) {
    pairs.push(await runPair(stage, pair));
    if (options.memoryLimit !== undefined) limitedPairs.push(await runLimitedPair(stage, pair, options.memoryLimit));
  }
  const limited = options.memoryLimit === undefined ? null : limitedFiguresOf(limitedPairs, options.memoryLimit);
  const profile = options.profile ? await profileStreamer(stage, options.out) : null;
  const rounds = [
    ...pairs.flatMap(({ streamer, barePipe }) => [streamer, barePipe]),
    ...limitedPairs.flatMap(({ streamer, limited: round }) => [streamer, round]),
  ];
  const fastestMBps = Math.max(...rounds.map((round) => round.rawMBps));
  const sinkCeilingMBps = await confirmCeilingMBps(stage, firstCeilingMBps, fastestMBps);
  return {
    ratio: ratiosOf(pairs),
    streamer: figuresOf(pairs.map(({ streamer }) => streamer)),
    barePipe: figuresOf(pairs.map(({ barePipe }) => barePipe)),
    limited,
    profile,
    objects,
    rawBytes: sumOf(load.manifest.objects, (object) => object.rawBytes),
    pairs: pairs.length,
    seed: options.seed,
    replay: options.replay,
    machine: describeMachine(),
    s3: { kind: stage.s3.kind, version: stage.s3.version },
    sinkCeilingMBps,
    invalid: rounds.flatMap((round) => whyInvalid(round, sinkCeilingMBps)),
    failures: [...rounds.flatMap(whyFailed), ...(limited === null ? [] : whyOverLimit(limited))],
  };
}

function figuresOf(rounds: readonly Round[]): ProgramFigures {
  return {
    rawMBps: spreadOf(rounds.map((round) => round.rawMBps)),
    rawMBPerCpuS: spreadOf(rounds.map((round) => round.rawMBPerCpuS)),
    cpuSPerGB: spreadOf(rounds.map((round) => round.cpuSPerGB)),
    rssMaxMB: spreadOf(rounds.map((round) => round.rssMaxMB)),
    threadCpuSPerGB: middleOf(rounds).threadCpuSPerGB,
    sinkShareOfMachine: spreadOf(rounds.map((round) => round.sinkShareOfMachine)),
    s3ShareOfMachine: rounds.some((round) => round.s3ShareOfMachine === null)
      ? null
      : spreadOf(rounds.map((round) => round.s3ShareOfMachine ?? 0)),
  };
}

function middleOf(rounds: readonly Round[]): Round {
  const middle = rounds.toSorted((a, b) => a.cpuSPerGB - b.cpuSPerGB)[Math.floor(rounds.length / 2)];
  if (middle === undefined) throw new RangeError('no rounds');
  return middle;
}

function limitedFiguresOf(pairs: readonly LimitedPair[], memoryLimit: string): LimitedFigures {
  const limitBytes = parseBytes(memoryLimit) ?? Number.NaN;
  return {
    ...figuresOf(pairs.map(({ limited }) => limited)),
    memoryLimit,
    ratioRawMBps: limitedRatioOf(pairs),
    rssAllowedMB: idleRssMB + (limitFactor * limitBytes) / 1e6,
  };
}

function whyOverLimit({ memoryLimit, rssMaxMB, rssAllowedMB, ratioRawMBps }: LimitedFigures): readonly string[] {
  return [
    ...(rssMaxMB.max > rssAllowedMB
      ? [
          `memory.limit ${memoryLimit}: peak memory ${rssMaxMB.max.toFixed(0)} MB (at most ${rssAllowedMB.toFixed(0)} MB)`,
        ]
      : []),
    ...(ratioRawMBps.median < limitedRatioMin
      ? [
          `memory.limit ${memoryLimit}: ${ratioRawMBps.median.toFixed(2)}x of the speed at the shipped limit (at least ${limitedRatioMin}x)`,
        ]
      : []),
  ];
}

function whyInvalid(round: Round, ceilingMBps: number): readonly string[] {
  const share = round.rawMBps / ceilingMBps;
  return [
    ...(round.sinkUtilization >= utilizationMax
      ? [
          `${round.program}: the event loop of the sink was ${percent(round.sinkUtilization)} busy (at most ${percent(utilizationMax)})`,
        ]
      : []),
    ...(share > ceilingShareMax
      ? [`${round.program}: ${percent(share)} of what the sink can take (at most ${percent(ceilingShareMax)})`]
      : []),
  ];
}

function whyFailed(round: Round): readonly string[] {
  const { program, lostLines, duplicateLines, otherLines } = round;
  if (wrongLinesOf(round) === 0) return [];
  return [`${program}: ${lostLines} lines lost, ${duplicateLines} duplicate, ${otherLines} corrupt or unexpected`];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}
