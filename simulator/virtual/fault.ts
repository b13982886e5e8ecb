/**
 * What can go wrong in the virtual world, as data: a plan holds a list of these, shrinking takes some away, a scenario file keeps the rest.
 * `nth` counts from 1, over the whole run and all instances, so that a fault hits whenever its operation comes; `atMs` counts from the world's start.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';

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
const killPoint = z.enum(KILL_POINTS);

const s3Faults = [
  z.strictObject({ kind: z.literal('list-fails'), nth, times, code: s3Code }),
  /** LISTs show the bucket as it was `lagMs` ago. */
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
  z.strictObject({ kind: z.literal('kill-at'), atMs: ms, downMs: ms }),
  /** SIGTERM. */
  z.strictObject({ kind: z.literal('stop'), atMs: ms, downMs: ms }),
  /** The machine's clock is wrong by `byMs` until `forMs` later. */
  z.strictObject({ kind: z.literal('clock-step'), atMs: ms, forMs: ms, byMs: z.number() }),
] as const;

export const faultSchema = z.discriminatedUnion('kind', [
  ...s3Faults,
  ...sinkFaults,
  ...stateFaults,
  ...instanceFaults,
]);

export type Fault = DeepReadonly<z.infer<typeof faultSchema>>;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;
export type KillPoint = (typeof KILL_POINTS)[number];

export const FAULT_KINDS: readonly FaultKind[] = faultSchema.options.map((option) => option.shape.kind.value);
