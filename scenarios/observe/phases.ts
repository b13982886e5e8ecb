/** The rate of delivery between the moments at which instances joined. */
import type { Evidence } from '../run/evidence.ts';
import { sumOf } from '../run/sum.ts';
import type { Observation } from './observation.ts';

/** Whoever has joined needs a moment to find its work. */
const settleInMs = 1000;

/** At the end of a backlog one instance runs dry before another: the last phase is counted up to this share of the bytes. */
const backlogShare = 0.9;

interface Phase {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Phase 0 is that of the instances that were there at the start. */
export function rateOfPhase(number: number): Observation {
  return {
    id: `phase${number + 1}RawMBps`,
    name: `rate of phase ${number + 1}`,
    unit: 'MB/s',
    measure: (evidence) => {
      const phase = phasesOf(evidence)[number];
      return phase === undefined ? null : rateWithin(evidence, phase);
    },
  };
}

export function rateOver(rate: Observation, base: Observation, id: string): Observation {
  return {
    id,
    name: `${rate.name} over ${base.name}`,
    unit: '',
    measure: async (evidence) => {
      const [of, over] = [await rate.measure(evidence), await base.measure(evidence)];
      return of === null || over === null || over === 0 ? null : of / over;
    },
  };
}

function phasesOf({ execution: { faults, windowStartMs }, sinkTimeline, settledEndMs }: Evidence): readonly Phase[] {
  const joins = faults.filter(({ joined }) => joined > 0).toSorted((a, b) => a.fromMs - b.fromMs);
  const starts = [windowStartMs, ...joins.map(({ toMs }) => toMs)];
  return starts.map((fromMs, at) => ({
    fromMs,
    toMs: joins[at]?.fromMs ?? workLastsUntil(sinkTimeline) ?? settledEndMs,
  }));
}

function workLastsUntil(seconds: Evidence['sinkTimeline']): number | null {
  const enough = sumOf(seconds, ({ bytes }) => bytes) * backlogShare;
  let bytesSoFar = 0;
  for (const { tMs, bytes } of seconds) {
    bytesSoFar += bytes;
    if (bytesSoFar >= enough) return tMs;
  }
  return null;
}

/** Of the whole seconds inside. */
function rateWithin({ sinkTimeline }: Evidence, { fromMs, toMs }: Phase): number | null {
  const firstMs = Math.ceil((fromMs + settleInMs) / 1000) * 1000;
  const endMs = Math.floor(toMs / 1000) * 1000;
  if (endMs <= firstMs) return null;
  const bytes = sumOf(
    sinkTimeline.filter(({ tMs }) => tMs >= firstMs && tMs < endMs),
    (second) => second.bytes,
  );
  return bytes / 1e6 / ((endMs - firstMs) / 1000);
}
