/** `npm run bench -- health`: what probes and dashboards cost a streamer at full load, and how long they wait: rounds with and without them, interleaved. */
import { backlogPart, defineScenario, loadOf } from '../define-scenario.ts';
import { describeMachine } from '../environment/machine.ts';
import { alternate } from '../run/alternate.ts';
import type { RunOptions, Stage } from '../run/context.ts';
import { sumOf } from '../run/sum.ts';
import { placeParts, startUpload } from '../run/upload.ts';
import { onBenchStage } from './bench-stage.ts';
import { type Answers, HealthProber } from './health-prober.ts';
import { type JudgedBench, whyBusy } from './judged-figures.ts';
import { spreadOf } from './ratio.ts';
import { type Round, streamerRound, wrongLinesOf } from './rounds.ts';

export interface HealthOptions extends RunOptions {
  readonly objects: number;
  readonly pairs: number;
}

interface HealthPair {
  readonly plain: Round;
  readonly asked: Round;
  readonly answers: Answers;
}

/** A 99th percentile of fewer is none (DESIGN.md's rule for percentiles). */
const answersMin = 300;

export async function benchHealth(options: HealthOptions): Promise<JudgedBench> {
  const scenario = defineScenario({
    name: 'bench-health',
    why: 'What 200 requests a second cost a streamer at full load.',
    proves: 'Health and metrics may be asked at any time.',
    takesS: 90,
    load: loadOf('max', [backlogPart('objects', options.objects)]),
    expect: [],
  });
  return onBenchStage(scenario, options, async (stage) => {
    const busy = whyBusy(stage.cores);
    for (const part of placeParts(scenario.load).parts) await (await startUpload(stage, part, Date.now())).finished;
    const pairs: HealthPair[] = [];
    for (let pair = 1; pair <= options.pairs; pair++) pairs.push(await runPair(stage, pair));
    const answers = pairs.map((pair) => pair.answers);
    return {
      title: `200 requests a second for /health, /ready, /live and /metrics at full load: ${pairs.length} pairs of rounds with and without.`,
      figures: figuresOf(pairs),
      invalid: [...busy, ...answers.flatMap(whyInvalid)],
      machine: describeMachine(),
      s3: { kind: stage.s3.kind, version: stage.s3.version },
      seed: options.seed,
      replay: options.replay,
    };
  });
}

async function runPair(stage: Stage, pair: number): Promise<HealthPair> {
  const [plain, asked] = await alternate(
    pair,
    async () => streamerRound(stage, `plain-${pair}`),
    async () => askedRound(stage, pair),
  );
  return { plain, ...asked };
}

async function askedRound(stage: Stage, pair: number): Promise<Pick<HealthPair, 'asked' | 'answers'>> {
  const prober = await HealthProber.start(stage.processes, `prober-${pair}`);
  const health = [
    { key: 'health.enabled', value: true, shipped: 'true', why: 'it is asked' },
    { key: 'health.address', value: prober.address, shipped: '127.0.0.1:8080', why: 'any free port' },
  ];
  let answers: Answers | null = null;
  const asked = await streamerRound(stage, `asked-${pair}`, {
    settings: [...stage.scenario.settings, ...health],
    beforeStop: async () => {
      answers = await prober.stop();
    },
  });
  return { asked, answers: answers ?? (await prober.stop()) };
}

function figuresOf(pairs: readonly HealthPair[]): JudgedBench['figures'] {
  const median = (figure: (pair: HealthPair) => number): number => spreadOf(pairs.map(figure)).median;
  const cpuRatios = spreadOf(pairs.map(({ plain, asked }) => asked.cpuSPerGB / plain.cpuSPerGB));
  return [
    {
      name: 'p99 of an answer, median round',
      actual: median(({ answers }) => answers.p99Ms),
      op: '<=',
      limit: 100,
      unit: 'ms',
    },
    {
      name: 'p50 of an answer, median round',
      actual: median(({ answers }) => answers.p50Ms),
      op: '>=',
      limit: 0,
      unit: 'ms',
    },
    {
      name: 'answers other than 200',
      actual: sumOf(pairs, ({ answers }) => answers.failed),
      op: '<=',
      limit: 0,
      unit: '',
    },
    { name: 'CPU per GB over that without', actual: cpuRatios.median, op: '<=', limit: 1.05, unit: '' },
    { name: 'CPU per GB over that without, lowest pair', actual: cpuRatios.min, op: '<=', limit: 1.05, unit: '' },
    { name: 'lines lost or sent twice', actual: sumOf(pairs, linesWrong), op: '<=', limit: 0, unit: 'lines' },
    { name: 'full load', actual: median(({ asked }) => asked.rawMBps), op: '>=', limit: 0, unit: 'MB/s' },
    {
      name: 'full load over that without',
      actual: median(({ plain, asked }) => asked.rawMBps / plain.rawMBps),
      op: '>=',
      limit: 0,
      unit: '',
    },
  ];
}

function linesWrong({ plain, asked }: HealthPair): number {
  return sumOf([plain, asked], wrongLinesOf);
}

function whyInvalid({ answered }: Answers): readonly string[] {
  return answered < answersMin
    ? [`only ${answered} answers in a round (at least ${answersMin}): --objects makes it longer`]
    : [];
}
