/** `npm run bench -- pass-through`: what a GB costs the streamer where objects are forwarded unopened, beside the bare pipe that inflates the same ones, interleaved in one run. */
import { backlogPart, defineScenario, loadOf, passThroughSettings, promptSettings } from '../define-scenario.ts';
import { describeMachine } from '../environment/machine.ts';
import type { RunOptions } from '../run/context.ts';
import { placeParts, startUpload } from '../run/upload.ts';
import { onBenchStage } from './bench-stage.ts';
import { type JudgedBench, whyBusy, wrongLinesFigure } from './judged-figures.ts';
import { runPair } from './pair.ts';
import { profileStreamer } from './profile.ts';
import { type Pair, spreadOf } from './ratio.ts';
import { renderProfile } from './render.ts';
import { type Round, wrongLinesOf } from './rounds.ts';

export interface PassThroughOptions extends RunOptions {
  readonly objects: number;
  readonly pairs: number;
  readonly profile: boolean;
}

const cpuShareMax = 0.2;
/** The shipped `scan_interval` stays: four scans a second, while the sink inflates, would be counted as the cost of a byte. */
const eligibleAtOnce = promptSettings.filter(({ key }) => key === 'processing.delay_window');

export async function benchPassThrough(options: PassThroughOptions): Promise<JudgedBench> {
  const scenario = defineScenario({
    name: 'bench-pass-through',
    why: 'Objects forwarded unopened, beside a bare pipe that inflates them.',
    proves: 'The cost of a byte that nobody looks at.',
    takesS: 90,
    load: loadOf('max', [backlogPart('objects', options.objects)]),
    settings: [...eligibleAtOnce, ...passThroughSettings],
    expect: [],
  });
  return onBenchStage(scenario, options, async (stage) => {
    const invalid = whyBusy(stage.cores);
    for (const part of placeParts(scenario.load).parts) await (await startUpload(stage, part, Date.now())).finished;
    const pairs: Pair[] = [];
    for (let pair = 1; pair <= options.pairs; pair++) pairs.push(await runPair(stage, pair));
    const profile = options.profile ? await profileStreamer(stage, options.out) : null;
    const shares = spreadOf(pairs.map(({ streamer, barePipe }) => streamer.cpuSPerGB / barePipe.cpuSPerGB));
    return {
      title: `${options.objects} objects of about 10 MB raw forwarded unopened, ${options.pairs} pairs of streamer and bare pipe; medians.`,
      figures: figuresOf(pairs, shares.median),
      notes: [
        `CPU per GB over that of the bare pipe, by pair: ${shares.min.toFixed(3)} to ${shares.max.toFixed(3)}.`,
        ...(profile === null ? [] : renderProfile(profile)),
      ],
      invalid,
      machine: describeMachine(),
      s3: { kind: stage.s3.kind, version: stage.s3.version },
      seed: options.seed,
      replay: options.replay,
    };
  });
}

/** CPU alone is judged: how fast it goes is for the sink to say, which has to inflate it all. */
function figuresOf(pairs: readonly Pair[], cpuShare: number): JudgedBench['figures'] {
  const streamers = pairs.map(({ streamer }) => streamer);
  const rounds = pairs.flatMap(({ streamer, barePipe }) => [streamer, barePipe]);
  const median = (of: readonly Round[], figure: (round: Round) => number): number => spreadOf(of.map(figure)).median;
  return [
    { name: 'CPU per GB raw over that of the bare pipe', actual: cpuShare, op: '<=', limit: cpuShareMax, unit: '' },
    { name: 'CPU per GB raw', actual: median(streamers, (round) => round.cpuSPerGB), op: '>=', limit: 0, unit: 's' },
    {
      name: 'CPU per GB raw of the bare pipe',
      actual: median(
        pairs.map(({ barePipe }) => barePipe),
        (round) => round.cpuSPerGB,
      ),
      op: '>=',
      limit: 0,
      unit: 's',
    },
    {
      name: 'raw MB per second',
      actual: median(streamers, (round) => round.rawMBps),
      op: '>=',
      limit: 0,
      unit: 'MB/s',
    },
    {
      name: 'peak memory',
      actual: Math.max(...streamers.map((round) => round.rssMaxMB)),
      op: '>=',
      limit: 0,
      unit: 'MB',
    },
    wrongLinesFigure(Math.max(...rounds.map(wrongLinesOf))),
  ];
}
