/** When a backlog is worked off: as the streamer says beforehand, as its first part lets expect, and as it came. */
import type { Evidence } from '../run/evidence.ts';
import type { ObjectOutcome } from '../run/outcomes.ts';
import { maxOf, sumOf } from '../run/sum.ts';
import { isSettled } from '../run/timeline.ts';
import type { Observation } from './observation.ts';

/** Of the backlog: what an operator has seen of it when he looks how it goes. */
const firstShare = 1 / 3;

/** `explain` before the start. Endpoints are assumed to keep up, and nothing else to be under way. */
export const estimatedFinish: Observation = {
  id: 'estimatedFinishS',
  name: 'estimated finish of what is there, by `explain`',
  unit: 's',
  measure: ({ execution }) => execution.estimateS,
};

/** From the streamers' start to the last line of the part; null where it never ended. */
export function realFinish(part: string): Observation {
  return {
    id: `${part}FinishS`,
    name: `real finish of ${part}`,
    unit: 's',
    measure: (evidence) => finishS(evidence, part),
  };
}

/** At the rate of its first third. */
export function foretoldFinish(part: string): Observation {
  return {
    id: `${part}ForetoldFinishS`,
    name: `finish of ${part} at the rate of its first third`,
    unit: 's',
    measure: (evidence) => foretoldS(evidence, part),
  };
}

/** 1 where it is right; 2 where the real time is half or twice of it. */
export function estimateOff(part: string): Observation {
  return {
    id: `${part}EstimateOff`,
    name: `estimated and real finish of ${part}, apart by a factor of`,
    unit: '',
    measure: (evidence) => factorBetween(evidence.execution.estimateS, finishS(evidence, part)),
  };
}

export function foretoldOff(part: string): Observation {
  return {
    id: `${part}ForetoldOff`,
    name: `foretold and real finish of ${part}, apart by a factor of`,
    unit: '',
    measure: (evidence) => factorBetween(foretoldS(evidence, part), finishS(evidence, part)),
  };
}

function finishS(evidence: Evidence, part: string): number | null {
  const outcomes = outcomesOf(evidence, part);
  const settled = outcomes.filter(isSettled);
  if (outcomes.length === 0 || settled.length < outcomes.length) return null;
  return (maxOf(settled, ({ settled: { settledMs } }) => settledMs, 0) - startedMsOf(evidence)) / 1000;
}

function foretoldS(evidence: Evidence, part: string): number | null {
  const outcomes = outcomesOf(evidence, part);
  const rawBytes = sumOf(outcomes, ({ upload }) => upload.rawBytes);
  const settled = outcomes
    .filter(isSettled)
    .map(({ upload, settled: { settledMs } }) => ({ rawBytes: upload.rawBytes, settledMs }));
  return foretell(settled, { rawBytes, startedMs: startedMsOf(evidence) });
}

/** Seconds from the start, for all of `rawBytes` at the rate of the first third that was settled; null where so much never was. */
export function foretell(
  settled: readonly { readonly rawBytes: number; readonly settledMs: number }[],
  all: { readonly rawBytes: number; readonly startedMs: number },
): number | null {
  let rawBytesSoFar = 0;
  for (const { rawBytes, settledMs } of settled.toSorted((a, b) => a.settledMs - b.settledMs)) {
    rawBytesSoFar += rawBytes;
    const share = rawBytesSoFar / all.rawBytes;
    if (share >= firstShare) return (settledMs - all.startedMs) / 1000 / share;
  }
  return null;
}

function startedMsOf({ execution: { streamers } }: Evidence): number {
  return maxOf(streamers, ({ log }) => log.startedMs, 0);
}

function outcomesOf({ outcomes }: Evidence, part: string): readonly ObjectOutcome[] {
  return outcomes.filter(({ upload }) => upload.part === part);
}

/** Null where one of them is not known, or nothing. */
export function factorBetween(one: number | null, other: number | null): number | null {
  if (one === null || other === null || one <= 0 || other <= 0) return null;
  return Math.max(one / other, other / one);
}
