/** The very runs that were measured, simulated: what the simulation says of them beside what they did. */
import { median } from 'simple-statistics';
import type { FleetCheck } from '#reports';
import { type FleetPlan, type FleetRun, simulateFleet } from '#simulator';
import { drainOf, inHandMax } from '../drain.ts';
import type { Calibration } from './calibrate.ts';
import type { MeasuredRun, MeasuredRuns } from './measured-runs.ts';
import { planOfRun, type RunBasis } from './run-plan.ts';

export async function checkAgainst(
  measured: MeasuredRuns,
  calibration: Calibration,
  basis: RunBasis,
  signal: AbortSignal,
): Promise<readonly FleetCheck[]> {
  const checks: FleetCheck[] = [];
  const simulate: Simulate = async (run, load) => {
    const plan = planOfRun(run, calibration, basis);
    return simulateFleet({ ...plan, load: { ...plan.load, ...load } }, () => undefined, signal);
  };
  for (const [instances, runs] of Map.groupBy(measured.runs, ({ point }) => point.instances)) {
    const [first] = runs;
    if (first === undefined) continue;
    const { rawMBps } = await simulate(first, {});
    // A run that was stopped has no rate.
    if (signal.aborted) break;
    checks.push(
      checkOf(
        `${instances} instance${instances === 1 ? '' : 's'}`,
        'MB/s',
        rawMBps,
        runs.flatMap(({ point }) => point.measured.rawMBps ?? []),
        runs.some((run) => calibration.runs.includes(run)),
      ),
    );
  }
  const drained = signal.aborted ? null : await checkDrain(measured, simulate);
  return drained === null || signal.aborted ? checks : [...checks, drained];
}

type Simulate = (run: MeasuredRun, load: Partial<FleetPlan['load']>) => Promise<FleetRun>;

/** Live objects begin when as much of the backlog is left as was left then. */
async function checkDrain({ drain, runs }: MeasuredRuns, simulate: Simulate): Promise<FleetCheck | null> {
  const alike = runs.find(({ point }) => point.instances === drain?.streamer.instances);
  if (drain === null || alike === undefined) return null;
  const { backlogObjects, leftObjects, liveObjectsPerS, liveS, drainedS } = drainOf(drain);
  const run = { point: alike.point, result: drain };
  const before = await simulate(run, { backlogObjects });
  const liveFromS = before.backlogEachS.findIndex((objects) => objects <= leftObjects) + 1;
  const beside = await simulate(run, { backlogObjects, objectsPerS: liveObjectsPerS, liveFromS, liveForS: liveS });
  const endS =
    beside.backlogEachS.findIndex((objects, second) => second >= liveFromS && objects <= inHandMax(liveObjectsPerS)) +
    1;
  if (drainedS === null || endS === 0) return null;
  const what = `${leftObjects} objects drained by ${run.point.instances} instances beside ${liveObjectsPerS.toFixed(1)} live ones a second`;
  return checkOf(what, 's', endS - liveFromS, [drainedS], false);
}

function checkOf(
  what: string,
  unit: string,
  predicted: number,
  measured: readonly number[],
  isCalibratedOn: boolean,
): FleetCheck {
  return {
    what,
    unit,
    predicted,
    low: null,
    high: null,
    measured,
    error: predicted / median([...measured]) - 1,
    isCalibratedOn,
  };
}
