/** The very runs that were measured, simulated: what the simulation says of them beside what they did. */
import { median } from 'simple-statistics';
import type { FleetCheck, Result } from '#reports';
import { type FleetPlan, type FleetRun, simulateFleet } from '#simulator';
import { settingsOf } from './settings.ts';
import type { Calibration } from './calibrate.ts';
import type { MeasuredRun, MeasuredRuns } from './measured-runs.ts';

/** Longer than any measured run. */
const durationSMax = 900;
/** The documented load's sizes. */
const sizeSpread = 0.1;

export async function checkAgainst(
  measured: MeasuredRuns,
  calibration: Calibration,
  { seed, getPerSPerPrefix }: { readonly seed: number; readonly getPerSPerPrefix: number },
  signal: AbortSignal,
): Promise<readonly FleetCheck[]> {
  const checks: FleetCheck[] = [];
  const simulate = async (run: MeasuredRun, load: Partial<FleetPlan['load']>): Promise<FleetRun> =>
    simulateFleet(
      { ...planOf(run, calibration), seed, getPerSPerPrefix, load: { ...loadOf(run.result, calibration), ...load } },
      () => undefined,
      signal,
    );
  for (const [instances, runs] of Map.groupBy(measured.runs, ({ point }) => point.instances)) {
    const [first] = runs;
    if (first === undefined || signal.aborted) continue;
    const { rawMBps } = await simulate(first, {});
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
  const { drain } = measured;
  const alike =
    drain === null ? undefined : measured.runs.find(({ point }) => point.instances === drain.streamer.instances);
  const measuredS = drain === null ? null : drainedS(drain);
  if (drain !== null && alike !== undefined && measuredS !== null && !signal.aborted) {
    const { backlogObjects, liveObjects, liveS } = partsOf(drain);
    const run = await simulate(
      { point: alike.point, result: drain },
      { backlogObjects, objectsPerS: liveObjects / liveS, liveForS: liveS },
    );
    const predictedS = drainedInS(run, inHandMax(drain));
    if (predictedS !== null)
      checks.push(
        checkOf(
          `${backlogObjects} objects drained by ${drain.streamer.instances} instances beside ${(liveObjects / liveS).toFixed(0)} live ones a second`,
          's',
          predictedS,
          [measuredS],
          false,
        ),
      );
  }
  return checks;
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

function planOf(
  { point, result }: MeasuredRun,
  { times, otherMsPerRawMB }: Calibration,
): Omit<FleetPlan, 'load' | 'seed' | 'getPerSPerPrefix'> {
  const { min, max } = times.postMs;
  return {
    instances: point.instances,
    endpointsPerInstance: point.endpoints,
    settings: settingsOf(result),
    // The mock agents wait between half and one and a half times as long as they were told to.
    times: { ...times, postMs: { min: min + point.agentLatencyMs / 2, max: max + point.agentLatencyMs * 1.5 } },
    machine: { cores: point.machine.cores, isShared: true, otherMsPerRawMB },
    fault: null,
    durationS: durationSMax,
  };
}

function loadOf({ load }: Result, { gzipRatio, lineBytes }: Calibration): FleetPlan['load'] {
  return {
    backlogObjects: load.files,
    objectsPerS: 0,
    liveForS: null,
    rawBytesPerObject: load.rawBytes / load.files,
    sizeSpread,
    lineBytes,
    gzipRatio,
    prefixes: 1,
  };
}

interface DrainParts {
  /** Left when the first live object was due: the instances were up before. */
  readonly backlogObjects: number;
  readonly liveObjects: number;
  readonly liveS: number;
}

function partsOf({ load, timeline }: Result): DrainParts {
  // To the first second counts all that had been due before.
  const [first, ...rest] = timeline;
  const live = rest.filter(({ offeredRawBytes }) => offeredRawBytes > 0);
  const liveBytes = live.reduce((sum, { offeredRawBytes }) => sum + offeredRawBytes, 0);
  const liveEachS = liveBytes / (load.rawBytes / load.files) / Math.max(1, live.length);
  const backlogObjects = Math.round((first?.backlogFiles ?? 0) + (first?.files ?? 0) - liveEachS);
  return { backlogObjects, liveObjects: liveEachS * (live.length + 1), liveS: live.length + 1 };
}

/** Live traffic keeps so many under way anyway: as `capacity scale` has it. */
function inHandMax(drain: Result): number {
  const { liveObjects, liveS } = partsOf(drain);
  return Math.max(2, (2 * liveObjects) / liveS);
}

function drainedS(drain: Result): number | null {
  const limit = inHandMax(drain);
  const drained = drain.timeline.find(({ backlogFiles }) => backlogFiles !== null && backlogFiles <= limit);
  return drained === undefined ? null : drained.tS + 1;
}

function drainedInS({ backlogEachS }: FleetRun, limit: number): number | null {
  const second = backlogEachS.findIndex((objects) => objects <= limit);
  return second === -1 ? null : second + 1;
}
