/** What goes wrong in a world: a handful of faults of many kinds, placed where something is under way. */
import type { SeededRandom } from '../random.ts';
import { type Fault, KILL_POINTS } from './fault.ts';
import type { WorldSettings } from './plan.ts';
import type { Theme } from './theme.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export interface FaultSite {
  /** So long new objects come. */
  readonly liveMs: number;
  /** In a world where they come for less time than this, nothing lasts as long as elsewhere. */
  readonly liveMsUsual: number;
  readonly settings: WorldSettings;
  readonly theme: Theme;
}

interface DrawSite extends FaultSite {
  /** Of the operations that a world makes at least: the fault hits one of the first. */
  readonly share: number;
  /** But none of so many before them. */
  readonly after: number;
}

type Draw = (random: SeededRandom, site: DrawSite) => Fault;

/** These hit in any world, because they come early; of the others some find nothing under way. */
const EARLY_SHARE = 0.15;
const LATER_MIN = 6;
const LATER_MORE = 10;

/** A world makes at least this many of each; what is counted beyond that may never come. */
const GETS = 150;
const POSTS = 60;
const COMMITS = 25;
const LISTS = 40;

const listFails: Draw = (random, site) => ({
  kind: 'list-fails',
  nth: nth(random, site, LISTS),
  times: 1 + random.below(6),
  code: s3Code(random),
});

const getFails: Draw = (random, site) => ({
  kind: 'get-fails',
  nth: nth(random, site, GETS),
  times: 1 + random.below(12),
  code: s3Code(random),
});

const postFails: Draw = (random, site) => ({
  kind: 'post-fails',
  nth: nth(random, site, POSTS),
  times: 1 + random.below(10),
  status: random.pick([408, 429, 500, 502, 503]),
  retryAfterMs: retryAfter(random),
  isStored: random.chance(0.5),
});

const postResets: Draw = (random, site) => ({
  kind: 'post-resets',
  nth: nth(random, site, POSTS),
  times: 1 + random.below(6),
  isStored: random.chance(0.6),
});

const commitFails: Draw = (random, site) => ({
  kind: 'commit-fails',
  nth: nth(random, site, COMMITS),
  times: 1 + random.below(4),
  isApplied: random.chance(0.5),
});

const postLate: Draw = (random, site) => ({
  kind: 'post-late',
  nth: nth(random, site, POSTS),
  times: 1 + random.below(4),
  lateMs: random.next() * 20 * SECOND_MS,
  isStored: random.chance(0.8),
});

const getCut: Draw = (random, site) => ({
  kind: 'get-cut',
  nth: nth(random, site, GETS),
  times: 1 + random.below(5),
  share: random.next(),
});

const getSlow: Draw = (random, site) => ({
  kind: 'get-slow',
  nth: nth(random, site, GETS),
  times: 1 + random.below(3),
  forMs: random.next() * MINUTE_MS,
});

const overwrite: Draw = (random, site) => ({
  kind: 'overwrite',
  nth: nth(random, site, GETS),
  when: random.pick(['before', 'during']),
});

const commitSlow: Draw = (random, site) => ({
  kind: 'commit-slow',
  nth: nth(random, site, COMMITS),
  times: 1 + random.below(3),
  forMs: random.next() * 20 * SECOND_MS,
});

const stateReadFails: Draw = (random, site) => ({
  kind: 'state-read-fails',
  nth: nth(random, site, COMMITS),
  times: 1 + random.below(5),
});

const postEarly: Draw = (random, site) => ({
  kind: 'post-early',
  nth: nth(random, site, POSTS),
  times: 1 + random.below(10),
});

const FAILURES = ['throttled', 'cut'] as const;

/** So few damaged readings that nobody may give the object up. */
const getSaga: Draw = (random, site) => ({
  kind: 'get-saga',
  nth: nth(random, site, GETS),
  readings: [...Array.from({ length: random.below(5) }, () => random.pick(FAILURES)), 'garbled'],
});

const s3Slow: Draw = (random, site) => ({
  kind: 's3-slow',
  ...window(random, site, 5 * MINUTE_MS),
  pieceMs: random.next() * 2 * SECOND_MS,
});

const listLags: Draw = (random, site) => ({
  kind: 'list-lags',
  ...window(random, site, 5 * MINUTE_MS),
  lagMs: random.next() * 2 * MINUTE_MS,
});

const s3Outage: Draw = (random, site) => ({
  kind: 's3-outage',
  ...window(random, site, 5 * MINUTE_MS),
  code: s3Code(random),
});

const getStorm: Draw = (random, site) => ({
  kind: 'get-storm',
  ...window(random, site, 5 * MINUTE_MS),
  share: 0.2 + 0.8 * random.next(),
});

const storm: Draw = (random, site) => ({
  kind: 'storm',
  ...window(random, site, 3 * MINUTE_MS),
  share: 0.3 + 0.7 * random.next(),
  status: random.pick([429, 503]),
  retryAfterMs: retryAfter(random),
});

const sinkSlow: Draw = (random, site) => ({
  kind: 'sink-slow',
  ...window(random, site, 3 * MINUTE_MS),
  latencyMs: random.next() * 40 * SECOND_MS,
});

const sinkOutage: Draw = (random, site) => ({
  kind: 'sink-outage',
  ...window(random, site, 15 * MINUTE_MS),
  how: random.pick(['refuses', 'hangs']),
});

const clockStep: Draw = (random, site) => ({
  kind: 'clock-step',
  ...window(random, site, 5 * MINUTE_MS),
  // By NTP, or by somebody who had set another time zone.
  byMs: (random.next() - 0.5) * (random.chance(0.7) ? 4 * MINUTE_MS : 6 * 60 * MINUTE_MS),
});

/** With a single endpoint, or where the others may be dead too, it comes back. */
const deadEndpoint: Draw = (random, site) => {
  const endpoint = random.below(site.settings.endpoints);
  const span = window(random, site, 10 * MINUTE_MS);
  // Only one may die for ever, and none hangs for ever: each probe would then cost a time-out.
  const isForEver = endpoint === 0 && site.settings.endpoints > 1 && random.chance(0.3);
  if (isForEver) return { kind: 'endpoint-dead', endpoint, atMs: span.atMs, forMs: null, how: 'refuses' };
  return { kind: 'endpoint-dead', endpoint, ...span, how: random.pick(['refuses', 'hangs', 'misconfigured']) };
};

const kill: Draw = (random, site) => {
  const at = random.pick(KILL_POINTS);
  const operations = at.startsWith('commit') ? COMMITS : POSTS;
  return { kind: 'kill', at, nth: nth(random, site, operations), downMs: downMs(random) };
};

const killAt: Draw = (random, site) => ({ kind: 'kill-at', atMs: random.next() * site.liveMs, downMs: downMs(random) });

const stop: Draw = (random, site) => ({ kind: 'stop', atMs: random.next() * site.liveMs, downMs: downMs(random) });

/** Each behind what another of them may hit first. */
const EARLY: readonly (readonly [Draw, number])[] = [
  [kill, 0],
  [listFails, 0],
  [getFails, 0],
  [postFails, 0],
  [postResets, 20],
  [commitFails, 1],
];

const LATER: readonly Draw[] = [
  ...[listFails, listLags],
  ...[getFails, getCut, getSlow, getSaga, getStorm, overwrite, s3Slow, s3Outage],
  (random, site) => ({ kind: 'get-garbled', nth: nth(random, site, GETS), times: 1 }),
  (random, site) => ({ kind: 'delete', nth: nth(random, site, GETS) }),
  ...[postFails, postResets, postLate, postEarly, storm, sinkSlow, sinkOutage, deadEndpoint],
  (random, site) => ({ kind: 'refuses-all', ...window(random, site, 4 * MINUTE_MS) }),
  ...[commitFails, commitSlow, stateReadFails],
  (random, site) => ({ kind: 'disk-full', ...window(random, site, 4 * MINUTE_MS) }),
  ...[clockStep, kill, kill, kill, killAt, stop],
];

export function planFaults(random: SeededRandom, site: FaultSite): readonly Fault[] {
  const early = EARLY.map(([draw, after]) => draw(random, { ...site, share: EARLY_SHARE, after }));
  const count = LATER_MIN + random.below(LATER_MORE);
  const later = Array.from({ length: count }, () => random.pick(LATER)(random, { ...site, share: 1, after: 0 }));
  // Endpoints that refuse everything, accept for a moment and refuse again make good lines look bad: that much cannot be told from outside.
  const themed = themeFaults(random, site);
  const firstRefusing = [...themed, ...later].find(({ kind }) => kind === 'refuses-all');
  return [...early, ...themed, ...later.filter((fault) => fault.kind !== 'refuses-all' || fault === firstRefusing)];
}

/** What a theme needs beside chance. */
function themeFaults(random: SeededRandom, { theme, liveMs }: FaultSite): readonly Fault[] {
  switch (theme) {
    case 'any':
      return [];
    case 'backed-up': {
      // Longer than the look-back, while new objects come.
      const atMs = 0.3 * liveMs * random.next();
      return [{ kind: 'sink-outage', atMs, forMs: (12 + 4 * random.next()) * MINUTE_MS, how: 'refuses' }];
    }
    case 'late-folders': {
      // What came after midnight is under way for longer than the look-back when the streamer dies, and it stays down for longer still.
      const atMs = (1 + 2 * random.next()) * MINUTE_MS;
      const killMs = atMs + (13 + 3 * random.next()) * MINUTE_MS;
      return [
        { kind: 'sink-outage', atMs, forMs: 17 * MINUTE_MS, how: 'refuses' },
        { kind: 'kill-at', atMs: killMs, downMs: (20 + 60 * random.next()) * MINUTE_MS },
      ];
    }
    case 'wrong-clock': {
      const untilWrongMs = 4 * MINUTE_MS;
      const forMs = (1 + 3 * random.next()) * MINUTE_MS;
      const outageMs = 0.5 * liveMs * random.next();
      const atMs = outageMs + untilWrongMs;
      // It begins while the clock is right, so that something is found meanwhile, and goes on when it is right again.
      const outage = { atMs: outageMs, forMs: untilWrongMs + forMs + (0.5 + random.next()) * MINUTE_MS };
      return [
        { kind: 'clock-step', atMs, forMs, byMs: (4 + 4 * random.next()) * 60 * MINUTE_MS },
        // Not both: while nothing can be sent, little is read.
        random.chance(0.5)
          ? { kind: 'sink-outage', ...outage, how: 'refuses' }
          : { kind: 'get-storm', ...outage, share: 1 },
      ];
    }
    case 'condemned':
      return [{ kind: 'refuses-all', atMs: 20 * SECOND_MS * random.next(), forMs: MINUTE_MS }];
    case 'choking': {
      const atMs = 0.2 * liveMs * random.next();
      return [{ kind: 'sink-chokes', atMs, forMs: (5 + 15 * random.next()) * MINUTE_MS, user: random.below(50) }];
    }
    case 'slow-source':
      return [{ kind: 's3-slow', atMs: 0, forMs: 10 * MINUTE_MS, pieceMs: (0.3 + random.next()) * SECOND_MS }];
    case 'slow-drain':
      return [{ kind: 'sink-slow', atMs: 0, forMs: 10 * MINUTE_MS, latencyMs: (1 + 2 * random.next()) * SECOND_MS }];
  }
}

/** Mostly a restart; now and then a night. */
function downMs(random: SeededRandom): number {
  const kind = random.next();
  if (kind < 0.6) return random.next() * 10 * SECOND_MS;
  if (kind < 0.9) return random.next() * 20 * MINUTE_MS;
  return random.next() * 12 * 60 * MINUTE_MS;
}

function window(
  random: SeededRandom,
  { liveMs, liveMsUsual }: FaultSite,
  forMsMax: number,
): { readonly atMs: number; readonly forMs: number } {
  const share = Math.min(1, liveMs / liveMsUsual);
  return { atMs: random.next() * liveMs, forMs: (0.05 + random.next()) * forMsMax * share };
}

/** More often early than late. */
function nth(random: SeededRandom, { share, after }: DrawSite, operations: number): number {
  return 1 + after + Math.floor(random.next() * random.next() * share * operations);
}

function retryAfter(random: SeededRandom): number | null {
  return random.chance(0.5) ? null : random.below(31) * SECOND_MS;
}

function s3Code(random: SeededRandom): 'S3_THROTTLED' | 'S3_UNAVAILABLE' | 'S3_ACCESS_DENIED' {
  return random.pick(['S3_THROTTLED', 'S3_THROTTLED', 'S3_UNAVAILABLE', 'S3_ACCESS_DENIED']);
}
