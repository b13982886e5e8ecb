/** What the logs of all streamers of a run say together. */
import type { Streamer } from './streamer.ts';
import { type CompletedObject, noTotals, type StreamerLog, type StreamerTotals, sumTotals } from './streamer-log.ts';
import { sumOf } from './sum.ts';

/** By key; of an object that several completed, the first word counts. */
export function completedObjects(streamers: readonly Streamer[]): ReadonlyMap<string, CompletedObject> {
  const completed = new Map<string, CompletedObject>();
  for (const { log } of streamers) {
    log.update();
    for (const [key, object] of log.completed) {
      const before = completed.get(key);
      if (before === undefined || object.acknowledgedMs < before.acknowledgedMs) completed.set(key, object);
    }
  }
  return completed;
}

/** Objects that at least one of them completed, and did not take with it when it was killed. */
export function countSaved(streamers: readonly Streamer[]): number {
  for (const { log } of streamers) log.update();
  return new Set(streamers.flatMap(({ log }) => log.savedKeys)).size;
}

/** Null where none of them has told its counts in words that are understood: 0 would be a figure. One that was killed before its first report adds nothing. */
export function totalsOf(
  streamers: readonly { readonly log: Pick<StreamerLog, 'accounts' | 'totals'> }[],
): StreamerTotals | null {
  if (streamers.every(({ log }) => log.accounts.length === 0)) return null;
  return streamers.map(({ log }) => log.totals).reduce(sumTotals, noTotals);
}

export function quarantinedBy(streamers: readonly Streamer[]): { readonly objects: number; readonly lines: number } {
  return {
    objects: sumOf(streamers, ({ log }) => log.quarantined.objects),
    lines: sumOf(streamers, ({ log }) => log.quarantined.lines),
  };
}
