/** The figures of a plan, one by one, each with where it comes from. */
import type { PlanFigure } from '#reports';
import type { Basis } from './basis.ts';
import type { PlanRequest } from './plan-request.ts';
import { monthlyCost, plannedSweep } from './request-cost.ts';
import type { Band } from './scalability.ts';

/** What the plan decided on, in raw MB/s. */
export interface Sizing {
  readonly request: PlanRequest;
  readonly basis: Basis;
  readonly averageRawMBps: number;
  readonly requiredRawMBps: number;
  readonly instances: number;
  /** Throughput of all instances. */
  readonly band: Band;
}

/** Instances, endpoints and workers are planned to be at most so busy: the rest is for what was not foreseen. */
export const utilizationMax = 0.7;
/** One may fail. */
const endpointsMin = 2;
/** As shipped. */
const delayWindowS = 60;
const queueSizeShipped = 1000;
/** The contract's figure for state. */
const stateBytesPerObject = 64;

export function figuresOf(sizing: Sizing): readonly PlanFigure[] {
  return [
    ...sizeFigures(sizing),
    ...concurrencyFigures(sizing),
    ...redisFigures(sizing),
    ...timeFigures(sizing),
    costFigure(sizing),
  ];
}

/** Null when nobody knows what one endpoint takes. */
export function endpointsFor({ agentRawMBps }: PlanRequest, requiredRawMBps: number): number | null {
  if (agentRawMBps === null) return null;
  return Math.max(endpointsMin, Math.ceil(requiredRawMBps / agentRawMBps / utilizationMax));
}

/** Null when it never catches up. */
export function drainHours(outageH: number, liveRawMBps: number, capacityRawMBps: number): number | null {
  const spareRawMBps = capacityRawMBps - liveRawMBps;
  return spareRawMBps <= 0 ? null : (outageH * liveRawMBps) / spareRawMBps;
}

function sizeFigures({ basis, requiredRawMBps, instances, band }: Sizing): readonly PlanFigure[] {
  const spread =
    band.range === null
      ? 'some sizes were measured once: how sure it is cannot be said'
      : `throughput +-${percent((band.range.high - band.range.low) / 2 / band.middle)} (90 %)`;
  const range = band.range === null ? '' : `${band.range.low.toFixed(0)} to ${band.range.high.toFixed(0)} (90 %); `;
  const beyond = instances > basis.instancesMeasuredMax ? `extrapolated from ${basis.instancesMeasuredMax}; ` : '';
  return [
    { name: 'instances', value: instances, unit: '', source: 'model', note: `${beyond}${spread}` },
    {
      name: 'throughput of all instances',
      value: band.middle,
      unit: 'MB/s raw',
      source: 'model',
      note: `${range}measured with S3, agents and generator on the same cores, so instances on their own machines do more`,
    },
    {
      name: 'headroom over what is required',
      value: (band.middle / requiredRawMBps - 1) * 100,
      unit: '%',
      source: 'model',
      note: `planned to be at most ${percent(utilizationMax)} busy`,
    },
    {
      name: 'cores of all instances',
      value: ((requiredRawMBps / 1000) * basis.cpuSPerGB) / utilizationMax,
      unit: '',
      source: 'model',
      note: `${basis.cpuSPerGB.toFixed(2)} CPU seconds per raw GB, measured`,
    },
    {
      name: 'memory of each instance',
      value: basis.rssMaxMB,
      unit: 'MB',
      source: 'measured',
      note: 'the highest of all points; of several instances it is their average. memory.limit bounds what is in flight',
    },
  ];
}

function concurrencyFigures({ request, basis, requiredRawMBps, instances }: Sizing): readonly PlanFigure[] {
  const postsPerS = (requiredRawMBps / 1000) * basis.postPerGB;
  const objectsPerS = requiredRawMBps / basis.rawMBPerObject;
  return [
    {
      name: 'http.workers of each instance',
      value: workersFor(postsPerS / instances, request.agentLatencyMs),
      unit: '',
      source: 'assumed',
      note: `POSTs of ${request.agentLatencyMs} ms, as given`,
    },
    {
      name: 'processing.worker_count of each instance',
      value: workersFor(objectsPerS / instances, request.s3LatencyMs),
      unit: '',
      source: 'assumed',
      note: `GETs of ${request.s3LatencyMs} ms, as given; ${objectsPerS.toFixed(1)} objects a second in all`,
    },
    {
      name: 'processing.queue_size of each instance',
      value: Math.max(queueSizeShipped, Math.ceil(objectsPerS * (delayWindowS + request.scanIntervalS))),
      unit: '',
      source: 'model',
      note: `whoever lists holds all objects of the delay_window (${delayWindowS} s as shipped) and of a scan (${request.scanIntervalS} s), of all instances`,
    },
    {
      name: 'endpoints',
      value: endpointsFor(request, requiredRawMBps),
      unit: '',
      source: 'assumed',
      note:
        request.agentRawMBps === null
          ? 'what one agent takes is not known: measure it, and give --agent-mbps'
          : `${request.agentRawMBps} MB/s each, as given; ${endpointsMin} at least, so that one may fail`,
    },
  ];
}

/** Little's law: as many are under way as come in during the time that one takes; not all of them busy all the time. */
function workersFor(perS: number, latencyMs: number): number {
  return Math.max(1, Math.ceil((perS * latencyMs) / 1000 / utilizationMax));
}

function redisFigures({ request, basis, averageRawMBps, requiredRawMBps }: Sizing): readonly PlanFigure[] {
  const perGB = basis.redisCommandsPerGB;
  const objectsInWindow = (averageRawMBps / basis.rawMBPerObject) * request.lookbackH * 3600;
  return [
    {
      name: 'Redis commands a second',
      value: perGB === null ? null : (requiredRawMBps / 1000) * perGB,
      unit: '1/s',
      source: 'model',
      note: perGB === null ? 'no point was measured with Redis' : `${perGB.toFixed(0)} per raw GB, measured`,
    },
    {
      name: 'state of the look-back window',
      value: (objectsInWindow * stateBytesPerObject) / 1e6,
      unit: 'MB',
      source: 'assumed',
      note: `${stateBytesPerObject} B for each object within ${request.lookbackH} h`,
    },
  ];
}

function timeFigures(sizing: Sizing): readonly PlanFigure[] {
  const { request, basis, averageRawMBps, band } = sizing;
  const { recovery } = request;
  const lags = lagFigures(request, basis);
  if (recovery === null) return lags;
  const drain: PlanFigure = {
    name: `catching up after ${recovery.outageH} h of outage`,
    value: drainHours(recovery.outageH, averageRawMBps, band.middle),
    unit: 'h',
    source: 'model',
    note: `while live traffic goes on at its average; asked for: ${recovery.withinH} h`,
  };
  return [...lags, drain];
}

function lagFigures(request: PlanRequest, basis: Basis): readonly PlanFigure[] {
  const lagMs = plannedLagMs(request, basis);
  const { scanIntervalS, sloLagS } = request;
  return [
    {
      name: 'lag at the sustained rate, as measured',
      value: basis.lagHighMs === null ? null : basis.lagHighMs / 1000,
      unit: 's',
      source: 'measured',
      note: `with a scan every ${basis.scanIntervalMs / 1000} s`,
    },
    {
      name: `lag with a scan every ${scanIntervalS} s, at most`,
      value: lagMs === null ? null : lagMs / 1000,
      unit: 's',
      source: 'model',
      note: `the measured lag and the longer wait to be found: all of it here, half on average, none for objects that are listed while their delay_window (${delayWindowS} s as shipped) lasts; SLO ${sloLagS} s`,
    },
  ];
}

/**
 * The longest: lag was measured with frequent scans, and an object that appears just after one waits for the next. Milliseconds; null where no lag was measured.
 * Scans that are more frequent than the measured ones are not counted as a gain, which nothing here has tested.
 */
export function plannedLagMs({ scanIntervalS }: PlanRequest, { lagHighMs, scanIntervalMs }: Basis): number | null {
  return lagHighMs === null ? null : lagHighMs + Math.max(0, scanIntervalS * 1000 - scanIntervalMs);
}

function costFigure({ request, basis, averageRawMBps }: Sizing): PlanFigure {
  const objectsPerS = averageRawMBps / basis.rawMBPerObject;
  const cost = monthlyCost(request, objectsPerS);
  const { pages, everyS } = plannedSweep(request, objectsPerS);
  const sweeps = `${pages} each, one every ${Number((everyS / 60).toPrecision(2))} min`;
  const { region, asOf } = request.prices;
  return {
    name: 'S3 requests of a month',
    value: cost.total,
    unit: 'USD',
    source: 'assumed',
    note: `GET ${cost.get.toFixed(2)}, LIST of scans ${cost.scans.toFixed(2)}, of look-back sweeps ${cost.sweeps.toFixed(2)} (${sweeps}); prices of ${region}, ${asOf}`,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
