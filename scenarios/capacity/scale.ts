/**
 * `capacity scale`: throughput over instances, and what the law that is fitted to it foretells. Each instance is made latency-bound (agents that are
 * not next door, two POSTs at a time), so that even two cores can carry several. The largest number of instances is held out: it is predicted from
 * the others before it is measured, and so is the time in which a backlog drains beside live traffic.
 */
import { median } from 'simple-statistics';
import type { CapacityPoint, CheckedPrediction, Result, ScaleResult } from '#reports';
import { createRandom, HarnessError } from '#simulator';
import { distantAgents, sharedShape } from '../catalogue/sharing.ts';
import { duplicatesWithinBound, generatorKeptSchedule, nothingLost } from '../checks.ts';
import { backlogPart, defineScenario, loadOf } from '../define-scenario.ts';
import type { RunOptions } from '../run/context.ts';
import { runScenario } from '../run/run.ts';
import type { Scenario, Setting } from '../scenario.ts';
import { type Drain, drainOf } from './drain.ts';
import type { PointStore } from './points.ts';
import { type Band, fitLaw, predict, predictBand, scaledOf, sizesForLaw } from './scalability.ts';
import { runStep } from './step.ts';

export interface ScaleOptions extends RunOptions {
  /** Ascending; the last one is held out. */
  readonly sizes: readonly number[];
  readonly repetitions: number;
  readonly settings: readonly Setting[];
  readonly endpoints: number;
  readonly agentLatencyMs: number;
  readonly objectsPerInstance: number;
  readonly experiment: string;
}

/** The goal of the issue: a plan that is off by more is no plan. */
const errorMax = 0.15;
/** Of what the instances can do: the rest drains the backlog. */
const liveShare = 0.4;
/** Live objects are offered for longer than the drain is predicted to take. */
const liveOverDrain = 1.6;
const settleDeadlineS = 120;

const twoPostsAtATime: Setting = {
  key: 'http.workers',
  value: 2,
  shipped: 10,
  why: 'each instance waits for its answers, not for a core',
};

/** What was asked for, with two POSTs at a time. Another number of them is refused: it would be measured with two all the same. */
export function withTwoPosts(settings: readonly Setting[]): readonly Setting[] {
  const { key, value, why } = twoPostsAtATime;
  const asked = settings.find((setting) => setting.key === key);
  if (asked !== undefined && asked.value !== value) {
    throw new HarnessError(
      'usage',
      `\`capacity scale\` measures with ${key}=${value}, so that ${why}: --set ${key}=${asked.value} cannot be had. Leave it out, or measure it with \`capacity max\` or \`sweep\`.`,
    );
  }
  return [...settings.filter((setting) => setting.key !== key), twoPostsAtATime];
}

export async function measureScale(store: PointStore, options: ScaleOptions): Promise<ScaleResult> {
  const { sizes, repetitions, experiment, progress } = options;
  const heldOut = sizes.at(-1) ?? 1;
  const fitted = sizes.slice(0, -1);
  const done = store.read().filter((point) => point.experiment === experiment);
  const points: CapacityPoint[] = [];
  const measure = async (instances: number): Promise<void> => {
    const known = done.findIndex((point) => point.instances === instances);
    const [before] = known === -1 ? [] : done.splice(known, 1);
    const point = before ?? (await runStep(stepOf(options, instances), experiment, options));
    if (before === undefined) store.append(point);
    points.push(point);
    progress.note(`${instances} instances: ${point.outcome.kind}, ${point.measured.rawMBps?.toFixed(1) ?? 'no'} MB/s`);
  };
  for (let round = 0; round < repetitions; round += 1) {
    for (const instances of round % 2 === 0 ? fitted : fitted.toReversed()) await measure(instances);
  }
  const scaled = points.flatMap((point) => scaledOf(point) ?? []);
  if (new Set(scaled.map(({ instances }) => instances)).size < sizesForLaw) {
    throw new HarnessError('broken', `Too few steps were valid to fit a law: ${reasonsOf(points)}.`);
  }
  const law = fitLaw(scaled);
  const random = createRandom(options.seed).fork('scale');
  const band = predictBand(scaled, heldOut, () => random.next());
  progress.note(`${heldOut} instances: predicted ${band.middle.toFixed(1)} MB/s`);
  for (let round = 0; round < repetitions; round += 1) await measure(heldOut);
  const all = points.flatMap((point) => scaledOf(point) ?? []);
  const measured = all.filter(({ instances }) => instances === heldOut);
  if (measured.length === 0)
    throw new HarnessError('broken', `No step with ${heldOut} instances was valid: ${reasonsOf(points)}.`);
  return {
    experiment,
    agentLatencyMs: options.agentLatencyMs,
    sizes: sizes.map((instances) => ({
      instances,
      rawMBps: all.filter((one) => one.instances === instances).map(({ rawMBps }) => rawMBps),
      isHeldOut: instances === heldOut,
    })),
    law,
    curve: Array.from({ length: heldOut }, (_, index) => ({
      instances: index + 1,
      rawMBps: predict(law, index + 1),
    })),
    predictions: [
      checked(
        `throughput of ${heldOut} instances`,
        'MB/s',
        band,
        measured.map(({ rawMBps }) => rawMBps),
      ),
      await checkDrain(options, predict(law, fitted.at(-1) ?? 1), fitted.at(-1) ?? 1),
    ],
    errorMax,
    replay: options.replay,
  };
}

function stepOf(options: ScaleOptions, instances: number): Parameters<typeof runStep>[0] {
  const { settings, endpoints, agentLatencyMs, objectsPerInstance } = options;
  return {
    settings,
    endpoints,
    instances,
    isShared: true,
    agentLatencyMs,
    shape: sharedShape,
    objects: objectsPerInstance * instances,
    offeredRawMBps: null,
    sloLagMs: Infinity,
  };
}

/** A backlog drains with what live traffic leaves of the throughput. */
async function checkDrain(
  options: ScaleOptions,
  capacityRawMBps: number,
  instances: number,
): Promise<CheckedPrediction> {
  const backlogObjects = options.objectsPerInstance * instances;
  const liveRawMBps = capacityRawMBps * liveShare;
  const drainRawMBps = capacityRawMBps - liveRawMBps;
  const wholeS = (backlogObjects * rawMBPerObject) / drainRawMBps;
  options.progress.note(
    `${backlogObjects} objects beside ${liveRawMBps.toFixed(1)} MB/s live: predicted to drain with ${drainRawMBps.toFixed(1)} MB/s, in ${wholeS.toFixed(1)} s at most`,
  );
  const liveObjects = Math.ceil((liveRawMBps * wholeS * liveOverDrain) / rawMBPerObject);
  const { result } = await runScenario(
    drainScenario(options, { instances, backlogObjects, liveObjects, liveRawMBps }),
    options,
  );
  const { leftObjects, drainedObjects, drainedS } = drainOf(result);
  const failure = whyNoDrain(result, { drainedS, drainedObjects });
  if (failure !== null) throw failure;
  return checked(
    `drain by ${instances} instances beside live traffic, from ${leftObjects} objects to the ${(leftObjects - drainedObjects).toFixed(0)} that live traffic has in hand`,
    's',
    { middle: (drainedObjects * rawMBPerObject) / drainRawMBps, range: null },
    drainedS === null ? [] : [drainedS],
  );
}

/** Null where the drain can be judged. What was lost or doubled in it is the streamer's failure: nothing else of the run is judged but whether it is valid. */
export function whyNoDrain(
  { verdict, verdictReasons }: Pick<Result, 'verdict' | 'verdictReasons'>,
  { drainedS, drainedObjects }: Pick<Drain, 'drainedS' | 'drainedObjects'>,
): HarnessError | null {
  const reasons = verdictReasons.join('; ');
  if (verdict === 'fail') return new HarnessError('streamer', `The drain failed: ${reasons}`);
  if (verdict === 'invalid') return new HarnessError('broken', `The drain cannot be judged: ${reasons}`);
  if (drainedS === null) return new HarnessError('broken', 'The drain cannot be judged: it did not end.');
  if (drainedObjects > 0) return null;
  const why = 'nothing was left of the backlog when live traffic began: use more --objects';
  return new HarnessError('broken', `The drain cannot be judged: ${why}.`);
}

const rawMBPerObject = 2;

interface DrainLoad {
  readonly instances: number;
  readonly backlogObjects: number;
  readonly liveObjects: number;
  readonly liveRawMBps: number;
}

function drainScenario(options: ScaleOptions, drain: DrainLoad): Scenario {
  const { instances, backlogObjects, liveObjects, liveRawMBps } = drain;
  const live = {
    name: 'live',
    objects: liveObjects,
    arrival: { kind: 'constant', rawMBPerMin: liveRawMBps * 60 },
  } as const;
  return defineScenario({
    name: 'capacity-drain',
    why: 'Whether a backlog drains beside live traffic as fast as the plan says.',
    proves: 'The predicted drain time.',
    takesS: 60,
    load: loadOf('backlog beside live', [backlogPart('backlog', backlogObjects), live], { shape: sharedShape }),
    agents: options.endpoints,
    streamers: instances,
    redis: 'standalone',
    settings: options.settings,
    faults: [distantAgents(options.agentLatencyMs)],
    expect: [...nothingLost, duplicatesWithinBound, generatorKeptSchedule],
    settleDeadlineS,
  });
}

function checked(what: string, unit: string, { middle, range }: Band, measured: readonly number[]): CheckedPrediction {
  const { low = null, high = null } = range ?? {};
  return { what, unit, predicted: middle, low, high, measured, error: middle / median([...measured]) - 1 };
}

function reasonsOf(points: readonly CapacityPoint[]): string {
  const reasons = new Set(points.flatMap(({ outcome }) => outcome.reasons));
  return reasons.size === 0 ? 'no reason was given' : [...reasons].join('; ');
}
