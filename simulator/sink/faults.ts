/**
 * The fault language: what an agent does wrong, as data. A scenario, the control API and the command line all say the same JSON.
 *
 * Faults of a request (`status`, `latency`, `hang`, `reset`, `answer-late`, `error-after-store`) strike each request with probability `rate`.
 * Several may be active: latencies add up, and of the others the first that strikes decides.
 * A `poison` strikes the bodies that hold its text, and them alone, whatever else is active.
 * Faults of an agent (`pause`, `slow-read`, `refuse`, `capacity`) hold for all its requests while they are active.
 */
import * as z from 'zod';

const durationMs = z.number().nonnegative();
const bytes = z.int().positive();

const ofAgent = {
  /** Which agent, counted from 0. */
  agent: z.union([z.int().nonnegative(), z.literal('all')]).default('all'),
  /** It ends after so long; otherwise when it is taken away. */
  forMs: durationMs.positive().optional(),
};

const ofRequest = {
  ...ofAgent,
  /** Probability that it strikes a request. */
  rate: z.number().min(0).max(1).default(1),
  /** It ends when it has struck so many requests. */
  count: z.int().positive().optional(),
};

/** How long a latency fault takes, drawn anew for every request. */
const DelaySchema = z.discriminatedUnion('shape', [
  z.strictObject({ shape: z.literal('constant'), ms: durationMs }),
  z.strictObject({ shape: z.literal('uniform'), minMs: durationMs, maxMs: durationMs }),
  z.strictObject({ shape: z.literal('exponential'), meanMs: durationMs }),
  /** Most real servers: half of the answers within the median, one in a hundred beyond p99. */
  z.strictObject({ shape: z.literal('lognormal'), medianMs: durationMs.positive(), p99Ms: durationMs.positive() }),
]);

export const FaultSchema = z.discriminatedUnion('kind', [
  /** Answers this status and stores nothing. */
  z.strictObject({
    kind: z.literal('status'),
    ...ofRequest,
    status: z.int().min(300).max(599),
    retryAfterS: z.number().nonnegative().optional(),
  }),
  /** Takes that long before it stores and answers. Whoever hangs up meanwhile has not been stored. */
  z.strictObject({ kind: z.literal('latency'), ...ofRequest, delay: DelaySchema }),
  /** Never answers. */
  z.strictObject({ kind: z.literal('hang'), ...ofRequest, isStored: z.boolean().default(false) }),
  /** Cuts the connection (TCP reset): in the middle of the body, after it but before storing, or after storing and before the answer. */
  z.strictObject({ kind: z.literal('reset'), ...ofRequest, when: z.enum(['mid-body', 'before-store', 'after-store']) }),
  /** Stores at once and answers 200 only after so long. */
  z.strictObject({ kind: z.literal('answer-late'), ...ofRequest, afterMs: durationMs }),
  /** Stores, and answers with an error all the same. */
  z.strictObject({
    kind: z.literal('error-after-store'),
    ...ofRequest,
    status: z.int().min(400).max(599).default(500),
  }),
  /** Refuses every body that holds this text (a line that the receiver cannot digest), and says so; stores nothing of it. */
  z.strictObject({
    kind: z.literal('poison'),
    ...ofAgent,
    text: z.string().min(1),
    status: z.int().min(400).max(599).default(400),
    answer: z.string().default(''),
  }),
  /** Stops reading: connections stay open, and fill up. */
  z.strictObject({ kind: z.literal('pause'), ...ofAgent }),
  /** Reads each connection no faster than this. */
  z.strictObject({ kind: z.literal('slow-read'), ...ofAgent, bytesPerS: bytes }),
  /** Closes the port: new connections are refused; the open ones are cut, unless `keepsOpen`. */
  z.strictObject({ kind: z.literal('refuse'), ...ofAgent, keepsOpen: z.boolean().default(false) }),
  /**
   * Works off so many bytes per second from a bounded queue. A batch that finds no room is answered with `status` and not stored.
   * `answers`: when the batch is in the queue (as an agent with a buffer does), or when it is worked off.
   */
  z.strictObject({
    kind: z.literal('capacity'),
    ...ofAgent,
    bytesPerS: bytes,
    queueBytes: bytes,
    status: z.int().min(400).max(599).default(429),
    retryAfterS: z.number().nonnegative().optional(),
    answers: z.enum(['when-queued', 'when-processed']).default('when-queued'),
  }),
]);

/** As it is written: everything with a default may be left out. */
export type FaultInput = z.input<typeof FaultSchema>;
export type Fault = Readonly<z.output<typeof FaultSchema>>;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;
export type Delay = FaultOf<'latency'>['delay'];
