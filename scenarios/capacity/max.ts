/** `capacity max`: the highest rate that one configuration sustains on this machine, open loop, and what limits it. */
import type { CapacityPoint, MaxResult, StageUse } from '#reports';
import { HarnessError } from '#simulator';
import type { RunOptions } from '../run/context.ts';
import type { Setting } from '../scenario.ts';
import { limitingStage } from './limiting-stage.ts';
import type { PointStore } from './points.ts';
import { type Bracket, bracketOf, nextStep, type SearchOptions } from './search.ts';
import { runStep, singleInstance } from './step.ts';
import { trialsOf } from './trials.ts';

export interface MaxOptions extends RunOptions {
  readonly settings: readonly Setting[];
  readonly endpoints: number;
  /** Of the backlog that tells where to start. */
  readonly objects: number;
  /** Length of a step at the rate where the search starts; at lower rates the same objects take longer. */
  readonly stepS: number;
  readonly sloLagMs: number;
  /** MB/s raw; null measures how fast a backlog drains, and starts there. */
  readonly startRawMBps: number | null;
  readonly tolerance: number;
  readonly repetitions: number;
  /** Goes on with the experiment of this name. */
  readonly experiment: string;
}

/** Below this, a rate says nothing about a machine. */
const floorRawMBps = 1;
const documentedRawMBPerObject = 10;

export async function findMax(store: PointStore, options: MaxOptions): Promise<MaxResult> {
  const points = store.read().filter(({ experiment }) => experiment === options.experiment);
  if (points.length > 0) options.progress.note(`going on after ${points.length} steps that are measured already`);
  const measure = async (objects: number, offeredRawMBps: number | null): Promise<CapacityPoint> => {
    const { settings, endpoints, sloLagMs, experiment } = options;
    const plan = { ...singleInstance, settings, endpoints, sloLagMs, objects, offeredRawMBps };
    const point = await runStep(plan, experiment, options);
    store.append(point);
    points.push(point);
    options.progress.note(describePoint(point));
    return point;
  };
  const startRawMBps = options.startRawMBps ?? drainRate(points) ?? drainRate([await measure(options.objects, null)]);
  if (startRawMBps === null) {
    throw new HarnessError(
      'broken',
      `The backlog did not drain as it should: ${points.at(-1)?.outcome.reasons.join('; ')}. Nothing can be searched from there.`,
    );
  }
  // The same objects in every step: they are then prepared once.
  const objects = Math.ceil((startRawMBps * options.stepS) / documentedRawMBPerObject);
  const search: SearchOptions = {
    startRawMBps,
    floorRawMBps,
    tolerance: options.tolerance,
    repetitions: options.repetitions,
  };
  for (;;) {
    const step = nextStep(trialsOf(points), search);
    if (step.kind === 'done') return resultOf(options, points, null);
    if (step.kind === 'failed') return resultOf(options, points, step.why);
    options.progress.note(`trying ${step.rawMBps} MB/s: ${step.why}`);
    await measure(objects, step.rawMBps);
  }
}

function resultOf(
  { experiment, replay }: MaxOptions,
  points: readonly CapacityPoint[],
  failure: string | null,
): MaxResult {
  const bracket = bracketOf(trialsOf(points));
  const stages = stagesAbove(points, bracket);
  return { experiment, ...bracket, stages, limiting: limitingStage(stages), failure, points, replay };
}

/** Of the run just above the edge, where the limit shows; without one, of the fastest there is. */
function stagesAbove(points: readonly CapacityPoint[], { brokenRawMBps }: Bracket): readonly StageUse[] {
  const above = points.filter(({ load }) => load.offeredRawMBps !== null && load.offeredRawMBps === brokenRawMBps);
  const [fastest] = (above.length > 0 ? above : points).toSorted(
    (a, b) => (b.measured.rawMBps ?? 0) - (a.measured.rawMBps ?? 0),
  );
  return fastest?.stages.toSorted((a, b) => b.share - a.share) ?? [];
}

function drainRate(points: readonly CapacityPoint[]): number | null {
  return points.find(({ outcome }) => outcome.kind === 'drained')?.measured.rawMBps ?? null;
}

function describePoint({ load, outcome, measured }: CapacityPoint): string {
  const rate = load.offeredRawMBps === null ? 'backlog' : `${load.offeredRawMBps} MB/s`;
  const why = outcome.reasons.length === 0 ? '' : `: ${outcome.reasons.join('; ')}`;
  return `${rate}: ${outcome.kind}, ${measured.rawMBps?.toFixed(0) ?? 'no'} MB/s delivered${why}`;
}
