/** What the instances said of themselves while Redis was away: who asks them for their readiness must learn of it, and of its end. */
import type { FaultRecord } from '../run/fault-record.ts';
import type { Readiness, ReadinessChange } from '../run/readiness-watch.ts';
import type { Evidence } from '../run/evidence.ts';
import type { Observation } from './observation.ts';

/** Until the last of them is red; the whole time without Redis, where one is not red to its end. */
export const readinessRedAfter: Observation = {
  id: 'readinessRedAfterMs',
  name: 'readiness red after Redis has gone, last instance',
  unit: 'ms',
  measure: (evidence) => slowest(evidence, redAfterMs),
};

/** Until the last of them is green again; until now, where one still is not. */
export const readinessGreenAfter: Observation = {
  id: 'readinessGreenAfterMs',
  name: 'readiness green after Redis is back, last instance',
  unit: 'ms',
  measure: (evidence) => slowest(evidence, (changes, away) => greenAfterMs(changes, away, Date.now())),
};

type Away = Pick<FaultRecord, 'fromMs' | 'toMs'>;

/** Over all instances and all times without Redis; null where one of them was never seen at work before. */
function slowest(
  { execution: { faults, streamers } }: Evidence,
  timeOf: (changes: readonly ReadinessChange[], away: Away) => number,
): number | null {
  const timesMs = faults
    .filter(({ isRedisAway }) => isRedisAway)
    .flatMap((away) =>
      streamers.map(({ readiness }) => {
        const changes = readiness?.changes ?? [];
        return lastWord(changes, away.fromMs) === 'ready' ? timeOf(changes, away) : null;
      }),
    );
  const known = timesMs.filter((ms) => ms !== null);
  return known.length === 0 || known.length < timesMs.length ? null : Math.max(...known);
}

export function redAfterMs(changes: readonly ReadinessChange[], { fromMs, toMs }: Away): number {
  const lastGreen = changes.findLast(({ atMs, readiness }) => atMs <= toMs && readiness === 'ready');
  const red = changes.find(({ atMs, readiness }) => atMs > (lastGreen?.atMs ?? 0) && readiness === 'not ready');
  return red === undefined || red.atMs > toMs ? toMs - fromMs : red.atMs - fromMs;
}

export function greenAfterMs(changes: readonly ReadinessChange[], { toMs }: Away, nowMs: number): number {
  if (lastWord(changes, toMs) === 'ready') return 0;
  const green = changes.find(({ atMs, readiness }) => atMs > toMs && readiness === 'ready');
  return (green?.atMs ?? nowMs) - toMs;
}

/** What it said last by then; a moment in which it was too busy to say says nothing. */
function lastWord(changes: readonly ReadinessChange[], ms: number): Readiness | undefined {
  return changes.findLast(({ atMs, readiness }) => atMs <= ms && readiness !== 'silent')?.readiness;
}
