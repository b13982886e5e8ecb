/** From a seed to a world: what is stored when, how the streamer is configured, and what goes wrong. */
import { createRandom, type SeededRandom } from '../random.ts';
import { type ContentKind, rangeOfKind } from './content-kinds.ts';
import { planFaults } from './plan-faults.ts';
import {
  LOOKBACK_MARGIN_MS,
  type PlannedObject,
  umbrellaKey,
  type WorldPlan,
  type WorldSettings,
  zscalerKey,
} from './plan.ts';
import { shareWorld } from './plan-sharing.ts';
import { type Theme, themeOf } from './theme.ts';
import type { WorldKind } from './world-kind.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Midnights at which something in a key's string order turns around: day 9 to 10, month 9 to 10, the year, February. */
const MIDNIGHTS = ['2025-09-10', '2025-10-01', '2026-01-01', '2024-03-01', '2025-10-10', '2025-12-10'] as const;

/** How many objects of each kind a world holds at least; the rest is tiny, small and medium. */
const SHARES: readonly (readonly [ContentKind, number])[] = [
  ['dirty', 20],
  ['multi-member', 8],
  ['plain', 2],
  ['empty', 2],
  ['zero-bytes', 1],
  ['long-line', 4],
  ['poison', 4],
  ['big', 2],
  ['truncated', 1],
  ['corrupt', 1],
  ['bad-checksum', 1],
  ['trailing-garbage', 1],
];
const USUAL: readonly ContentKind[] = ['tiny', 'small', 'small', 'medium'];
const ZSCALER_OBJECTS = 190;
const CSV_OBJECTS = 16;
const OBJECTS_MORE = 40;
/** One streamed object does not take all of it, as in every configuration that is accepted (these have 16 MiB and more). */
const MEMORY_FOR_SEVERAL_BYTES = 2_500_000;
const TRICKLE_OBJECTS = 40;
/** Contents of each kind that plans leave alone. */
const LEFT_OVER = 19;

export function planWorld(seed: number, world: WorldKind = 'single'): WorldPlan {
  return world === 'redis' ? shareWorld(planOne(seed, SHORT)) : planOne(seed, LONG);
}

/** How long the first act may take, and the bursts of the second. */
interface Length {
  readonly liveMinutes: number;
  /** So much more at most. */
  readonly liveMinutesMore: number;
  readonly bursts: number;
  /** Null: whatever the theme is; else that one. */
  readonly theme: Theme | null;
}

const LONG: Length = { liveMinutes: 10, liveMinutesMore: 30, bursts: 3, theme: null };
/** Where several instances ask for work all the time, a minute costs more. */
const SHORT: Length = { liveMinutes: 3, liveMinutesMore: 4, bursts: 2, theme: 'any' };

function planOne(seed: number, length: Length): WorldPlan {
  const random = createRandom(seed).fork('plan');
  const theme = length.theme ?? themeOf(random.fork('theme'));
  const shape = shapeOf(random.fork('shape'), theme, length);
  const settings = { ...settingsOf(random.fork('settings'), shape), ...themeSettings(theme) };
  const contents = new Contents(random.fork('contents'));
  const objects = [
    ...zscalerObjects(random.fork('objects'), shape, settings, contents),
    ...umbrellaObjects(random.fork('csv'), shape, contents),
    ...foreignFiles(random.fork('strangers'), shape, contents),
  ];
  return {
    seed,
    startMs: shape.startMs,
    settings,
    keysPerPage: theme === 'slow-drain' ? 1000 : random.fork('pages').pick([7, 25, 100, 1000]),
    latencyMs: { ...latenciesOf(random.fork('latency')), ...(theme === 'condemned' ? { sink: 200 } : {}) },
    objects,
    trickle: Array.from({ length: TRICKLE_OBJECTS }, () => contents.take('tiny')),
    requests: requestsOf(random.fork('requests'), shape, objects),
    faults: planFaults(random.fork('faults'), {
      liveMs: shape.liveMs,
      liveMsUsual: LONG.liveMinutes * MINUTE_MS,
      settings,
      theme,
    }),
    instances: 1,
    redis: null,
    calm: calmOf(random.fork('calm'), shape, contents, length.bursts),
  };
}

/** When things happen. */
interface Shape {
  readonly theme: Theme;
  readonly startMs: number;
  /** So long before the start lies the oldest object. */
  readonly backlogMs: number;
  /** Share of the objects that are there at the start. */
  readonly backlogShare: number;
  /** So long after the start the last object of the first act comes. */
  readonly liveMs: number;
  readonly midnightMs: number;
  /** The day ends in the calm act, else somewhere before it. */
  readonly isMidnightCalm: boolean;
}

function shapeOf(random: SeededRandom, theme: Theme, { liveMinutes, liveMinutesMore }: Length): Shape {
  const midnightMs = Date.parse(`${random.pick(MIDNIGHTS)}T00:00:00Z`);
  const liveMs = (liveMinutes + liveMinutesMore * random.next()) * MINUTE_MS;
  const isMidnightCalm = random.chance(0.3);
  // Somewhere in the live part, or a little after it.
  const startMs = Math.floor(midnightMs - (isMidnightCalm ? liveMs + 10 * MINUTE_MS : liveMs * random.next()));
  const backlogMs = random.pick([30 * MINUTE_MS, 3 * HOUR_MS, DAY_MS, 3 * DAY_MS]);
  const backlogShare = random.next() * 0.8;
  const shape = { theme, startMs, backlogMs, backlogShare, liveMs, midnightMs, isMidnightCalm };
  switch (theme) {
    case 'any':
    case 'backed-up':
    case 'wrong-clock':
    case 'choking':
      return shape;
    case 'condemned':
    case 'slow-source':
      // Much to do when it begins.
      return { ...shape, backlogShare: 0.8 };
    case 'late-folders':
      return {
        ...shape,
        startMs: midnightMs - MINUTE_MS,
        isMidnightCalm: false,
        backlogMs: 30 * MINUTE_MS,
        backlogShare: 0.1,
      };
    case 'slow-drain':
      // All in the folder of one day.
      return {
        ...shape,
        startMs: midnightMs - 4 * HOUR_MS,
        isMidnightCalm: false,
        backlogMs: 3 * HOUR_MS,
        backlogShare: 0.7,
      };
  }
}

function themeSettings(theme: Theme): Partial<WorldSettings> {
  const soonPast = { lookbackMs: 10 * MINUTE_MS, lookbackIntervalMs: 2 * MINUTE_MS };
  switch (theme) {
    case 'any':
    case 'wrong-clock':
    case 'choking':
      return {};
    case 'condemned':
      return { memoryLimitBytes: 6_000_000, httpWorkers: 4, workers: 8, queueObjectsMax: 1000, batchLinesMax: 1000 };
    case 'backed-up':
      return { ...soonPast, queueObjectsMax: 3, liveWindowMs: MINUTE_MS };
    case 'late-folders':
      return { ...soonPast, queueObjectsMax: 1000 };
    case 'slow-source':
      return { memoryLimitBytes: 150_000, batchBytesMax: 4_000, flushIntervalMs: 100 };
    case 'slow-drain':
      return { queueObjectsMax: 3, workers: 2, httpWorkers: 1, liveWindowMs: 10 * MINUTE_MS };
  }
}

function settingsOf(random: SeededRandom, { startMs, backlogMs }: Shape): WorldSettings {
  const memoryLimitBytes = random.pick([150_000, 300_000, MEMORY_FOR_SEVERAL_BYTES, 6_000_000]);
  // Several batches must fit, as the configuration demands.
  const batchBytesMax = random.pick([2_000, 4_000, 16_000, 64_000].filter((bytes) => 9 * bytes < memoryLimitBytes));
  return {
    endpoints: 1 + random.below(3),
    workers: 1 + random.below(8),
    queueObjectsMax: random.pick([3, 20, 20, 1000, 1000]),
    scanIntervalMs: random.pick([5, 15, 30]) * SECOND_MS,
    delayWindowMs: random.pick([0, 5, 60]) * SECOND_MS,
    lookbackMs: random.pick([15 * MINUTE_MS, HOUR_MS, DAY_MS]),
    lookbackIntervalMs: random.pick([2, 5, 10]) * MINUTE_MS,
    liveWindowMs: random.pick([1, 10]) * MINUTE_MS,
    startFromMs: random.chance(0.2) ? startMs - random.next() * backlogMs : null,
    httpWorkers: 1 + random.below(6),
    batchLinesMax: random.pick([5, 20, 1000]),
    batchBytesMax,
    bufferBytes: random.pick([batchBytesMax, 4 * batchBytesMax, 1_000_000]),
    bufferLines: random.pick([20, 200, 50_000]),
    flushIntervalMs: random.pick([100, 1_000]),
    requestTimeoutMs: random.pick([2, 10, 30]) * SECOND_MS,
    saveIntervalMs: random.pick([1, 5, 15]) * SECOND_MS,
    memoryLimitBytes,
    shutdownGraceMs: random.pick([5, 20]) * SECOND_MS,
  };
}

function latenciesOf(random: SeededRandom): WorldPlan['latencyMs'] {
  return { s3: random.pick([5, 40, 150]), sink: random.pick([2, 20, 200]), state: random.pick([1, 10, 100]) };
}

function zscalerObjects(
  random: SeededRandom,
  shape: Shape,
  { lookbackMs, memoryLimitBytes }: WorldSettings,
  contents: Contents,
): readonly PlannedObject[] {
  // A refused line waits, and holds memory, until others are accepted; where one large object needs all memory there are no others.
  const shares = SHARES.filter(([kind]) => kind !== 'poison' || memoryLimitBytes >= MEMORY_FOR_SEVERAL_BYTES);
  const more: readonly ContentKind[] = shape.theme === 'condemned' ? Array.from({ length: 40 }, () => 'poison') : [];
  const kinds = [...shares.flatMap(([kind, share]) => Array.from({ length: share }, () => kind)), ...more];
  const count = ZSCALER_OBJECTS + random.below(OBJECTS_MORE);
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const content = contents.take(kinds[index] ?? random.pick(USUAL));
    const visibleMs = visibleAt(random, shape);
    const stampMs =
      Math.floor(stampOf(random, visibleMs, lookbackMs - LOOKBACK_MARGIN_MS, shape) / SECOND_MS) * SECOND_MS;
    let sequence = 1;
    while (taken.has(zscalerKey(stampMs, sequence))) sequence += 1;
    const key = zscalerKey(stampMs, sequence);
    taken.add(key);
    return { source: 0, key, content, visibleMs };
  });
}

/** Backlog, or live: then often in bursts, as the feed writes them. */
function visibleAt(random: SeededRandom, { startMs, backlogMs, backlogShare, liveMs }: Shape): number {
  if (random.chance(backlogShare)) return startMs - random.next() * backlogMs;
  const atMs = random.next() * liveMs;
  const burstMs = 3 * MINUTE_MS;
  return startMs + (random.chance(0.6) ? Math.floor(atMs / burstMs) * burstMs + random.next() * 2_000 : atMs);
}

/** The time in the name: mostly a little before the object can be seen, now and then far off. */
function stampOf(random: SeededRandom, visibleMs: number, lateMsMax: number, { theme, midnightMs }: Shape): number {
  const lateMs = visibleMs - midnightMs;
  if (theme === 'late-folders' && lateMs >= 0 && lateMs < lateMsMax) return midnightMs - 1 - random.next() * MINUTE_MS;
  const kind = random.next();
  if (kind < 0.85) return visibleMs - random.next() * 20 * SECOND_MS;
  if (kind < 0.93) return visibleMs - random.next() * Math.min(lateMsMax, 10 * MINUTE_MS);
  if (kind < 0.97) return visibleMs - random.next() * Math.min(lateMsMax, 12 * HOUR_MS);
  return visibleMs + random.next() * 2 * MINUTE_MS;
}

function umbrellaObjects(random: SeededRandom, shape: Shape, contents: Contents): readonly PlannedObject[] {
  return Array.from({ length: CSV_OBJECTS }, (_, index) => {
    const visibleMs = visibleAt(random, shape);
    const stampMs = visibleMs - random.next() * MINUTE_MS;
    const suffix = (index + 4096).toString(16);
    return { source: 1, key: umbrellaKey(stampMs, suffix), content: contents.take('csv'), visibleMs };
  });
}

/** Keys that no format knows: they must be left alone. */
function foreignFiles(random: SeededRandom, shape: Shape, contents: Contents): readonly PlannedObject[] {
  const folder = zscalerKey(shape.startMs, 1).replace(/[^/]+$/, '');
  return ['_SUCCESS', 'notes.txt'].map((name) => ({
    source: 0,
    key: `${folder}${name}`,
    content: contents.take('tiny'),
    visibleMs: shape.startMs + random.next() * shape.liveMs,
  }));
}

function requestsOf(random: SeededRandom, { liveMs }: Shape, objects: readonly PlannedObject[]): WorldPlan['requests'] {
  return Array.from({ length: random.below(5) }, () => ({
    atMs: random.next() * liveMs,
    key: random.pick(objects).key,
    kind: random.pick(['missing', 'again']),
  }));
}

/** Names whose string order is not their order: `_1`, `_10`, `_2` of one second, each appearing a little later than the one before. */
function calmOf(
  random: SeededRandom,
  { midnightMs, startMs, isMidnightCalm }: Shape,
  contents: Contents,
  bursts: number,
): WorldPlan['calm'] {
  const objects = Array.from({ length: bursts }, (_, burst) => {
    const stampedMs = Math.floor(((burst + 1) * 90 + random.below(20)) * SECOND_MS);
    const size = 4 + random.below(9);
    return Array.from({ length: size }, (_item, index) => ({
      content: contents.take(random.pick(['tiny', 'small'])),
      stampedMs,
      sequence: index + 1,
      visibleMs: stampedMs + SECOND_MS + (index * 20 * SECOND_MS) / size + random.next() * SECOND_MS,
    }));
  }).flat();
  const atMs = isMidnightCalm ? midnightMs - startMs - (1 + 3 * random.next()) * MINUTE_MS : 0;
  // In the long pause between two bursts, and sorted behind all names that come.
  const strangerMs = (75 + 90 * random.below(bursts)) * SECOND_MS;
  const strangers = [{ name: '_SUCCESS', content: contents.take('tiny'), visibleMs: strangerMs }];
  return { atMs: Math.max(0, atMs), objects, strangers };
}

/** Each content stands in one object of a world at most, because its lines tell which object they come from. */
class Contents {
  readonly #random: SeededRandom;
  readonly #next = new Map<ContentKind, number>();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The last contents of a kind are left over for objects that are overwritten. */
  take(kind: ContentKind): number {
    const { firstId, count } = rangeOfKind(kind);
    const usable = Math.max(1, count - LEFT_OVER);
    const next = this.#next.get(kind) ?? this.#random.fork(kind).below(usable);
    this.#next.set(kind, (next + 1) % usable);
    return firstId + (next % usable);
  }
}
