/** What the parts of a fleet have done since its start, read at one moment; and how much of what they can do that is between two moments. */
import type { Config } from '#streamer';
import type { Machine } from './machine.ts';
import type { Member } from './member.ts';
import type { FleetPlan } from './plan.ts';
import type { FleetRecorder } from './recorder.ts';
import type { S3Region } from './timed-object-store.ts';
import type { RedisServer } from './timed-redis.ts';

/** How much of a stage was used, by the busiest of its kind; 1 is all of it. */
export interface FleetUse {
  readonly stage:
    | 'event loop'
    | 'cores'
    | 'POST concurrency'
    | 'read concurrency'
    | 'agents'
    | 'Redis'
    | 'S3 request limit'
    | 'head scans';
  readonly share: number;
}

/** A second, on average. */
export interface FleetRates {
  readonly redisCommands: number;
  readonly claims: number;
  readonly objectsPerClaim: number;
  readonly gets: number;
  readonly lists: number;
  readonly posts: number;
}

export interface FleetParts {
  readonly members: readonly Member[];
  readonly machines: readonly Machine[];
  readonly redis: RedisServer;
  readonly region: S3Region;
  readonly recorder: FleetRecorder;
}

/** One for each of its kind where there are several. */
type Totals = Readonly<Record<keyof ReturnType<typeof read>, readonly number[]>> & { readonly atMs: number };

function read({ members, machines, redis, region, recorder }: FleetParts) {
  return {
    commands: [redis.commands],
    claims: [redis.claims],
    claimed: [redis.claimed],
    redisMs: [redis.busyMs],
    gets: [region.gets],
    lists: [region.lists],
    headPages: [recorder.headPages],
    headKeys: [recorder.headKeys],
    readMs: [recorder.readMs],
    posts: members.map(({ sink }) => sink.posts),
    postMs: members.map(({ sink }) => sink.postMs),
    agentMs: members.map(({ sink }) => sink.agentBusyMs),
    loopMs: members.map(({ loop }) => loop.busyMs),
    coreMs: machines.map(({ cores }) => cores.busyMs / cores.servers),
  };
}

export function totalsAt(atMs: number, parts: FleetParts): Totals {
  return { atMs, ...read(parts) };
}

export function compareTotals(
  before: Totals,
  after: Totals,
  { load, times, getPerSPerPrefix, instances }: FleetPlan,
  { processing, http }: Config,
): { readonly rates: FleetRates; readonly uses: readonly FleetUse[] } {
  const elapsedMs = Math.max(1, after.atMs - before.atMs);
  const each = (name: keyof ReturnType<typeof read>): readonly number[] =>
    after[name].map((value, index) => value - (before[name][index] ?? 0));
  const all = (name: keyof ReturnType<typeof read>): number => each(name).reduce((sum, value) => sum + value, 0);
  const most = (name: keyof ReturnType<typeof read>): number => Math.max(...each(name));
  const perS = (name: keyof ReturnType<typeof read>): number => (all(name) * 1000) / elapsedMs;
  const scanMs = all('headPages') * times.listMs + (all('headKeys') * times.listMsPer1000) / 1000;
  return {
    rates: {
      redisCommands: perS('commands'),
      claims: perS('claims'),
      objectsPerClaim: all('claimed') / Math.max(1, all('claims')),
      gets: perS('gets'),
      lists: perS('lists'),
      posts: perS('posts'),
    },
    uses: [
      { stage: 'event loop', share: most('loopMs') / elapsedMs },
      { stage: 'cores', share: most('coreMs') / elapsedMs },
      { stage: 'POST concurrency', share: all('postMs') / elapsedMs / instances / http.workers },
      { stage: 'read concurrency', share: all('readMs') / elapsedMs / instances / processing.workers },
      { stage: 'agents', share: most('agentMs') / elapsedMs },
      { stage: 'Redis', share: all('redisMs') / elapsedMs },
      { stage: 'S3 request limit', share: perS('gets') / getPerSPerPrefix / load.prefixes },
      { stage: 'head scans', share: scanMs / elapsedMs },
    ],
  };
}
