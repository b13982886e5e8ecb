/** What the agents took around a fault, second by second. */
import { HarnessError, type TimelineSecond } from '#simulator';
import type { Evidence } from '../run/evidence.ts';
import { maxOf, sumOf } from '../run/sum.ts';
import type { Observation } from './observation.ts';

/** Seconds from a moment; whole ones, because the sink counts by whole seconds. */
export interface SpanS {
  readonly from: number;
  readonly to: number;
}

/** Throughput in a span after the fault's beginning, over that in the seconds before it. */
export function rateUnderFault(fault: number, { from, to }: SpanS, beforeS: number): Observation {
  return {
    id: 'rateUnderFaultOverBefore',
    name: `throughput ${from} to ${to} s into the fault, over that before`,
    unit: 'share',
    measure: (evidence) => {
      const { fromMs } = faultAt(evidence, fault);
      const before = bytesPerS(secondsIn(evidence, fromMs - beforeS * 1000, fromMs), beforeS);
      const under = bytesPerS(secondsIn(evidence, fromMs + from * 1000, fromMs + to * 1000), to - from);
      return before === 0 ? null : under / before;
    },
  };
}

/** How much came in the busiest second: a burst that is smoothed has a lower one. */
export const busiestSecond: Observation = {
  id: 'rawMBpsMax',
  name: 'raw data that reached the agents, busiest second',
  unit: 'MB/s',
  measure: (evidence) =>
    maxOf(secondsIn(evidence, evidence.execution.windowStartMs, Infinity), ({ bytes }) => bytes, 0) / 1e6,
};

/** The largest deviation of an agent from an even share of the bytes, in a span after the fault's end. */
export function unevennessAfterFault(fault: number, { from, to }: SpanS): Observation {
  return {
    id: 'unevennessAfterFault',
    name: `unevenness of endpoints ${from} to ${to} s after the fault`,
    unit: 'share',
    measure: (evidence) => {
      const { toMs } = faultAt(evidence, fault);
      return unevenness(secondsIn(evidence, toMs + from * 1000, toMs + to * 1000));
    },
  };
}

/** Null where nothing came. */
function unevenness(seconds: readonly TimelineSecond[]): number | null {
  const agents = Array.from({ length: seconds[0]?.agentBytes.length ?? 0 }, (_, agent) =>
    sumOf(seconds, ({ agentBytes }) => agentBytes[agent] ?? 0),
  );
  const even = sumOf(agents, (bytes) => bytes) / agents.length;
  if (agents.length === 0 || even === 0) return null;
  return Math.max(...agents.map((bytes) => Math.abs(bytes - even) / even));
}

function faultAt({ execution }: Evidence, index: number): { readonly fromMs: number; readonly toMs: number } {
  const fault = execution.faults[index];
  if (fault === undefined) throw new HarnessError('usage', `The scenario has no fault ${index}.`);
  return fault;
}

/** The whole seconds that lie inside. */
function secondsIn({ sinkTimeline }: Evidence, fromMs: number, toMs: number): readonly TimelineSecond[] {
  const firstMs = Math.ceil(fromMs / 1000) * 1000;
  const lastMs = Math.floor(toMs / 1000) * 1000;
  return sinkTimeline.filter(({ tMs }) => tMs >= firstMs && tMs < lastMs);
}

function bytesPerS(seconds: readonly TimelineSecond[], spanS: number): number {
  // A span that does not begin on a whole second holds one second less.
  return sumOf(seconds, ({ bytes }) => bytes) / Math.max(1, spanS - 1);
}
