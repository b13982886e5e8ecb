/** The control API's messages, as schemas: the server and its client read what the other sent through the same ones. */
import * as z from 'zod';
import { FaultSchema } from './faults.ts';

const count = z.int().nonnegative();
const epochMs = z.number().nonnegative();

const AgentStatsSchema = z.object({
  url: z.string(),
  /** Requests whose body came whole, whatever became of them. */
  posts: count,
  /** Of them, those that were turned away for their method, path, credentials or encoding. */
  notAdmitted: count,
  /** Of the admitted, those that came compressed. */
  gzipPosts: count,
  /** Those that were stored, with their inflated bytes and their lines. */
  storedPosts: count,
  bytes: count,
  lines: count,
  /** Body bytes as they came, stored or not. */
  wireBytes: count,
  lastPostMs: epochMs.nullable(),
  /** Open now, and opened since the sink started. */
  connections: count,
  connectionsOpened: count,
  /** Answers by status. */
  answers: z.record(z.string(), count),
  /** Bodies cut off by the sender, and senders that hung up while they waited to be stored. */
  aborted: count,
  /** Connections cut, and requests left without an answer, by a fault. */
  resets: count,
  hangs: count,
  /** Stored without a 2xx: the sender cannot know, and may send them again. */
  unacknowledgedPosts: count,
  unacknowledgedLines: count,
  /** Came again before the time that a Retry-After had asked for, by their Idempotency-Key. */
  tooSoon: count,
  /** Batches with an Idempotency-Key that were answered with a Retry-After: only of these can be told whether they came too soon. */
  askedToWait: count,
});

export const StatsSchema = z.object({
  /** When this was read, by the sink's clock. */
  atMs: epochMs,
  agents: z.array(AgentStatsSchema),
  totals: AgentStatsSchema.pick({
    posts: true,
    storedPosts: true,
    bytes: true,
    lines: true,
    wireBytes: true,
    connections: true,
    unacknowledgedPosts: true,
    unacknowledgedLines: true,
  }),
  /** The load folder, or null when lines are only counted. */
  load: z.string().nullable(),
  /** Share of the time since the last GET /stats that the event loop was busy. */
  eventLoopUtilization: z.number(),
  /** Since the sink started. */
  eventLoopActiveMs: z.number(),
  eventLoopIdleMs: z.number(),
  cpuS: z.number(),
  rssMB: z.number(),
  /** Bodies proved by one rolling CRC, and bodies walked line by line. */
  crcFastPath: count,
  slowPath: count,
});

const ProblemSchema = z.object({
  kind: z.enum(['duplicate', 'corrupt', 'unexpected']),
  index: count.nullable(),
  firstLine: count.nullable(),
  lastLine: count.nullable(),
  lines: count,
  agent: count,
  atMs: epochMs,
  excerpt: z.string().nullable(),
});

export const LedgerTotalsSchema = z.object({
  deliveredLines: count,
  acknowledgedLines: count,
  duplicateLines: count,
  corruptLines: count,
  unexpectedLines: count,
});

export const LedgerReportSchema = LedgerTotalsSchema.extend({
  problems: z.array(ProblemSchema),
  problemsUnlisted: count,
});

export const LedgerVerdictSchema = LedgerReportSchema.extend({
  expectedObjects: count,
  expectedLines: count,
  lostLines: count,
  lostButStoredLines: count,
  outsideLines: count,
  missing: z.array(z.object({ index: count, firstLine: count, lastLine: count, isStored: z.boolean() })),
  missingUnlisted: count,
});

export const ObjectAccountSchema = z.object({
  index: count,
  lines: count,
  deliveredLines: count,
  acknowledgedLines: count,
  duplicateLines: count,
  firstAckMs: epochMs.nullable(),
  settledMs: epochMs.nullable(),
});

export const TimelineSchema = z.array(
  z.object({ tMs: epochMs, posts: count, bytes: count, lines: count, agentBytes: z.array(count) }),
);
export const PausesSchema = z.array(z.object({ fromMs: epochMs, toMs: epochMs }));

const ActiveFaultSchema = z.object({ id: count, fault: FaultSchema, hits: count });
export const FaultListSchema = z.object({ active: z.array(ActiveFaultSchema), ended: z.array(ActiveFaultSchema) });

/** Of each sender its last word; of a histogram the count. */
export const MetricsSchema = z.array(
  z.object({ instance: z.string(), points: z.array(z.object({ name: z.string(), value: z.number() })) }),
);

export const LoadRequestSchema = z.strictObject({ dir: z.string().min(1) });
export const LoadAnswerSchema = z.object({ objects: count });

/** The objects that were uploaded, one by one (further fields are ignored: the generator's records will do) or as ranges. */
export const JudgeRequestSchema = z.strictObject({
  objects: z.array(z.object({ index: count })).default([]),
  ranges: z.array(z.strictObject({ firstIndex: count, lastIndex: count })).default([]),
});

export const FaultRequestSchema = z.union([FaultSchema.transform((fault) => [fault]), z.array(FaultSchema)]);
export const FaultAnswerSchema = z.object({ ids: z.array(count) });

export const ErrorAnswerSchema = z.object({ error: z.string() });

export type Stats = Readonly<z.infer<typeof StatsSchema>>;
export type ReceivedMetrics = Readonly<z.infer<typeof MetricsSchema>[number]>;
export type FaultList = Readonly<z.infer<typeof FaultListSchema>>;
export type JudgeRequest = z.input<typeof JudgeRequestSchema>;
