/** `capacity fleet`: more instances than any machine here can carry, simulated with the real pipeline, from service times that were measured. */
import { median } from 'simple-statistics';
import { type FleetResult, type FleetStage, summarizeLatency } from '#reports';
import { type FleetFault, type FleetPlan, type FleetRun, HarnessError, recoveryS, simulateFleet } from '#simulator';
import { describeMachine } from '../../environment/machine.ts';
import type { Progress } from '../../environment/progress.ts';
import { describeSlowSweep, secondsPerDay, sweepOf } from '../listing.ts';
import { calibrate } from './calibrate.ts';
import { fitToRun } from './fit.ts';
import { checkAgainst } from './check.ts';
import { readMeasuredRuns } from './measured-runs.ts';
import { describeFault, type FleetRequest, isSteady, planFleet, warmupS } from './request.ts';

export interface FleetOptions {
  readonly request: FleetRequest;
  /** With measured runs. */
  readonly from: string;
  readonly experiment: string;
  readonly replay: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** As for the other predictions of a plan. */
const errorMax = 0.15;
/** Below this no stage is called limiting. */
const limitingShareMin = 0.7;

export async function simulate(options: FleetOptions): Promise<FleetResult> {
  const { request, progress, signal } = options;
  const measured = readMeasuredRuns(options.from);
  const begun = calibrate(measured);
  const calibration = await fitToRun(begun.quickest, begun, request, signal);
  const checks = await checkAgainst(measured, calibration, request, signal);
  for (const { what, unit, predicted, measured: figures, error } of checks)
    progress.note(
      `${what}: simulated ${predicted.toPrecision(3)} ${unit}, measured ${figures.map((value) => value.toPrecision(3)).join(', ')} (${(error * 100).toFixed(1)} % off)`,
    );
  if (signal.aborted) throw new HarnessError('broken', 'Stopped before anything of the fleet was simulated.');
  const { plan, inputs, offeredRawMBps, settings } = planFleet(request, calibration);
  const startMs = Date.now();
  const run = await simulateFleet(
    plan,
    (simulatedS) => {
      const tookS = (Date.now() - startMs) / 1000;
      const leftS = (tookS / Math.max(1, simulatedS)) * (plan.durationS - simulatedS);
      progress.update(
        simulatedS,
        plan.durationS,
        `${simulatedS.toFixed(0)} of ${plan.durationS} s simulated, ${leftS.toFixed(0)} s left`,
      );
    },
    signal,
  );
  progress.end();
  const stages = run.uses.map((use): FleetStage => ({ ...use })).toSorted((a, b) => b.share - a.share);
  const { cpu, cores, node } = describeMachine();
  return {
    experiment: options.experiment,
    seed: request.seed,
    instances: request.instances,
    rawTBPerDay: request.rawTBPerDay,
    offeredRawMBps,
    askedS: plan.durationS,
    simulatedS: run.simulatedS,
    tookS: (Date.now() - startMs) / 1000,
    ...figuresOf(run),
    timeline: run.intervals,
    fault: plan.fault === null ? null : describeEffect(run, plan.fault),
    stages,
    limiting: stages.find(({ share }) => share >= limitingShareMin) ?? null,
    settings,
    inputs,
    checks,
    errorMax,
    warnings: [...warningsOf(run, options, checks), ...sweepWarnings(plan, run)],
    machine: `${cores} cores of ${cpu}, Node ${node}`,
    replay: options.replay,
  };
}

/** A simulation of minutes has no whole window of objects in its bucket. Its folders are days. */
function sweepWarnings({ load, times }: FleetPlan, run: FleetRun): readonly string[] {
  const slow = describeSlowSweep(
    sweepOf(
      { objectsPerS: load.objectsPerS, activeFolders: 1, folderSpanS: secondsPerDay },
      { lookbackS: run.lookbackS, intervalS: run.lookbackIntervalS, listMs: times.listMs + times.listMsPer1000 },
    ),
  );
  return slow === null ? [] : [`Not simulated: look-back sweeps of a full window. ${slow}`];
}

function figuresOf(run: FleetRun) {
  const { rates } = run;
  const { n, p50, p99, max } = summarizeLatency(run.lagsMsEachS.slice(warmupS).flat());
  return {
    objects: { offered: run.offeredObjects, completed: run.completedObjects, completedTwice: run.repeatedObjects },
    rawMBps: steadyRawMBps(run),
    lagMs: { n, p50, p99, max },
    backlogObjectsAtEnd: run.intervals.at(-1)?.backlogObjects ?? 0,
    redis: {
      commandsPerS: rates.redisCommands,
      claimsPerS: rates.claims,
      objectsPerClaim: rates.objectsPerClaim,
    },
    s3: { getsPerS: rates.gets, listsPerS: rates.lists, throttledGets: run.throttledGets },
    postsPerS: rates.posts,
    retriedObjects: run.retriedObjects,
    memoryMB: {
      median: median([...run.inFlightMBMax]),
      max: Math.max(...run.inFlightMBMax),
      limit: run.memoryLimitMB,
    },
  };
}

/** From the first minute on, or over all of it where there is no more. */
function steadyRawMBps({ intervals }: FleetRun): number {
  const steady = intervals.filter(({ fromS }) => fromS >= warmupS);
  const rates = (steady.length > 0 ? steady : intervals).map(({ rawMBps }) => rawMBps);
  return rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
}

function describeEffect(run: FleetRun, fault: FleetFault): FleetResult['fault'] {
  const since = run.intervals.filter(({ fromS }) => fromS >= fault.atS);
  const lags = since.flatMap(({ lagMaxMs }) => lagMaxMs ?? []);
  return {
    label: describeFault(fault),
    fromS: fault.atS,
    toS: fault.atS + fault.forS,
    recoveredAfterS: recoveryS(run.intervals, fault),
    lagMaxMs: lags.length === 0 ? null : Math.max(...lags),
    backlogObjectsMax: since.length === 0 ? null : Math.max(...since.map(({ backlogObjects }) => backlogObjects)),
  };
}

function warningsOf(
  run: FleetRun,
  { request, signal }: FleetOptions,
  checks: FleetResult['checks'],
): readonly string[] {
  const worst = Math.max(
    0,
    ...checks.filter(({ isCalibratedOn }) => !isCalibratedOn).map(({ error }) => Math.abs(error)),
  );
  const warnings = [
    'Bodies are a size and a line grid, and S3, agents and Redis are models with the service times below; the streamer is the real one. What a model does not have (network between hosts, a noisy neighbour, an S3 that scales its limits) does not show.',
  ];
  if (run.simulatedS < request.durationS)
    warnings.push(
      `Stopped after ${run.simulatedS.toFixed(0)} of ${request.durationS} simulated seconds${signal.aborted ? '' : ', because everything was delivered'}.`,
    );
  if (!isSteady({ askedS: request.durationS, simulatedS: run.simulatedS }))
    warnings.push('Nothing but the start was simulated, which is no steady state: this proves nothing.');
  if (worst > errorMax)
    warnings.push(
      `Beside measured runs the simulation is ${(worst * 100).toFixed(0)} % off, more than the ${errorMax * 100} % that a plan may be.`,
    );
  if (checks.every(({ isCalibratedOn }) => isCalibratedOn))
    warnings.push('The simulation was not checked beside runs that it was not calibrated with.');
  return warnings;
}
