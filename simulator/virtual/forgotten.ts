/** What Redis does not know any more after a fail-over or a restart, as far as those can tell who have to tell it again. */
import type { WatchedInstance } from './grant.ts';
import type { RedisData } from './redis-data.ts';

export interface Forgotten {
  /** The last request that it knows; -Infinity for none. */
  readonly lastWantedSeq: number;
  /** The last number of that session that it has; -Infinity for none. */
  readonly markOf: (session: string) => number;
  /** Whoever runs on that machine sees that something is missing, and tells all that stands in its journal. */
  readonly tellsAll: (host: number) => boolean;
}

export function forgottenOf(
  before: RedisData,
  after: RedisData,
  instances: ReadonlyMap<string, WatchedInstance>,
): Forgotten {
  const isOtherEpoch = before.hash('meta').get('epoch') !== after.hash('meta').get('epoch');
  const seeing = [...instances].filter(
    ([session, { isAlive }]) => isAlive && (isOtherEpoch || markIn(after, session) < markIn(before, session)),
  );
  const hosts = new Set(seeing.map(([, { host }]) => host));
  return {
    lastWantedSeq: Number(after.hash('meta').get('wanted_seq') ?? -Infinity),
    markOf: (session) => markIn(after, session),
    tellsAll: (host) => hosts.has(host),
  };
}

function markIn(data: RedisData, session: string): number {
  return Number(data.hash('marks').get(session) ?? -Infinity);
}
