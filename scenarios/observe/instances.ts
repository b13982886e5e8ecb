/** What is asked of several instances that share their work. */
import type { FaultRecord } from '../run/fault-record.ts';
import type { ObjectReading, StreamerLog } from '../run/streamer-log.ts';
import { maxOf, sumOf } from '../run/sum.ts';
import type { Observation } from './observation.ts';

/** Between two stored bodies, as the sink saw it. A schedule has pauses of its own: at 2x and 2 MB an object comes every 263 ms. */
export const longestPause: Observation = {
  id: 'deliveryPauseMsMax',
  name: 'longest time without a batch at any agent',
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

/**
 * What may be read twice where all instances are hit at once, or each in its turn: what each had in hand when it had to let go, and one more of each, which it
 * had claimed and not yet begun to read.
 */
export const objectsLetGoMax: Observation = {
  id: 'objectsLetGoMax',
  name: 'objects in hand when instances had to let go',
  unit: 'objects',
  measure: ({ execution: { faults, streamers } }) =>
    objectsLetGo(
      faults.flatMap(({ lettingGo }) => lettingGo),
      streamers,
    ) + streamers.length,
};

export function objectsLetGo(
  lettingGo: FaultRecord['lettingGo'],
  streamers: readonly { readonly name: string; readonly log: Pick<StreamerLog, 'underWay'> }[],
): number {
  const keys = lettingGo.flatMap(
    ({ name, atMs }) => streamers.find((streamer) => streamer.name === name)?.log.underWay(atMs) ?? [],
  );
  return new Set(keys).size;
}

/** What instances had in hand when they fell silent, over all faults: read by them, and not known to be complete by anybody else. */
export const objectsOrphaned: Observation = {
  id: 'objectsOrphaned',
  name: 'objects in hand when an instance fell silent',
  unit: 'objects',
  measure: ({ execution: { faults } }) => sumOf(faults, ({ victim }) => victim?.inHand.length ?? 0),
};

/** From the silence of an instance until others have read the last of what it had in hand; until now, where they still have not. */
export const takeOverTime: Observation = {
  id: 'takeOverMsMax',
  name: 'until others read the last of what it had in hand',
  unit: 'ms',
  measure: ({ execution: { faults, streamers } }) => takeOverMs(faults, streamers, Date.now()),
};

/** Null where nothing was in hand. */
export function takeOverMs(
  faults: readonly Pick<FaultRecord, 'victim' | 'fromMs'>[],
  streamers: readonly { readonly name: string; readonly log: Pick<StreamerLog, 'reads'> }[],
  nowMs: number,
): number | null {
  const timesMs = faults.flatMap(({ victim, fromMs }) => {
    const readings = streamers.filter(({ name }) => name !== victim?.name).flatMap(({ log }) => log.reads);
    return (victim?.inHand ?? []).map((key) => Math.min(nowMs, firstReadingMs(readings, key, fromMs)) - fromMs);
  });
  return timesMs.length === 0 ? null : Math.max(...timesMs);
}

function firstReadingMs(readings: readonly ObjectReading[], key: string, sinceMs: number): number {
  return Math.min(...readings.filter((read) => read.key === key && read.atMs > sinceMs).map(({ atMs }) => atMs));
}

/** A POST that was under way when the lease ended may be acknowledged a little later. */
const lastAnswersMs = 1_000;

/** By instances that Redis had not heard of for more than a lease: others may have had the objects by then. */
export const completedBeyondLease: Observation = {
  id: 'completedBeyondLease',
  name: 'objects completed by an instance cut off for longer than its lease',
  unit: 'objects',
  measure: ({ config, execution: { faults, streamers } }) => {
    const leaseMs = (config.state.redis?.leaseTtlMs ?? 0) + lastAnswersMs;
    return sumOf(faults, ({ victim, fromMs, toMs }) => {
      const log = streamers.find(({ name }) => name === victim?.name)?.log;
      const completed = [...(log?.completed.values() ?? [])];
      return completed.filter(({ acknowledgedMs }) => acknowledgedMs > fromMs + leaseMs && acknowledgedMs < toMs)
        .length;
    });
  },
};

/** By their own word: what instances held when their lease ended, or when they were refused it. */
export const claimsLost: Observation = {
  id: 'claimsLost',
  name: 'objects whose claims instances lost',
  unit: 'objects',
  measure: ({ execution: { streamers } }) =>
    sumOf(streamers, ({ log }) => sumOf(log.claimsLost, ({ objects }) => objects)),
};

/** Of a fail-over: until the replica is the master. */
export const redisAwayTime: Observation = {
  id: 'redisAwayMs',
  name: 'Redis away',
  unit: 'ms',
  measure: ({ execution: { faults } }) =>
    maxOf(
      faults.filter(({ isRedisAway }) => isRedisAway),
      ({ fromMs, toMs }) => toMs - fromMs,
      0,
    ),
};
