/** What S3 asks for its requests, by the price list of the plan. */
import { type ListedLoad, scanListsPerS, type Sweep, sweepOf } from './listing.ts';
import type { PlanRequest } from './plan-request.ts';

/** USD a month. */
export interface RequestCost {
  readonly get: number;
  readonly scans: number;
  readonly sweeps: number;
  readonly total: number;
}

const secondsPerMonth = 30 * 86_400;

/** One GET for each object, and the LISTs of head scans and of look-back sweeps. */
export function monthlyCost(request: PlanRequest, objectsPerS: number): RequestCost {
  const { prices } = request;
  const { pages, everyS } = plannedSweep(request, objectsPerS);
  const priceOf = (requestsPerS: number, per1000: number): number =>
    ((requestsPerS * secondsPerMonth) / 1000) * per1000;
  const get = priceOf(objectsPerS, prices.getPer1000);
  const scans = priceOf(scanListsPerS(listedLoad(request, objectsPerS), request.scanIntervalS), prices.listPer1000);
  const sweeps = priceOf(pages / everyS, prices.listPer1000);
  return { get, scans, sweeps, total: get + scans + sweeps };
}

/** A LIST of a full page is taken to last as long as a GET: nobody is asked for it. */
export function plannedSweep(request: PlanRequest, objectsPerS: number): Sweep {
  return sweepOf(listedLoad(request, objectsPerS), {
    lookbackS: request.lookbackH * 3600,
    intervalS: request.lookbackIntervalS,
    listMs: request.s3LatencyMs,
  });
}

function listedLoad({ activePartitions, folderSpanH }: PlanRequest, objectsPerS: number): ListedLoad {
  return { objectsPerS, activeFolders: activePartitions, folderSpanS: folderSpanH * 3600 };
}
