/** What S3 asks for its requests, by the price list of the plan. */
import type { PlanRequest } from './plan-request.ts';

export interface RequestCost {
  readonly get: number;
  readonly scans: number;
  readonly sweeps: number;
  readonly total: number;
}

const secondsPerMonth = 30 * 86_400;
const keysPerPage = 1000;

/**
 * USD a month: one GET for each object; one LIST for each active partition and scan, and one more for each 1,000 new objects; each look-back
 * sweep a LIST for each 1,000 objects of the window.
 */
export function monthlyCost(request: PlanRequest, rawMBPerObject: number, averageRawMBps: number): RequestCost {
  const { prices } = request;
  const objectsPerS = averageRawMBps / rawMBPerObject;
  const objectsPerMonth = objectsPerS * secondsPerMonth;
  const scanLists =
    request.activePartitions * (secondsPerMonth / request.scanIntervalS) + objectsPerMonth / keysPerPage;
  const sweepPages = Math.max(1, Math.ceil((objectsPerS * request.lookbackH * 3600) / keysPerPage));
  const sweepLists = sweepPages * (secondsPerMonth / request.lookbackIntervalS);
  const get = (objectsPerMonth / 1000) * prices.getPer1000;
  const scans = (scanLists / 1000) * prices.listPer1000;
  const sweeps = (sweepLists / 1000) * prices.listPer1000;
  return { get, scans, sweeps, total: get + scans + sweeps };
}
