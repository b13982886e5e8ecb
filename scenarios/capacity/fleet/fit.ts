/**
 * Makes the simulated waterfall that of a measured run. The measured one is of each object's last batch, which took longer than the average one, and of
 * readings that waited for each other: what they say of a single GET or POST, the simulation tells best.
 */
import { type FleetPlan, type FleetRun, HarnessError, type ServiceTimes, simulateFleet } from '#simulator';
import type { Calibration } from './calibrate.ts';
import type { MeasuredRun } from './measured-runs.ts';
import { planOfRun, type RunBasis } from './run-plan.ts';

const rounds = 4;
/** Shorter than the harness can tell. */
const leastMs = 0.5;

export async function fitToRun(
  run: MeasuredRun,
  calibration: Calibration,
  basis: RunBasis,
  signal: AbortSignal,
  simulate: (plan: FleetPlan) => Promise<FleetRun> = async (plan) => simulateFleet(plan, () => undefined, signal),
): Promise<Calibration> {
  const wanted = run.result.waterfallMs.avg;
  if (wanted === null) return calibration;
  let fitted = calibration;
  for (let round = 0; round < rounds; round += 1) {
    const { waterfallMs } = await simulate(planOfRun(run, fitted, basis));
    // Half a run has half a waterfall, or none.
    if (signal.aborted) throw new HarnessError('broken', 'Stopped before GET and POST were fitted to a measured run.');
    if (!(waterfallMs.readAndInflate > 0)) {
      throw new HarnessError(
        'broken',
        `GET and POST cannot be fitted: the simulation of the run of ${run.result.startedAt} delivered nothing. Measure again with \`npm run capacity -- scale\`.`,
      );
    }
    fitted = withTimes(fitted, {
      // Readings wait for each other: by a share, not by so many milliseconds.
      getMs: Math.max(leastMs, (fitted.times.getMs * wanted.readAndInflate) / waterfallMs.readAndInflate),
      postMs: postMsOf(fitted, wanted.acknowledgement - waterfallMs.acknowledgement),
    });
  }
  return fitted;
}

function postMsOf({ times }: Calibration, moreMs: number): ServiceTimes['postMs'] {
  const middleMs = Math.max(leastMs, (times.postMs.min + times.postMs.max) / 2 + moreMs);
  return { min: middleMs / 2, max: middleMs * 1.5 };
}

function withTimes(calibration: Calibration, times: Pick<ServiceTimes, 'getMs' | 'postMs'>): Calibration {
  const values: Readonly<Record<string, number>> = {
    'GET, to its last byte': times.getMs,
    'POST, beside CPU time and agent': (times.postMs.min + times.postMs.max) / 2,
  };
  return {
    ...calibration,
    times: { ...calibration.times, ...times },
    inputs: calibration.inputs.map((input) => ({ ...input, value: values[input.name] ?? input.value })),
  };
}
