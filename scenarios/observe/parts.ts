/** What became of one part of the load, where others ran beside it. */
import type { Evidence } from '../run/evidence.ts';
import type { ObjectOutcome } from '../run/outcomes.ts';
import { maxOf } from '../run/sum.ts';
import { isSettled } from '../run/timeline.ts';
import type { Observation } from './observation.ts';

type SettledOutcome = ObjectOutcome & { readonly settled: { readonly lagMs: number; readonly settledMs: number } };

export function lagMaxOf(part: string): Observation {
  return {
    id: `${part}LagMaxMs`,
    name: `lag of ${part} files, worst`,
    unit: 'ms',
    measure: (evidence) => {
      const outcomes = settledOf(evidence, part);
      return outcomes.length === 0 ? null : maxOf(outcomes, ({ settled }) => settled.lagMs, 0);
    },
  };
}

/** Files of a part that were settled while the other part was still under way. */
export function settledBeside(part: string, other: string): Observation {
  return {
    id: `${part}BesideFiles`,
    name: `${part} files settled before the last of ${other}`,
    unit: 'files',
    measure: (evidence) => beside(evidence, part, other).length,
  };
}

/** Waiting behind the whole of the other part would give 1, or half of it on average. */
export function lagOverDrain(part: string, other: string): Observation {
  return {
    id: `${part}LagOverDrain`,
    name: `lag of ${part} files beside ${other}, median, over the time that ${other} took`,
    unit: 'share',
    measure: (evidence) => {
      const lagsMs = beside(evidence, part, other)
        .map(({ settled }) => settled.lagMs)
        .toSorted((a, b) => a - b);
      const median = lagsMs[Math.floor(lagsMs.length / 2)];
      return median === undefined ? null : median / (endOf(evidence, other) - evidence.execution.windowStartMs);
    },
  };
}

/** From the streamers' start to the last line of the part. */
export function drainRate(part: string): Observation {
  return {
    id: `${part}RawMBps`,
    name: `rate at which ${part} was worked off`,
    unit: 'MB/s',
    measure: (evidence) => {
      const outcomes = settledOf(evidence, part);
      const startedMs = maxOf(evidence.execution.streamers, ({ log }) => log.startedMs, 0);
      const spanMs = endOf(evidence, part) - startedMs;
      const rawBytes = outcomes.reduce((sum, { upload }) => sum + upload.rawBytes, 0);
      return outcomes.length === 0 || spanMs <= 0 ? null : rawBytes / 1e3 / spanMs;
    },
  };
}

function settledOf({ outcomes }: Evidence, part: string): readonly SettledOutcome[] {
  return outcomes.filter(isSettled).filter(({ upload }) => upload.part === part);
}

function endOf(evidence: Evidence, part: string): number {
  return maxOf(settledOf(evidence, part), ({ settled }) => settled.settledMs, 0);
}

function beside(evidence: Evidence, part: string, other: string): readonly SettledOutcome[] {
  const endMs = endOf(evidence, other);
  return settledOf(evidence, part).filter(({ settled }) => settled.settledMs < endMs);
}
