/** Memory of the streamer, by the system's count and by its own accounts. */
import type { InFlightAccount } from '../run/streamer-log.ts';
import { sumOf } from '../run/sum.ts';
import type { Observation } from './observation.ts';

/** Above what a streamer takes before it has read anything. */
export const rssOverIdle: Observation = {
  id: 'rssOverIdleMB',
  name: 'memory of the streamer above idle, highest',
  unit: 'MB',
  measure: ({ stage, execution: { streamers } }) => {
    const over = streamers.map(({ name, idleRssMB }) => {
      const usage = stage.sampler.usage(name);
      return usage === null || idleRssMB === null ? null : usage.rssMaxMB - idleRssMB;
    });
    return over.some((mb) => mb === null) ? null : Math.max(...over.filter((mb) => mb !== null));
  },
};

/** Looked at every ten seconds by the streamer itself: a fault must last longer than that. */
export const accountedBytes: Observation = {
  id: 'accountedMBMax',
  name: 'raw bytes in memory by its own account, highest',
  unit: 'MB',
  measure: ({ totals }) => {
    const bytes = totals?.inFlightBytesMax ?? null;
    return bytes === null ? null : bytes / 1e6;
  },
};

/** A fault that ends before the accounts are told once more says nothing of them. */
export function accountsDuring(fault: number): Observation {
  return {
    id: 'accountsDuringFault',
    name: 'accounts of memory in the log during the fault',
    unit: 'times',
    measure: ({ execution: { faults, streamers } }) => {
      const during = faults[fault];
      return during === undefined ? null : sumOf(streamers, ({ log }) => accountsWithin(log.accounts, during));
    },
  };
}

/** How many were told in that time. */
export function accountsWithin(
  accounts: readonly InFlightAccount[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): number {
  return accounts.filter(({ atMs }) => atMs > fromMs && atMs < toMs).length;
}

/** The highest of the run's last quarter over that of its second: the first is warming up. */
export const rssGrowth: Observation = {
  id: 'rssGrowthMB',
  name: 'memory of the streamer, last quarter of the run over its second',
  unit: 'MB',
  measure: ({ stage, execution: { streamers, windowStartMs }, settledEndMs }) => {
    const [streamer] = streamers;
    const samples = streamer === undefined ? [] : (stage.sampler.usage(streamer.name)?.samples ?? []);
    const quarterMs = (settledEndMs - windowStartMs) / 4;
    const highest = (quarter: number): number | null => {
      const fromMs = windowStartMs + quarter * quarterMs;
      const inside = samples.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + quarterMs);
      return inside.length === 0 ? null : Math.max(...inside.map(({ rssMB }) => rssMB));
    };
    const [second, last] = [highest(1), highest(3)];
    return second === null || last === null ? null : last - second;
  },
};
