/**
 * Worlds that are made, each for one thing that chance brings together so seldom that hundreds of seeds do not show it. Objects and faults stand here, as
 * they are; a seed gives only how long everything takes.
 */
import { type ContentKind, rangeOfKind } from './content-kinds.ts';
import type { Fault } from './fault.ts';
import { type PlannedObject, type WorldPlan, type WorldSettings, zscalerKey } from './plan.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Far from midnight: a clock that is an hour or two ahead is still in the same day. */
const START_MS = Date.parse('2026-03-10T10:00:00Z');

const SETTINGS: WorldSettings = {
  endpoints: 1,
  workers: 4,
  queueObjectsMax: 1000,
  scanIntervalMs: 5 * SECOND_MS,
  delayWindowMs: 0,
  lookbackMs: HOUR_MS,
  lookbackIntervalMs: 2 * MINUTE_MS,
  liveWindowMs: 10 * MINUTE_MS,
  startFromMs: null,
  httpWorkers: 4,
  batchLinesMax: 1000,
  batchBytesMax: 64_000,
  bufferBytes: 1_000_000,
  bufferLines: 50_000,
  flushIntervalMs: 100,
  requestTimeoutMs: 10 * SECOND_MS,
  saveIntervalMs: 5 * SECOND_MS,
  memoryLimitBytes: 6_000_000,
  shutdownGraceMs: 20 * SECOND_MS,
};

/** Where one differs from the quiet world in which nothing happens. */
type Difference = Partial<Omit<WorldPlan, 'settings' | 'startMs'>> & { readonly settings: Partial<WorldSettings> };

function made(seed: number, difference: Difference): WorldPlan {
  return {
    seed,
    startMs: START_MS,
    keysPerPage: 1000,
    latencyMs: { s3: 5, sink: 20, state: 1 },
    objects: [],
    trickle: Array.from({ length: 40 }, (_, nth) => contentOf('tiny', 400 + nth)),
    requests: [],
    faults: [],
    instances: 1,
    redis: null,
    calm: { atMs: 0, objects: [], strangers: [] },
    ...difference,
    settings: { ...SETTINGS, ...difference.settings },
  };
}

function contentOf(kind: ContentKind, nth: number): number {
  return rangeOfKind(kind).firstId + nth;
}

/** Can be listed so long after the start. */
function objectAt(atMs: number, sequence: number, content: number): PlannedObject {
  const visibleMs = START_MS + atMs;
  return { source: 0, key: zscalerKey(visibleMs, sequence), content, visibleMs };
}

/**
 * An object a minute, each with a line that every endpoint refuses, and storms of 503 that fall a little later into each next one: some line is refused
 * first and gets server errors then, and in the silence after it only a turn through all endpoints finds one that accepts others.
 */
function refusedInStorms(seed: number): WorldPlan {
  const rounds = Array.from({ length: 12 }, (_, round) => round);
  return made(seed, {
    settings: { endpoints: 3 },
    latencyMs: { s3: 5, sink: 200, state: 1 },
    objects: rounds.map((round) => objectAt(round * MINUTE_MS, 1, contentOf('poison', round))),
    faults: rounds.map((round): Fault => {
      const atMs = round * MINUTE_MS + 3 * SECOND_MS + round * 1_700;
      return { kind: 'storm', atMs, forMs: 20 * SECOND_MS, share: 1, status: 503, retryAfterMs: null };
    }),
  });
}

/**
 * Readings that take 20 s, one at a time, and an instance after the other whose clock is hours ahead for ten of them: while its reader is busy and has
 * nothing ready, it claims. Others list meanwhile, whose clocks are right.
 */
function clockAheadWhileBusy(seed: number): WorldPlan {
  const rounds = Array.from({ length: 6 }, (_, round) => ({
    instance: round % 3,
    // A second later each time, as against the scans.
    atMs: 10 * SECOND_MS + round * 91 * SECOND_MS,
    firstContent: contentOf('tiny', 9 * round),
  }));
  return made(seed, {
    settings: { workers: 1 },
    instances: 3,
    redis: { leaseTtlMs: 10 * SECOND_MS, latencyMs: 5 },
    objects: rounds.flatMap(({ atMs, firstContent }) => [
      // One to read and one ready for each instance; and, when it reads the second, one more.
      ...[1, 2, 3, 4, 5, 6].map((nth) => objectAt(atMs, nth, firstContent + nth - 1)),
      ...[7, 8, 9].map((nth) => objectAt(atMs + 27 * SECOND_MS, nth, firstContent + nth - 1)),
    ]),
    faults: [
      { kind: 's3-slow', atMs: 0, forMs: 10 * MINUTE_MS, pieceMs: 20 * SECOND_MS },
      ...rounds.map(({ instance, atMs }): Fault => {
        const forwardMs = atMs + 26_500;
        return { kind: 'clock-step', instance, atMs: forwardMs, forMs: 10 * SECOND_MS, byMs: 2 * HOUR_MS };
      }),
    ],
  });
}

/**
 * A backlog that is older than the look-back, read so slowly that each object takes 20 s. All three die, the first that comes back lists, and dies for good; the next
 * to list passes over what it holds itself, since whoever found that is dead. Then all leases end, Redis comes back empty, and the completion of what was held, which
 * was still to be saved, is refused: nobody else would tell of that object again.
 */
function listerLosesItsOwn(seed: number): WorldPlan {
  const dieMs = 4 * SECOND_MS;
  const listerDiesMs = 30 * SECOND_MS;
  // When the second readings are over, and before they are saved.
  const awayMs = listerDiesMs + 21_500;
  return made(seed, {
    settings: { workers: 1, lookbackMs: 15 * MINUTE_MS, saveIntervalMs: 20 * SECOND_MS },
    instances: 3,
    redis: { leaseTtlMs: 5 * SECOND_MS, latencyMs: 5 },
    objects: Array.from({ length: 100 }, (_, nth) =>
      objectAt(nth * MINUTE_MS - 4 * HOUR_MS, 1, contentOf('tiny', nth)),
    ),
    faults: [
      { kind: 's3-slow', atMs: 0, forMs: 10 * MINUTE_MS, pieceMs: 20 * SECOND_MS },
      ...[0, 1, 2].map((instance): Fault => ({ kind: 'kill-at', instance, atMs: dieMs, downMs: SECOND_MS })),
      // The lister, in one of three.
      { kind: 'kill-at', instance: seed % 3, atMs: listerDiesMs, downMs: 90 * SECOND_MS },
      { kind: 'redis-away', atMs: awayMs, forMs: 9 * SECOND_MS, how: 'refuses' },
      { kind: 'redis-empty', atMs: awayMs + 2 * SECOND_MS, forMs: 2 * SECOND_MS },
    ],
  });
}

const MADE_WORLDS = {
  'refused-in-storms': refusedInStorms,
  'clock-ahead-while-busy': clockAheadWhileBusy,
  'lister-loses-its-own': listerLosesItsOwn,
} as const;

export type MadeWorld = keyof typeof MADE_WORLDS;

export const madeWorldNames = Object.keys(MADE_WORLDS).filter(isMadeWorld);

export function isMadeWorld(name: string): name is MadeWorld {
  return Object.hasOwn(MADE_WORLDS, name);
}

export function madeWorld(name: MadeWorld, seed: number): WorldPlan {
  return MADE_WORLDS[name](seed);
}
