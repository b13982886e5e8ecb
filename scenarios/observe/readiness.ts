/** What the instances said of themselves while Redis was away: who asks them for their readiness must learn of it, and of its end. */
import type { FaultRecord } from '../run/fault-record.ts';
import type { ReadinessChange } from '../run/readiness-watch.ts';
import type { Evidence } from '../run/evidence.ts';
import type { Observation } from './observation.ts';

/** Until the last of them is red; null where one is not, or is not red to the end. */
export const readinessRedAfter: Observation = {
  id: 'readinessRedAfterMs',
  name: 'readiness red after Redis has gone, last instance',
  unit: 'ms',
  measure: (evidence) => slowest(evidence, redAfterMs),
};

/** Until the last of them is green again. */
export const readinessGreenAfter: Observation = {
  id: 'readinessGreenAfterMs',
  name: 'readiness green after Redis is back, last instance',
  unit: 'ms',
  measure: (evidence) => slowest(evidence, greenAfterMs),
};

/** Over all instances and all times without Redis; null where one of them never came to it. */
function slowest(
  { execution: { faults, streamers } }: Evidence,
  timeOf: (changes: readonly ReadinessChange[], fault: FaultRecord) => number | null,
): number | null {
  const timesMs = faults
    .filter(({ isRedisAway }) => isRedisAway)
    .flatMap((fault) => streamers.map(({ readiness }) => timeOf(readiness?.changes ?? [], fault)));
  const known = timesMs.filter((ms) => ms !== null);
  return known.length === 0 || known.length < timesMs.length ? null : Math.max(...known);
}

export function redAfterMs(
  changes: readonly ReadinessChange[],
  { fromMs, toMs }: Pick<FaultRecord, 'fromMs' | 'toMs'>,
) {
  const lastReady = changes.findLast(({ atMs, readiness }) => atMs <= toMs && readiness === 'ready');
  if (lastReady === undefined) return null;
  const red = changes.find(({ atMs, readiness }) => atMs > lastReady.atMs && readiness === 'not ready');
  return red === undefined || red.atMs < fromMs || red.atMs > toMs ? null : red.atMs - fromMs;
}

export function greenAfterMs(changes: readonly ReadinessChange[], { toMs }: Pick<FaultRecord, 'toMs'>): number | null {
  const isRed =
    changes.findLast(({ atMs, readiness }) => atMs <= toMs && readiness !== 'silent')?.readiness === 'not ready';
  const green = changes.find(({ atMs, readiness }) => atMs > toMs && readiness === 'ready');
  return !isRed || green === undefined ? null : green.atMs - toMs;
}
