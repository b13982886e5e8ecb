/** What the instances said of themselves while they were kept from what they cannot do without: who asks them for their readiness must learn of it, and of its end. */
import type { FaultRecord } from '../run/fault-record.ts';
import type { Readiness, ReadinessChange } from '../run/readiness-watch.ts';
import type { Evidence } from '../run/evidence.ts';
import { sumOf } from '../run/sum.ts';
import type { Observation } from './observation.ts';

/** Until the last of them is red; the whole time without Redis, where one is not red to its end. */
export const readinessRedAfter: Observation = {
  id: 'readinessRedAfterMs',
  name: 'readiness red after Redis has gone, last instance',
  unit: 'ms',
  measure: (evidence) => slowest(evidence, redAfterMs, redisIsAway),
};

/** Until the last of them is green again; until now, where one still is not. */
export const readinessGreenAfter: Observation = {
  id: 'readinessGreenAfterMs',
  name: 'readiness green after Redis is back, last instance',
  unit: 'ms',
  measure: (evidence) => slowest(evidence, greenAfterMsByNow, redisIsAway),
};

/** As above, of the instances that one fault cut off; `what` names it. */
export function readinessRedDuring(fault: number, what: string): Observation {
  return {
    id: `readinessRedAfterFault${fault + 1}Ms`,
    name: `readiness red: ${what}`,
    unit: 'ms',
    measure: (evidence) => slowest(evidence, redAfterMs, (_, index) => index === fault),
  };
}

export function readinessGreenSince(fault: number, what: string): Observation {
  return {
    id: `readinessGreenAfterFault${fault + 1}Ms`,
    name: `readiness green again: ${what}`,
    unit: 'ms',
    measure: (evidence) => slowest(evidence, greenAfterMsByNow, (_, index) => index === fault),
  };
}

/** Instances that a fault left alone, and that said while it lasted that they were not ready. */
export const redWithoutCause: Observation = {
  id: 'redWithoutCause',
  name: 'instances red that were not cut off',
  unit: 'instances',
  measure: ({ execution: { faults, streamers } }) =>
    sumOf(
      faults.filter(({ cutOff }) => cutOff.length > 0),
      (fault) =>
        streamers.filter(
          ({ name, readiness }) => !fault.cutOff.includes(name) && wasRed(readiness?.changes ?? [], fault),
        ).length,
    ),
};

export function wasRed(changes: readonly ReadinessChange[], { fromMs, toMs }: Away): boolean {
  // Who was red already, and stayed it, has said nothing new.
  if (lastWord(changes, fromMs) === 'not ready') return true;
  return changes.some(({ atMs, readiness: said }) => atMs >= fromMs && atMs <= toMs && said === 'not ready');
}

type Choice = (fault: FaultRecord, index: number) => boolean;

const redisIsAway: Choice = ({ isRedisAway }) => isRedisAway;

type Away = Pick<FaultRecord, 'fromMs' | 'toMs'>;

/** Over the chosen faults, and the instances that each cut off; null where one of them was never seen at work before. */
function slowest(
  { execution: { faults, streamers } }: Evidence,
  timeOf: (changes: readonly ReadinessChange[], away: Away) => number,
  isChosen: Choice,
): number | null {
  const timesMs = faults.filter(isChosen).flatMap((away) =>
    streamers
      .filter(({ name }) => away.cutOff.includes(name))
      .map(({ readiness }) => {
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

function greenAfterMsByNow(changes: readonly ReadinessChange[], away: Away): number {
  return greenAfterMs(changes, away, Date.now());
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
