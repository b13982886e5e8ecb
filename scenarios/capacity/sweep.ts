/** `capacity sweep`: which lever helps, by draining the same backlog under one configuration after the other. */
import { type CapacityPoint, type SweepResult } from '#reports';
import { createRandom } from '#simulator';
import type { RunOptions } from '../run/context.ts';
import type { Setting } from '../scenario.ts';
import { mainEffects, recommend, type Response } from './effects.ts';
import type { PointStore } from './points.ts';
import { runStep, singleInstance } from './step.ts';
import { type Configuration, configurationsOf, type Design, type Lever, orderOf } from './sweep-design.ts';

export interface SweepOptions extends RunOptions {
  readonly levers: readonly Lever[];
  /** The same in all of them. */
  readonly settings: readonly Setting[];
  readonly endpoints: number;
  readonly design: Design;
  readonly sampleSize: number;
  readonly repetitions: number;
  readonly objects: number;
  /** No step is begun that would be expected to end after it. */
  readonly budgetS: number;
  readonly experiment: string;
}

export async function sweep(store: PointStore, options: SweepOptions): Promise<SweepResult> {
  const { levers, design, sampleSize, repetitions, progress } = options;
  const configurations = configurationsOf(levers, design, sampleSize);
  const order = orderOf(configurations.length, repetitions, randomOf(options.seed));
  const points = store.read().filter(({ experiment }) => experiment === options.experiment);
  if (points.length > 0) progress.note(`going on after ${points.length} of ${order.length} steps`);
  const startedMs = Date.now();
  let begun = points.length;
  for (; begun < order.length; begun += 1) {
    const done = begun - points.length;
    if (!hasTime(options.budgetS * 1000, Date.now() - startedMs, done)) break;
    const configuration = configurations[order[begun]!]!;
    progress.note(
      `${begun + 1} of ${order.length}: ${describe(levers, configuration)}${timeLeft(startedMs, done, order.length - begun)}`,
    );
    store.append(await measure(configuration, options));
  }
  const measured = store.read().filter(({ experiment }) => experiment === options.experiment);
  return resultOf(options, configurations, order, measured);
}

/** The first step may always be taken: nobody knows how long it takes. */
function hasTime(budgetMs: number, elapsedMs: number, done: number): boolean {
  return done === 0 || elapsedMs + elapsedMs / done <= budgetMs;
}

function timeLeft(startedMs: number, done: number, left: number): string {
  if (done === 0) return '';
  const perStepS = (Date.now() - startedMs) / 1000 / done;
  return ` (some ${Math.ceil((perStepS * left) / 60)} min left)`;
}

async function measure(configuration: Configuration, options: SweepOptions): Promise<CapacityPoint> {
  const { levers, settings, endpoints, objects, experiment } = options;
  const set = new Map(levers.map(({ key }, lever) => [key, configuration[lever]!]));
  const swept = [...set]
    .filter(([key]) => key !== endpointsLever)
    .map(([key, value]): Setting => ({ key, value, shipped: 'see configuration', why: 'a lever of the sweep' }));
  const plan = {
    ...singleInstance,
    settings: [...settings.filter(({ key }) => !set.has(key)), ...swept],
    endpoints: Number(set.get(endpointsLever) ?? endpoints),
    objects,
    offeredRawMBps: null,
    sloLagMs: Infinity,
  };
  return runStep(plan, experiment, options);
}

/** Not a key of the configuration: how many agents there are. */
const endpointsLever = 'endpoints';

function resultOf(
  options: SweepOptions,
  configurations: readonly Configuration[],
  order: readonly number[],
  points: readonly CapacityPoint[],
): SweepResult {
  const { levers, experiment, design } = options;
  const responses = configurations.map((configuration, index): Response => ({
    configuration,
    rawMBps: points.flatMap(({ outcome, measured }, step) =>
      order[step] === index && outcome.kind === 'drained' && measured.rawMBps !== null ? [measured.rawMBps] : [],
    ),
  }));
  return {
    experiment,
    design,
    stepsPlanned: order.length,
    stepsMeasured: points.length,
    stepsInvalid: points.filter(({ outcome }) => outcome.kind !== 'drained').length,
    effects: mainEffects(levers, responses),
    configurations: responses.map(({ configuration, rawMBps }) => ({ name: describe(levers, configuration), rawMBps })),
    recommended: recommend(levers, responses),
    replay: options.replay,
  };
}

function describe(levers: readonly Lever[], configuration: Configuration): string {
  return levers.map(({ key }, lever) => `${key}=${configuration[lever]}`).join(' ');
}

function randomOf(seed: number): () => number {
  const random = createRandom(seed).fork('sweep');
  return () => random.next();
}
