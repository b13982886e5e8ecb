/** The parts of the result model that are about time: latency summaries and the lag waterfall. */
import { z } from 'zod';

const ms = () => z.number().nonnegative();

const curveSchema = z.strictObject({
  points: z
    .array(z.strictObject({ percentile: z.number().min(0).max(100), ms: ms() }))
    .readonly()
    .describe('Rising, denser towards 100, as far as there are samples.'),
  hdr: z.string().describe('The HdrHistogram (V2, compressed, base64), in microseconds.'),
});

export type LatencyCurve = Readonly<z.infer<typeof curveSchema>>;

/** A percentile is null when there are too few samples for it (percentiles.ts says how many each needs). */
export const latencySchema = z.strictObject({
  n: z.int().nonnegative().describe('Samples: objects.'),
  avg: ms().nullable(),
  p50: ms().nullable(),
  p90: ms().nullable(),
  p99: ms().nullable(),
  p999: ms().nullable(),
  max: ms().nullable(),
  curve: curveSchema
    .readonly()
    .nullable()
    .default(null)
    .describe('Null without samples, and in results of older versions.'),
});

export type LatencySummary = Readonly<z.infer<typeof latencySchema>>;

/**
 * The parts of file age, in order: each runs from one boundary of an object's last-settled line to the next.
 * timestamp -> intended visible -> visible -> eligible -> listed -> GET issued -> inflated -> batch closed -> first sent -> acknowledged.
 */
export const WATERFALL_PARTS = [
  'schedule',
  'upload',
  'delayWindow',
  'discovery',
  'queue',
  'readAndInflate',
  'batching',
  'sendQueue',
  'acknowledgement',
] as const;

export type WaterfallPart = (typeof WATERFALL_PARTS)[number];

const partsMs = z.strictObject({
  schedule: ms(),
  upload: ms(),
  delayWindow: ms(),
  discovery: ms(),
  queue: ms(),
  readAndInflate: ms(),
  batching: ms(),
  sendQueue: ms(),
  acknowledgement: ms(),
} satisfies Record<WaterfallPart, z.ZodType>);

export type WaterfallPartsMs = Readonly<z.infer<typeof partsMs>>;

export const waterfallSchema = z.strictObject({
  n: z.int().nonnegative().describe('Objects.'),
  avg: partsMs.nullable().describe('Averages of the parts: they add up to the average file age. Null without objects.'),
  slowest: z
    .array(z.strictObject({ key: z.string(), fileAgeMs: ms(), lagMs: ms(), parts: partsMs }))
    .describe('The objects with the longest lag, longest first.'),
});

export type Waterfall = z.infer<typeof waterfallSchema>;
