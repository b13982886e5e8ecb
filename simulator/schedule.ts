/**
 * When each object of a run is meant to become visible. Open loop: the plan is made before the run and nothing that happens in it moves the
 * times, so a slow generator or a slow store shows up as slip and as lag, never as a lighter load.
 */
import assert from 'node:assert/strict';
import type { SeededRandom } from './random.ts';

export type Schedule =
  /** One object after the other, as evenly as the rate allows. */
  | { readonly kind: 'constant'; readonly rate: Rate }
  /** Independent arrivals: gaps are exponentially distributed around the rate's. */
  | { readonly kind: 'poisson'; readonly rate: Rate }
  /** What the rate brings in `everyMs` comes at once, at the beginning of that time. (Zscaler's feed came as 14 to 32 files per 15 s.) */
  | { readonly kind: 'bursts'; readonly rate: Rate; readonly everyMs: number };

export type Rate = { readonly objectsPerS: number } | { readonly rawMBPerMin: number };

/** The documented load, "1x": 228 MB raw per minute. */
export const DOCUMENTED_RATE = { rawMBPerMin: 228 } as const satisfies Rate;

/**
 * Intended offset of each object from the start of the run, in milliseconds, in order. `rawBytes` are the objects' uncompressed sizes: a rate
 * in bytes is kept to the byte, large objects taking longer than small ones. Constant and bursts begin at 0; Poisson after its first gap.
 */
export function intendedOffsetsMs(schedule: Schedule, rawBytes: readonly number[], random: SeededRandom): Float64Array {
  const sharesMs = rawBytes.map((bytes) => shareMs(schedule.rate, bytes));
  switch (schedule.kind) {
    case 'constant':
      return startsOf(sharesMs);
    case 'poisson':
      return endsOf(sharesMs.map((share) => share * exponential(random)));
    case 'bursts':
      return burstStarts(startsOf(sharesMs), schedule.everyMs);
  }
}

/** The time that an object takes up at the rate. */
function shareMs(rate: Rate, rawBytes: number): number {
  if ('objectsPerS' in rate) {
    assert(rate.objectsPerS > 0, 'a rate must be above 0 objects per second');
    return 1_000 / rate.objectsPerS;
  }
  assert(rate.rawMBPerMin > 0, 'a rate must be above 0 MB per minute');
  return (rawBytes / (rate.rawMBPerMin * 1e6)) * 60_000;
}

function startsOf(sharesMs: readonly number[]): Float64Array {
  const starts = new Float64Array(sharesMs.length);
  let sum = 0;
  sharesMs.forEach((share, index) => {
    starts[index] = sum;
    sum += share;
  });
  return starts;
}

function endsOf(sharesMs: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(sharesMs, (share) => (sum += share));
}

function burstStarts(starts: Float64Array, everyMs: number): Float64Array {
  assert(everyMs > 0, 'bursts must be more than 0 ms apart');
  return starts.map((start) => Math.floor(start / everyMs) * everyMs);
}

/** Exponentially distributed with mean 1. */
function exponential(random: SeededRandom): number {
  // 1 - next() is in (0, 1], so the logarithm is finite.
  return -Math.log(1 - random.next());
}
