/** What is asked of several instances that share their work. */
import type { Evidence } from '../run/evidence.ts';
import type { Streamer } from '../run/streamer.ts';
import { maxOf, sumOf } from '../run/sum.ts';
import type { Observation } from './observation.ts';

/** Between two stored bodies, as the sink saw it. A schedule has pauses of its own: at 2x and 2 MB an object comes every 263 ms. */
export const longestPause: Observation = {
  id: 'deliveryPauseMsMax',
  name: 'longest pause in delivery',
  unit: 'ms',
  measure: async ({ stage, execution: { windowStartMs }, settledEndMs }) => {
    const pauses = await stage.sink.client.pauses();
    return maxOf(pauses, ({ fromMs, toMs }) => Math.min(toMs, settledEndMs) - Math.max(fromMs, windowStartMs), 0);
  },
};

/** Needs `logging.level: debug`: each reading is told there, by the instance that reads. */
export const objectsReadTwice: Observation = {
  id: 'objectsReadTwice',
  name: 'objects read more than once',
  unit: 'objects',
  measure: ({ execution: { streamers } }) => {
    const readings = Map.groupBy(
      streamers.flatMap(({ log }) => log.reads),
      ({ key }) => key,
    );
    return [...readings.values()].filter(({ length }) => length > 1).length;
  },
};

/** Objects that an instance had read and not completed when it fell silent, over all faults. */
export const objectsOrphaned: Observation = {
  id: 'objectsOrphaned',
  name: 'objects in hand when an instance fell silent',
  unit: 'objects',
  measure: (evidence) => sumOf(orphansOf(evidence), ({ keys }) => keys.length),
};

/** From the silence of an instance until others have read the last of what it had in hand. */
export const takeOverTime: Observation = {
  id: 'takeOverMsMax',
  name: 'time to take over',
  unit: 'ms',
  measure: (evidence) => {
    const times = orphansOf(evidence).flatMap(({ sinceMs, victim, keys }) =>
      keys.map((key) => takenOverMs(evidence, victim, key, sinceMs) - sinceMs),
    );
    // Never taken over: infinite, which no JSON can say.
    return times.length === 0 || times.includes(Infinity) ? null : Math.max(...times);
  },
};

interface Orphans {
  readonly victim: Streamer;
  readonly sinceMs: number;
  readonly keys: readonly string[];
}

function orphansOf({ execution: { faults, streamers } }: Evidence): readonly Orphans[] {
  return faults.flatMap((fault) => {
    const victim = streamers.find(({ name }) => name === fault.victim);
    if (victim === undefined) return [];
    return [{ victim, sinceMs: fault.fromMs, keys: victim.log.underWay(fault.fromMs) }];
  });
}

function takenOverMs({ execution: { streamers } }: Evidence, victim: Streamer, key: string, sinceMs: number): number {
  const readings = streamers
    .filter((streamer) => streamer !== victim)
    .flatMap(({ log }) => log.reads)
    .filter((read) => read.key === key && read.atMs > sinceMs);
  return Math.min(...readings.map(({ atMs }) => atMs));
}
