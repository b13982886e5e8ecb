/**
 * A plan: what a load needs, from points that were measured. Pure. Every figure says where it comes from: `measured` (as it stands), `model`
 * (computed from measurements, or beyond them: then with an error) or `assumed` (given with the request, or by a price list).
 */
import type { PlanResult } from '#reports';
import { type Basis, describeSettings } from './basis.ts';
import { describeSlowSweep, secondsPerDay } from './listing.ts';
import { drainHours, endpointsFor, figuresOf, plannedLagMs, type Sizing, utilizationMax } from './plan-figures.ts';
import type { PlanRequest } from './plan-request.ts';
import { plannedSweep } from './request-cost.ts';
import { fitLaw, isRepeated, predict, predictBand, type ScalabilityLaw, sizesForLaw } from './scalability.ts';

const instancesMax = 10_000;

/** `random`: uniform in [0, 1), for the resampling behind the bands. */
export function planCapacity(request: PlanRequest, basis: Basis, random: () => number): PlanResult {
  const averageRawMBps = (request.rawTBPerDay * 1e6) / secondsPerDay;
  const peakRawMBps = averageRawMBps * request.peakFactor;
  const recoveryRawMBps = recoveryRate(averageRawMBps, request.recovery);
  const requiredRawMBps = Math.max(peakRawMBps, recoveryRawMBps ?? 0);
  const law = fitLaw(basis.scaled);
  const instances = instancesFor(requiredRawMBps, law);
  const sizing: Sizing | null =
    instances === null
      ? null
      : {
          request,
          basis,
          averageRawMBps,
          requiredRawMBps,
          instances,
          band: predictBand(basis.scaled, instances, random),
        };
  return {
    request: describeRequest(request, basis),
    averageRawMBps,
    peakRawMBps,
    recoveryRawMBps,
    requiredRawMBps,
    instances,
    law: { ...law, sizes: sizesOf(basis) },
    figures: sizing === null ? [] : figuresOf(sizing),
    breaksFirst: sizing === null ? [] : whatBreaks(sizing),
    curve: curveOf(basis, instances ?? basis.instancesMeasuredMax, random),
    drain: sizing === null ? [] : drainCurve(sizing),
    warnings: [
      ...scaleWarnings(basis, requiredRawMBps, instances, law),
      ...fleetWarnings(basis, requiredRawMBps, instances),
      ...lagWarnings(request, basis),
      ...sweepWarnings(request, averageRawMBps / basis.rawMBPerObject),
    ],
    basis: describeBasis(basis),
  };
}

/** Live traffic at its average goes on while the backlog of the outage is drained. */
function recoveryRate(averageRawMBps: number, recovery: PlanRequest['recovery']): number | null {
  return recovery === null ? null : averageRawMBps * (1 + recovery.outageH / recovery.withinH);
}

/** The fewest that carry the rate at the planned utilisation; null when no number does. */
function instancesFor(requiredRawMBps: number, law: ScalabilityLaw): number | null {
  for (let instances = 1; instances <= instancesMax; instances += 1) {
    if (predict(law, instances) * utilizationMax >= requiredRawMBps) return instances;
    if (predict(law, instances + 1) <= predict(law, instances)) return null;
  }
  return null;
}

function whatBreaks({ request, basis, requiredRawMBps, instances, band }: Sizing): PlanResult['breaksFirst'] {
  const { getPerSecondPerPrefix } = request.prices;
  const endpoints = endpointsFor(request, requiredRawMBps);
  const limits = [
    {
      what: `throughput of ${instances} instances`,
      atFactor: (band.range?.low ?? band.middle) / requiredRawMBps,
      note: `${band.range === null ? 'as fitted, there is no band' : 'lower end of the 90 % band'}; add instances`,
    },
    {
      what: 'GET limit of one S3 prefix',
      atFactor: getPerSecondPerPrefix / (requiredRawMBps / basis.rawMBPerObject),
      note: `${getPerSecondPerPrefix} a second; spread the objects over more prefixes`,
    },
  ];
  if (endpoints !== null && request.agentRawMBps !== null) {
    const atFactor = (endpoints * request.agentRawMBps) / requiredRawMBps;
    limits.push({ what: `${endpoints} endpoints`, atFactor, note: 'add endpoints' });
  }
  return limits.toSorted((a, b) => a.atFactor - b.atFactor);
}

const curvePoints = 24;

/** The measured sizes and those around the planned one, each with its band. */
function curveOf(basis: Basis, instances: number, random: () => number): PlanResult['curve'] {
  const last = Math.max(instances * 1.5, basis.instancesMeasuredMax * 1.5, 4);
  const step = Math.max(1, Math.ceil(last / curvePoints));
  const model: PlanResult['curve']['model'][number][] = [];
  for (let size = 1; size <= last; size += step) {
    model.push({ instances: size, ...predictBand(basis.scaled, size, random) });
  }
  return { model, measured: basis.scaled };
}

const outagesH = [1, 2, 3, 4, 6, 8, 12, 18, 24];

function drainCurve({ averageRawMBps, band }: Sizing): PlanResult['drain'] {
  return outagesH.map((outageH) => ({ outageH, drainH: drainHours(outageH, averageRawMBps, band.middle) }));
}

function scaleWarnings(
  basis: Basis,
  requiredRawMBps: number,
  instances: number | null,
  law: ScalabilityLaw,
): readonly string[] {
  const { instancesMeasuredMax } = basis;
  const warnings: string[] = [];
  if (instances === null) {
    warnings.push(
      `No number of instances carries ${requiredRawMBps.toFixed(0)} MB/s: by the fitted law, more than ${mostUseful(law)} of them do less.`,
    );
  }
  if (sizesOf(basis) < sizesForLaw) {
    warnings.push(
      `Fewer than ${sizesForLaw} numbers of instances were measured: throughput is taken as proportional to them, which nothing here has tested. \`capacity scale\` measures it.`,
    );
  }
  if (instances !== null && instances > instancesMeasuredMax) {
    warnings.push(
      `${instances} instances are planned, ${instancesMeasuredMax} were measured at most: an extrapolation by ${(instances / instancesMeasuredMax).toFixed(1)}x.`,
    );
  }
  if (!isRepeated(basis.scaled)) {
    warnings.push(
      'Some numbers of instances were measured only once: how sure the throughput is cannot be said, and there is no band. Measure them again (`capacity scale` does it twice).',
    );
  }
  return warnings;
}

/** The law knows nothing of what many instances share beyond the measured sizes; the simulated fleet does. */
function fleetWarnings(
  { instancesMeasuredMax, rawMBPerObject }: Basis,
  requiredRawMBps: number,
  instances: number | null,
): readonly string[] {
  if (instances === null || instances <= instancesMeasuredMax) return [];
  const rawTBPerDay = (requiredRawMBps * secondsPerDay) / 1e6;
  const flags = `--instances ${instances} --tb-per-day ${Number(rawTBPerDay.toPrecision(3))} --object-mb ${Math.round(rawMBPerObject)}`;
  return [
    `What so many instances share (the one that lists, Redis, the request limit of S3) is no part of the law: simulate them with \`npm run capacity -- fleet ${flags}\`.`,
  ];
}

function lagWarnings(request: PlanRequest, basis: Basis): readonly string[] {
  const { sloLagS, scanIntervalS } = request;
  const { lagHighMs, scanIntervalMs } = basis;
  const plannedMs = plannedLagMs(request, basis);
  if (lagHighMs === null || plannedMs === null) {
    const unknown = 'No sustained rate was measured, only drains: the lag at the planned load is not known.';
    const waiting = 'An object can wait a whole scan_interval to be found: that alone takes up the SLO.';
    return scanIntervalS < sloLagS ? [unknown] : [unknown, waiting];
  }
  if (lagHighMs > sloLagS * 1000) {
    return [
      `At the sustained rate lag was ${(lagHighMs / 1000).toFixed(1)} s, over the SLO of ${sloLagS} s: measure again with \`capacity max --slo-lag ${sloLagS}s\`.`,
    ];
  }
  if (plannedMs > sloLagS * 1000) {
    return [
      `With a scan every ${scanIntervalS} s lag is ${(plannedMs / 1000).toFixed(1)} s at most, over the SLO of ${sloLagS} s (it was measured with one every ${scanIntervalMs / 1000} s): shorten processing.scan_interval, or be notified (discovery.mode: both).`,
    ];
  }
  return [];
}

function sweepWarnings(request: PlanRequest, objectsPerS: number): readonly string[] {
  const slow = describeSlowSweep(plannedSweep(request, objectsPerS));
  return slow === null ? [] : [slow];
}

/** Where the law's throughput is highest. */
function mostUseful({ sigma, kappa }: ScalabilityLaw): number {
  return kappa === 0 ? instancesMax : Math.max(1, Math.floor(Math.sqrt((1 - sigma) / kappa)));
}

function sizesOf({ scaled }: Basis): number {
  return new Set(scaled.map(({ instances }) => instances)).size;
}

function describeRequest(request: PlanRequest, basis: Basis): string {
  const { recovery } = request;
  const caughtUp =
    recovery === null ? '' : `, an outage of ${recovery.outageH} h caught up within ${recovery.withinH} h`;
  return `${request.rawTBPerDay} TB raw a day in objects of ${basis.rawMBPerObject.toFixed(1)} MB, peak ${request.peakFactor}x, lag within ${request.sloLagS} s${caughtUp}`;
}

function describeBasis({ points, newest }: Basis): PlanResult['basis'] {
  const { machine } = newest;
  return {
    points: points.length,
    from: points.map(({ at }) => at).toSorted()[0] ?? newest.at,
    to: newest.at,
    machine: `${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, S3 ${newest.s3}`,
    settings: describeSettings(newest),
  };
}
