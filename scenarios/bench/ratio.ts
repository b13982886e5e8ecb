/** Streamer over bare pipe, pair by pair: a machine whose speed drifts drifts for both. */
import { median } from 'simple-statistics';
import type { Round } from './rounds.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Pair {
  readonly streamer: Round;
  readonly barePipe: Round;
}

/** The streamer once more, with another `memory.limit`. */
export interface LimitedPair {
  readonly streamer: Round;
  readonly limited: Round;
}

export interface Ratios {
  readonly rawMBps: Spread;
  readonly rawMBPerCpuS: Spread;
}

export function ratiosOf(pairs: readonly Pair[]): Ratios {
  return {
    rawMBps: spreadOf(pairs.map(({ streamer, barePipe }) => streamer.rawMBps / barePipe.rawMBps)),
    rawMBPerCpuS: spreadOf(pairs.map(({ streamer, barePipe }) => streamer.rawMBPerCpuS / barePipe.rawMBPerCpuS)),
  };
}

export function limitedRatioOf(pairs: readonly LimitedPair[]): Spread {
  return spreadOf(pairs.map(({ streamer, limited }) => limited.rawMBps / streamer.rawMBps));
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median([...values]), min: Math.min(...values), max: Math.max(...values) };
}
