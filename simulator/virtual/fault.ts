/**
 * What can go wrong in the virtual world, as data: a plan holds a list of these, shrinking takes some away, a scenario file keeps the rest.
 * `nth` counts from 1, over the whole run and all instances, so that a fault hits whenever its operation comes; `atMs` counts from the world's start.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import type { WorldKind } from './world-kind.ts';

const nth = z.number().int().min(1);
const ms = z.number().min(0);
/** How many operations in a row are hit. */
const times = z.number().int().min(1);
const share = z.number().min(0).max(1);

const s3Code = z.enum(['S3_THROTTLED', 'S3_UNAVAILABLE', 'S3_ACCESS_DENIED']);

/** Places in a run where an instance can be killed: between any two steps, and just where it hurts most. */
export const KILL_POINTS = [
  'list-answered',
  'get-answered',
  'body-read',
  'post-received',
  'post-stored',
  'post-answered',
  'commit-begun',
  'commit-durable',
  'commit-returned',
] as const;
/** And these, where instances share what they do. */
export const SHARED_KILL_POINTS = ['redis-sent', 'redis-done', 'redis-answered'] as const;
/** What instances ask of Redis. */
export const REDIS_COMMANDS = ['claim', 'commit', 'renew', 'offer', 'restore', 'open'] as const;
const redisCommand = z.enum(REDIS_COMMANDS);
const killPoint = z.enum([...KILL_POINTS, ...SHARED_KILL_POINTS]);
/** Which of the machines; the first where it is left out. */
const instance = z.number().int().min(0).optional();

const s3Faults = [
  z.strictObject({ kind: z.literal('list-fails'), nth, times, code: s3Code }),
  /** LISTs stand still, and then show the bucket as it was `lagMs` ago. */
  z.strictObject({ kind: z.literal('list-lags'), atMs: ms, forMs: ms, lagMs: ms }),
  z.strictObject({ kind: z.literal('get-fails'), nth, times, code: s3Code }),
  /** The connection ends after this share of the body. */
  z.strictObject({ kind: z.literal('get-cut'), nth, times, share }),
  z.strictObject({ kind: z.literal('get-slow'), nth, times, forMs: ms }),
  /** The checksum comes out wrong, this time only. */
  z.strictObject({ kind: z.literal('get-garbled'), nth, times }),
  /** The object that the nth GET reads fails again and again, each time in another way. */
  z.strictObject({ kind: z.literal('get-saga'), nth, readings: z.array(z.enum(['throttled', 'cut', 'garbled'])) }),
  /** Each piece of a body takes this long. */
  z.strictObject({ kind: z.literal('s3-slow'), atMs: ms, forMs: ms, pieceMs: ms }),
  /** This share of the GETs is throttled, while LISTs are answered. */
  z.strictObject({ kind: z.literal('get-storm'), atMs: ms, forMs: ms, share }),
  z.strictObject({ kind: z.literal('s3-outage'), atMs: ms, forMs: ms, code: s3Code }),
  /** Just before the GET, or while its body is read. */
  z.strictObject({ kind: z.literal('overwrite'), nth, when: z.enum(['before', 'during']) }),
  z.strictObject({ kind: z.literal('delete'), nth }),
] as const;

const sinkFaults = [
  z.strictObject({
    kind: z.literal('post-fails'),
    nth,
    times,
    status: z.number().int(),
    retryAfterMs: ms.nullable(),
    /** The lines were stored all the same. */
    isStored: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('post-resets'), nth, times, isStored: z.boolean() }),
  /** The answer comes this long after the streamer has given up waiting. */
  z.strictObject({ kind: z.literal('post-late'), nth, times, lateMs: ms, isStored: z.boolean() }),
  /** 2xx is answered before the body was read to its end. */
  z.strictObject({ kind: z.literal('post-early'), nth, times }),
  z.strictObject({
    kind: z.literal('storm'),
    atMs: ms,
    forMs: ms,
    share,
    status: z.number().int(),
    retryAfterMs: ms.nullable(),
  }),
  /** Every endpoint fails on bodies that hold a line of this user, and takes all others. */
  z.strictObject({ kind: z.literal('sink-chokes'), atMs: ms, forMs: ms, user: z.number().int() }),
  z.strictObject({ kind: z.literal('sink-slow'), atMs: ms, forMs: ms, latencyMs: ms }),
  z.strictObject({
    kind: z.literal('endpoint-dead'),
    endpoint: z.number().int(),
    atMs: ms,
    /** Null for ever. */
    forMs: ms.nullable(),
    how: z.enum(['refuses', 'hangs', 'misconfigured']),
  }),
  /** Every endpoint is away. */
  z.strictObject({ kind: z.literal('sink-outage'), atMs: ms, forMs: ms, how: z.enum(['refuses', 'hangs']) }),
  /** Every body is refused with 400: a fault of the endpoints, not of the data. */
  z.strictObject({ kind: z.literal('refuses-all'), atMs: ms, forMs: ms }),
] as const;

const stateFaults = [
  /** `isApplied`: it is durable all the same. */
  z.strictObject({ kind: z.literal('commit-fails'), nth, times, isApplied: z.boolean() }),
  z.strictObject({ kind: z.literal('commit-slow'), nth, times, forMs: ms }),
  z.strictObject({ kind: z.literal('disk-full'), atMs: ms, forMs: ms }),
  z.strictObject({ kind: z.literal('state-read-fails'), nth, times }),
] as const;

const instanceFaults = [
  z.strictObject({ kind: z.literal('kill'), at: killPoint, nth, downMs: ms }),
  z.strictObject({ kind: z.literal('kill-at'), instance, atMs: ms, downMs: ms }),
  /** SIGTERM. */
  z.strictObject({ kind: z.literal('stop'), instance, atMs: ms, downMs: ms }),
  /** The machine's clock is wrong by `byMs` until `forMs` later. */
  z.strictObject({ kind: z.literal('clock-step'), instance, atMs: ms, forMs: ms, byMs: z.number() }),
] as const;

/** Only where instances share what they do. */
const sharingFaults = [
  /** SIGSTOP, and SIGCONT. */
  z.strictObject({ kind: z.literal('pause'), instance, atMs: ms, forMs: ms }),
  /** `hangs`: it does later what it was sent meanwhile. */
  z.strictObject({ kind: z.literal('redis-away'), atMs: ms, forMs: ms, how: z.enum(['refuses', 'hangs']) }),
  /** One instance cannot reach it, the others can. */
  z.strictObject({ kind: z.literal('redis-cut'), instance, atMs: ms, forMs: ms }),
  /** It comes back as it was `lagMs` before it went. */
  z.strictObject({ kind: z.literal('redis-failover'), atMs: ms, forMs: ms, lagMs: ms }),
  /** It comes back with nothing. */
  z.strictObject({ kind: z.literal('redis-empty'), atMs: ms, forMs: ms }),
  /** The connection breaks over a command; `nth` counts those of its kind. `isDone`: only the answer is lost. */
  z.strictObject({ kind: z.literal('redis-fails'), of: redisCommand, nth, times, isDone: z.boolean() }),
  /** `isDoneLate`: not only the answer is late. */
  z.strictObject({
    kind: z.literal('redis-late'),
    of: redisCommand,
    nth,
    times,
    lateMs: ms,
    isDoneLate: z.boolean(),
  }),
] as const;

export const faultSchema = z.discriminatedUnion('kind', [
  ...s3Faults,
  ...sinkFaults,
  ...stateFaults,
  ...instanceFaults,
  ...sharingFaults,
]);

export type Fault = DeepReadonly<z.infer<typeof faultSchema>>;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;
export type KillPoint = (typeof KILL_POINTS)[number] | (typeof SHARED_KILL_POINTS)[number];

export const SHARING_KINDS: ReadonlySet<FaultKind> = new Set(sharingFaults.map((option) => option.shape.kind.value));

/** What can go wrong in that kind of world. */
export function faultKindsOf(world: WorldKind): readonly FaultKind[] {
  const kinds: readonly FaultKind[] = faultSchema.options.map((option) => option.shape.kind.value);
  // Looking something up is a command to Redis there, as all the others are.
  if (world === 'redis') return kinds.filter((kind) => kind !== 'state-read-fails');
  return kinds.filter((kind) => !SHARING_KINDS.has(kind));
}
