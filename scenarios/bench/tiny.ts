/** `npm run bench -- tiny`: many tiny objects, beside a bare GET loop over the same ones, interleaved in one run. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { backlogPart, defineScenario, loadOf } from '../define-scenario.ts';
import { describeMachine } from '../environment/machine.ts';
import type { RunOptions, Stage } from '../run/context.ts';
import { sumOf } from '../run/sum.ts';
import { placeParts, startUpload } from '../run/upload.ts';
import { onBenchStage } from './bench-stage.ts';
import { type JudgedBench, type JudgedFigure, whyBusy, wrongLinesFigure } from './judged-figures.ts';
import { profileStreamer } from './profile.ts';
import { spreadOf } from './ratio.ts';
import { renderProfile } from './render.ts';
import { streamerRound, wrongLinesOf } from './rounds.ts';

export interface TinyOptions extends RunOptions {
  readonly objects: number;
  readonly pairs: number;
  readonly profile: boolean;
}

interface Pace {
  readonly objectsPerS: number;
  readonly cpuMsPerObject: number;
}

interface TinyPair {
  /** With the lines that were lost, sent twice, or not as they were. */
  readonly streamer: Pace & { readonly wrongLines: number };
  readonly bare: Pace;
}

const bareSchema = z.object({ objects: z.number(), elapsedS: z.number(), cpuS: z.number() });

export async function benchTiny(options: TinyOptions): Promise<JudgedBench> {
  const scenario = defineScenario({
    name: 'bench-tiny',
    why: 'Many tiny objects beside a bare GET loop.',
    proves: 'The cost per object.',
    takesS: 120,
    load: loadOf('max', [backlogPart('objects', options.objects)], {
      shape: { kind: 'zscaler', linesPerObject: 1, linesSpread: 0, noise: 'clean' },
    }),
    expect: [],
  });
  return onBenchStage(scenario, options, async (stage) => {
    const invalid = whyBusy(stage.cores);
    for (const part of placeParts(scenario.load).parts) await (await startUpload(stage, part, Date.now())).finished;
    const pairs: TinyPair[] = [];
    for (let pair = 1; pair <= options.pairs; pair++) {
      const streamer = await streamerPace(stage, `streamer-${pair}`);
      pairs.push({ streamer, bare: await barePace(stage) });
    }
    const profile = options.profile ? await profileStreamer(stage, options.out) : null;
    return {
      title: `${options.objects} objects of one line, ${options.pairs} pairs of streamer and bare GET loop; medians.`,
      figures: figuresOf(pairs),
      notes: profile === null ? [] : renderProfile(profile),
      invalid,
      machine: describeMachine(),
      s3: { kind: stage.s3.kind, version: stage.s3.version },
      seed: options.seed,
      replay: options.replay,
    };
  });
}

/** What was not delivered as it should be counts by the worst round: whoever delivers less has done sooner. */
export function figuresOf(pairs: readonly TinyPair[]): readonly JudgedFigure[] {
  const median = (figure: (pair: TinyPair) => number): number => spreadOf(pairs.map(figure)).median;
  return [
    {
      name: 'objects per second over those of the GET loop',
      actual: median(({ streamer, bare }) => streamer.objectsPerS / bare.objectsPerS),
      op: '>=',
      limit: 0.8,
      unit: '',
    },
    {
      name: 'objects per second',
      actual: median(({ streamer }) => streamer.objectsPerS),
      op: '>=',
      limit: 0,
      unit: '',
    },
    {
      name: 'CPU per object over that of the GET loop',
      actual: median(({ streamer, bare }) => streamer.cpuMsPerObject / bare.cpuMsPerObject),
      op: '<=',
      limit: 2.5,
      unit: '',
    },
    {
      name: 'CPU per object',
      actual: median(({ streamer }) => streamer.cpuMsPerObject),
      op: '>=',
      limit: 0,
      unit: 'ms',
    },
    wrongLinesFigure(Math.max(...pairs.map(({ streamer }) => streamer.wrongLines))),
  ];
}

async function streamerPace(stage: Stage, name: string): Promise<TinyPair['streamer']> {
  const round = await streamerRound(stage, name);
  const { rawMBps, rawMBPerCpuS } = round;
  const { objects } = stage.load.manifest;
  const rawMBPerObject = sumOf(objects, (object) => object.rawBytes) / 1e6 / objects.length;
  return {
    objectsPerS: rawMBps / rawMBPerObject,
    cpuMsPerObject: (rawMBPerObject / rawMBPerCpuS) * 1000,
    wrongLines: wrongLinesOf(round),
  };
}

async function barePace({ s3, prefix, options }: Stage): Promise<Pace> {
  const { endpoint, region, forcePathStyle, bucket } = s3;
  const script = fileURLToPath(new URL('bare-get.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, JSON.stringify({ endpoint, region, forcePathStyle, bucket, prefix })],
    { env: { ...process.env, ...s3.env, NODE_NO_WARNINGS: '1' }, signal: options.signal },
  );
  const { objects, elapsedS, cpuS } = bareSchema.parse(JSON.parse(stdout));
  return { objectsPerS: objects / elapsedS, cpuMsPerObject: (cpuS / objects) * 1000 };
}
