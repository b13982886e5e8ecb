/** The run second by second, for the charts; and how far the streamer was behind. */
import { lagSlopeSPerS, type Measurements, type TimelinePoint } from '#reports';
import type { ProcessUsage, TimelineSecond } from '#simulator';
import type { ObjectOutcome } from './outcomes.ts';
import { maxOf, sumOf } from './sum.ts';

export interface TimelineSources {
  /** Start of the schedule, on a whole second. */
  readonly startMs: number;
  readonly endMs: number;
  readonly agents: number;
  readonly outcomes: readonly ObjectOutcome[];
  readonly sink: readonly TimelineSecond[];
  /** Samples of each process. */
  readonly streamers: readonly (readonly ProcessUsage[])[];
  readonly sinkUtilization: readonly { readonly atMs: number; readonly utilization: number }[];
}

export function buildTimeline(sources: TimelineSources): readonly TimelinePoint[] {
  const secondOf = (ms: number): number => Math.floor((ms - sources.startMs) / 1000);
  const seconds = Math.max(1, secondOf(sources.endMs) + 1);
  const offered = Map.groupBy(sources.outcomes, ({ upload }) => Math.max(0, secondOf(upload.intendedMs)));
  const settled = Map.groupBy(sources.outcomes.filter(isSettled), (outcome) => secondOf(outcome.settled.settledMs));
  const taken = Map.groupBy(sources.sink, ({ tMs }) => secondOf(tMs));
  const usages = sources.streamers.map((samples) => Map.groupBy(samples, ({ atMs }) => secondOf(atMs)));
  const utilization = Map.groupBy(sources.sinkUtilization, ({ atMs }) => secondOf(atMs));
  return Array.from({ length: seconds }, (_, tS) => {
    const usage = usages.map((bySecond) => ({ before: bySecond.get(tS - 1)?.at(-1), now: bySecond.get(tS)?.at(-1) }));
    const lagsMs = (settled.get(tS) ?? []).map((outcome) => outcome.settled.lagMs);
    const inSecond = taken.get(tS) ?? [];
    return {
      tS,
      offeredRawBytes: sumOf(offered.get(tS) ?? [], ({ upload }) => upload.rawBytes),
      files: lagsMs.length,
      posts: sumOf(inSecond, (second) => second.posts),
      rawBytes: sumOf(inSecond, (second) => second.bytes),
      lines: sumOf(inSecond, (second) => second.lines),
      agentRawBytes: Array.from({ length: sources.agents }, (__, agent) =>
        sumOf(inSecond, (second) => second.agentBytes[agent] ?? 0),
      ),
      lagAvgMs: lagsMs.length === 0 ? null : sumOf(lagsMs, (lagMs) => lagMs) / lagsMs.length,
      lagMaxMs: lagsMs.length === 0 ? null : Math.max(...lagsMs),
      backlogFiles: backlogAt(sources.outcomes, sources.startMs + (tS + 1) * 1000),
      httpErrors: null,
      streamerRssMB: sumOfKnown(usage.map(({ now }) => now?.rssMB ?? null)),
      streamerCpuCores: sumOfKnown(usage.map(({ before, now }) => cpuCores(before, now))),
      sinkEventLoopUtilization: utilization.get(tS)?.at(-1)?.utilization ?? null,
    };
  });
}

/** Of those that run; null where none of them was seen. */
function sumOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sumOf(known, (value) => value);
}

export function measurePace(outcomes: readonly ObjectOutcome[], startMs: number): Measurements['pace'] {
  const settled = outcomes.filter(isSettled);
  const loadEndMs = maxOf(outcomes, ({ upload }) => upload.putEndMs, 0);
  const settledEndMs = maxOf(settled, (outcome) => outcome.settled.settledMs, 0);
  const isAllSettled = settled.length === outcomes.length && outcomes.length > 0;
  return {
    backlogFilesMax: backlogMax(outcomes),
    backlogFilesAtLoadEnd: outcomes.filter((outcome) => (outcome.settled?.settledMs ?? Infinity) > loadEndMs).length,
    drainS: isAllSettled ? Math.max(0, settledEndMs - loadEndMs) / 1000 : null,
    lagSlopeSPerS: lagSlopeSPerS(
      settled.map(({ eligibleMs, settled: { lagMs } }) => ({ atS: (eligibleMs - startMs) / 1000, lagMs })),
    ),
  };
}

/** Most objects eligible and not settled at one moment. */
function backlogMax(outcomes: readonly ObjectOutcome[]): number {
  const steps = outcomes.flatMap(({ eligibleMs, settled }) => [
    { atMs: eligibleMs, change: 1 },
    { atMs: settled?.settledMs ?? Infinity, change: -1 },
  ]);
  // At the same moment arrivals come first: an object settled at once was still waiting for a moment.
  steps.sort((a, b) => a.atMs - b.atMs || b.change - a.change);
  let backlog = 0;
  let most = 0;
  for (const { change } of steps) {
    backlog += change;
    most = Math.max(most, backlog);
  }
  return most;
}

function backlogAt(outcomes: readonly ObjectOutcome[], ms: number): number {
  return outcomes.filter(({ eligibleMs, settled }) => eligibleMs < ms && (settled?.settledMs ?? Infinity) >= ms).length;
}

export function isSettled(outcome: ObjectOutcome): outcome is ObjectOutcome & { readonly settled: object } {
  return outcome.settled !== null;
}

function cpuCores(before: ProcessUsage | undefined, after: ProcessUsage | undefined): number | null {
  if (before === undefined || after === undefined) return null;
  return Math.max(0, (after.cpuS - before.cpuS) / ((after.atMs - before.atMs) / 1000));
}
