/** From a world of one instance to one of three that share state and work through Redis; and what can go wrong with that. */
import { createRandom, type SeededRandom } from '../random.ts';
import { type Fault, REDIS_COMMANDS, SHARED_KILL_POINTS } from './fault.ts';
import type { WorldPlan } from './plan.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const INSTANCES = 3;
const MORE_MIN = 2;
const MORE_RANGE = 5;
/** Of all commands to Redis, those that come while there is much to do. */
const COMMANDS = 1_200;
/** How many of each come then. */
const COMMANDS_OF: Readonly<Record<(typeof REDIS_COMMANDS)[number], number>> = {
  claim: 300,
  commit: 80,
  renew: 60,
  offer: 40,
  restore: 3,
  open: 4,
};

/** The usual ones more often. */
const COMMANDS_HIT = [...REDIS_COMMANDS, 'claim', 'commit', 'renew', 'renew'] as const;

interface Site {
  readonly liveMs: number;
  readonly leaseTtlMs: number;
}

type Draw = (random: SeededRandom, site: Site) => Fault;

const pause: Draw = (random, site) => ({
  kind: 'pause',
  instance: random.below(INSTANCES),
  atMs: moment(random, site),
  forMs: aroundLease(random, site),
});

const redisAway: Draw = (random, site) => ({
  kind: 'redis-away',
  atMs: moment(random, site),
  forMs: aroundLease(random, site),
  how: random.pick(['refuses', 'hangs']),
});

const redisCut: Draw = (random, site) => ({
  kind: 'redis-cut',
  instance: random.below(INSTANCES),
  atMs: moment(random, site),
  forMs: aroundLease(random, site),
});

const redisFailover: Draw = (random, site) => ({
  kind: 'redis-failover',
  atMs: moment(random, site),
  forMs: (0.2 + 5 * random.next()) * SECOND_MS,
  lagMs: random.next() * random.pick([SECOND_MS, 10 * SECOND_MS]),
});

const redisEmpty: Draw = (random, site) => ({
  kind: 'redis-empty',
  atMs: moment(random, site),
  forMs: (0.2 + 5 * random.next()) * SECOND_MS,
});

const redisFails: Draw = (random) => {
  const of = random.pick(COMMANDS_HIT);
  const nth = 1 + Math.floor(random.next() * random.next() * COMMANDS_OF[of]);
  return { kind: 'redis-fails', of, nth, times: 1 + random.below(3), isDone: random.chance(0.7) };
};

const redisLate: Draw = (random) => {
  const of = random.pick(COMMANDS_HIT);
  const nth = 1 + Math.floor(random.next() * random.next() * COMMANDS_OF[of]);
  const lateMs = random.next() * random.pick([3 * SECOND_MS, 10 * SECOND_MS]);
  return { kind: 'redis-late', of, nth, times: 1, lateMs, isDoneLate: random.chance(0.4) };
};

const killAtCommand: Draw = (random) => ({
  kind: 'kill',
  at: random.pick(SHARED_KILL_POINTS),
  nth: 1 + Math.floor(random.next() * random.next() * COMMANDS),
  downMs: downMs(random),
});

/** In one world Redis forgets some of it, in another all. */
const forgets: Draw = (random, site) => random.pick([redisFailover, redisFailover, redisEmpty])(random, site);

const ALWAYS: readonly Draw[] = [pause, redisAway, redisFails, redisLate, killAtCommand, forgets];
const MORE: readonly Draw[] = [
  ...[pause, pause, redisAway, redisCut, redisCut, redisFails, redisFails, redisLate, redisLate],
  ...[redisFailover, redisFailover, redisEmpty, killAtCommand, killAtCommand],
];

/** In some worlds; with one instance it is a theme's. Several objects are parked then, while their leases come and go. */
const CHOKING_SHARE = 0.15;

function choking(random: SeededRandom, { liveMs }: Site): readonly Fault[] {
  if (!random.chance(CHOKING_SHARE)) return [];
  const atMs = 0.5 * liveMs * random.next();
  return [{ kind: 'sink-chokes', atMs, forMs: (2 + 6 * random.next()) * MINUTE_MS, user: random.below(50) }];
}

export function shareWorld(plan: WorldPlan): WorldPlan {
  const random = createRandom(plan.seed).fork('sharing');
  const leaseTtlMs = random.fork('lease').pick([5, 10, 15]) * SECOND_MS;
  const objectsUntilMs = Math.max(...plan.objects.map(({ visibleMs }) => visibleMs));
  const site = { liveMs: Math.max(MINUTE_MS, objectsUntilMs - plan.startMs), leaseTtlMs };
  const draws = random.fork('faults');
  const count = MORE_MIN + draws.below(MORE_RANGE);
  const sharing = [...ALWAYS, ...Array.from({ length: count }, () => draws.pick(MORE))].map((draw) =>
    draw(draws, site),
  );
  const machines = random.fork('machines');
  const others = plan.faults
    // The state is Redis: what can go wrong when it is asked is drawn above.
    .filter(({ kind }) => kind !== 'state-read-fails')
    .map((fault) => onSomeMachine(fault, machines));
  return {
    ...plan,
    settings: { ...plan.settings, lookbackIntervalMs: 2 * MINUTE_MS },
    faults: [...others, ...sharing, ...choking(random.fork('choking'), site)],
    instances: INSTANCES,
    redis: { leaseTtlMs, latencyMs: random.fork('latency').pick([1, 5, 50]) },
  };
}

function onSomeMachine(fault: Fault, random: SeededRandom): Fault {
  if (fault.kind === 'kill') return { ...fault, downMs: downMs(random) };
  if (fault.kind === 'clock-step') return { ...fault, instance: random.below(INSTANCES) };
  if (fault.kind !== 'kill-at' && fault.kind !== 'stop') return fault;
  return { ...fault, instance: random.below(INSTANCES), downMs: downMs(random) };
}

function moment(random: SeededRandom, { liveMs }: Site): number {
  return random.next() * liveMs;
}

/** Shorter than a lease, or longer. */
function aroundLease(random: SeededRandom, { leaseTtlMs }: Site): number {
  return leaseTtlMs * (random.chance(0.4) ? 0.1 + 0.8 * random.next() : 1 + 2 * random.next());
}

function downMs(random: SeededRandom): number {
  return random.next() * random.pick([10, 10, 90]) * SECOND_MS;
}
