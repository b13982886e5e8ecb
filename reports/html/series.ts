/** Timeline points gathered into bins wide enough to see. Sums stay sums: nothing is smoothed or left out. */
import type { TimelinePoint } from '../model.ts';

const BIN_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

export interface Bin {
  readonly fromS: number;
  readonly toS: number;
  readonly value: number;
}

/** The narrowest step that needs no more than `binsMax` bins. */
export function chooseBinS(durationS: number, binsMax: number): number {
  return BIN_STEPS_S.find((stepS) => durationS / stepS <= binsMax) ?? Math.ceil(durationS / binsMax);
}

export function durationOf(timeline: readonly TimelinePoint[]): number {
  const last = timeline.at(-1);
  return last === undefined ? 0 : last.tS + 1;
}

/** Sum of each bin. The last one may be cut short by the end of the run; `toS` says so. */
export function sumBins(
  timeline: readonly TimelinePoint[],
  binS: number,
  valueOf: (point: TimelinePoint) => number,
): Bin[] {
  return binned(timeline, binS).map(({ fromS, toS, points }) => ({
    fromS,
    toS,
    value: points.reduce((sum, point) => sum + valueOf(point), 0),
  }));
}

/**
 * Sum per second of each bin. A last bin cut shorter than half is joined to the one before: one file in its single second
 * would look like a peak.
 */
export function rateBins(
  timeline: readonly TimelinePoint[],
  binS: number,
  valueOf: (point: TimelinePoint) => number,
): Bin[] {
  const sums = sumBins(timeline, binS, valueOf);
  const last = sums.at(-1);
  const beforeLast = sums.at(-2);
  const joined =
    last !== undefined && beforeLast !== undefined && last.toS - last.fromS < binS / 2
      ? [...sums.slice(0, -2), { fromS: beforeLast.fromS, toS: last.toS, value: beforeLast.value + last.value }]
      : sums;
  return joined.map(({ fromS, toS, value }) => ({ fromS, toS, value: value / (toS - fromS) }));
}

/** Highest value of each bin; a bin where nothing was measured is left out. */
export function maxBins(
  timeline: readonly TimelinePoint[],
  binS: number,
  valueOf: (point: TimelinePoint) => number | null,
): Bin[] {
  return binned(timeline, binS).flatMap(({ fromS, toS, points }) => {
    const values = points.map(valueOf).filter((value) => value !== null);
    return values.length === 0 ? [] : [{ fromS, toS, value: values.reduce((a, b) => Math.max(a, b)) }];
  });
}

function binned(
  timeline: readonly TimelinePoint[],
  binS: number,
): { fromS: number; toS: number; points: TimelinePoint[] }[] {
  const bins: { fromS: number; toS: number; points: TimelinePoint[] }[] = [];
  const endS = durationOf(timeline);
  for (const point of timeline) {
    const fromS = Math.floor(point.tS / binS) * binS;
    const current = bins.at(-1);
    if (current?.fromS === fromS) current.points.push(point);
    else bins.push({ fromS, toS: Math.min(fromS + binS, endS), points: [point] });
  }
  return bins;
}

/** Round numbers from 0 to at least `valueMax`, three to five of them. */
export function axisTicks(valueMax: number): number[] {
  if (valueMax <= 0) return [0, 1];
  const magnitude = 10 ** Math.floor(Math.log10(valueMax / 4));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate * 4 >= valueMax) ?? valueMax;
  const count = Math.ceil(valueMax / step);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** As `axisTicks`, of whole numbers: there is no half file. */
export function countTicks(valueMax: number): number[] {
  const ticks = axisTicks(Math.max(valueMax, 4));
  return ticks.every((tick) => Number.isInteger(tick)) ? ticks : axisTicks(Math.ceil(valueMax / 4) * 4);
}

/** Cut where a gap is much longer than the usual one. */
export function unbroken(bins: readonly Bin[]): Bin[][] {
  const gapMaxS = 5 * usualGapS(bins);
  const stretches: Bin[][] = [];
  for (const [index, bin] of bins.entries()) {
    const before = bins[index - 1];
    if (before === undefined || bin.fromS - before.fromS > gapMaxS) stretches.push([bin]);
    else stretches.at(-1)?.push(bin);
  }
  return stretches;
}

function usualGapS(bins: readonly Bin[]): number {
  const gaps = bins.slice(1).map((bin, index) => bin.fromS - (bins[index]?.fromS ?? 0));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 1;
}

/** Times for an axis: at most seven, on round steps. */
export function timeTicks(durationS: number): number[] {
  const stepS = chooseBinS(durationS, 6);
  return Array.from({ length: Math.floor(durationS / stepS) + 1 }, (_, index) => index * stepS);
}
