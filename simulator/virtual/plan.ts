/**
 * A world as data: everything that a run depends on. A seed gives a plan (`plan-world.ts`), a scenario file holds one; the same plan gives the same run.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { faultSchema } from './fault.ts';

const ms = z.number();
const count = z.number().int().min(0);

const objectSchema = z.strictObject({
  source: count,
  key: z.string(),
  content: count,
  /** When it can first be listed, epoch ms: also its LastModified, in whole seconds. */
  visibleMs: ms,
});

/** An object of the calm act at the end, when nothing goes wrong any more. Its moments count from the beginning of the act. */
const calmObjectSchema = z.strictObject({
  content: count,
  /** Of the time stamp in its name. */
  stampedMs: ms,
  sequence: count,
  visibleMs: ms,
});

/** Somebody asks for an object by name, as `replay` and `audit --requeue` do. */
const requestSchema = z.strictObject({
  atMs: ms,
  key: z.string(),
  kind: z.enum(['missing', 'again']),
});

/** Where the world's configuration differs from the shipped defaults. */
const settingsSchema = z.strictObject({
  endpoints: count,
  workers: count,
  queueObjectsMax: count,
  scanIntervalMs: ms,
  delayWindowMs: ms,
  lookbackMs: ms,
  lookbackIntervalMs: ms,
  liveWindowMs: ms,
  /** Null for the beginning of time. */
  startFromMs: ms.nullable(),
  httpWorkers: count,
  batchLinesMax: count,
  batchBytesMax: count,
  bufferBytes: count,
  bufferLines: count,
  flushIntervalMs: ms,
  requestTimeoutMs: ms,
  saveIntervalMs: ms,
  memoryLimitBytes: count,
  shutdownGraceMs: ms,
});

export const planSchema = z.strictObject({
  seed: z.number(),
  startMs: ms,
  settings: settingsSchema,
  /** S3 gives no more keys than this in one page. */
  keysPerPage: count,
  /** How long a LIST, a GET, a POST takes in the middle. */
  latencyMs: z.strictObject({ s3: ms, sink: ms, state: ms }),
  objects: z.array(objectSchema),
  /** Contents of objects that go on coming, one a minute, until all others are delivered: a feed never stops. */
  trickle: z.array(count),
  requests: z.array(requestSchema),
  faults: z.array(faultSchema),
  /** How many instances there are. */
  instances: count.default(1),
  /** Null where the only instance keeps a state of its own. */
  redis: z.strictObject({ leaseTtlMs: ms, latencyMs: ms }).nullable().default(null),
  calm: z.strictObject({
    /** Not before this moment, from the world's start. */
    atMs: ms,
    objects: z.array(calmObjectSchema),
    /** Files that are none of ours, in the same folder. */
    strangers: z.array(z.strictObject({ name: z.string(), content: count, visibleMs: ms })),
  }),
});

export type WorldPlan = DeepReadonly<z.infer<typeof planSchema>>;
export type PlannedObject = WorldPlan['objects'][number];
export type WorldSettings = WorldPlan['settings'];

/** The sources of every world. */
export const SOURCES = [
  { bucket: 'logs', prefix: '_weblog/feedname=Threat Team - Web/', format: 'zscaler' },
  { bucket: 'dns', prefix: 'dnslogs/', format: 'cisco_umbrella' },
] as const;

/** As Zscaler writes them: Hive partitions, UTC, without leading zeros. */
export function zscalerKey(stampMs: number, sequence: number): string {
  const date = new Date(stampMs);
  const folder = `year=${date.getUTCFullYear()}/month=${date.getUTCMonth() + 1}/day=${date.getUTCDate()}`;
  return `${SOURCES[0].prefix}${folder}/${Math.floor(stampMs / 1000)}_56442_130_${sequence}.gz`;
}

export function umbrellaKey(stampMs: number, suffix: string): string {
  const minute = new Date(stampMs).toISOString().slice(0, 16);
  const [day = '', time = ''] = minute.split('T');
  return `${SOURCES[1].prefix}${day}/${day}-${time.replace(':', '-')}-${suffix}.csv.gz`;
}

/** What clocks that are wrong and LISTs that lag may take away from the look-back. */
export const LOOKBACK_MARGIN_MS = 7 * 60_000;

/** The end of the day for which a folder of the first source stands. */
export function endOfFolder(zscaler: string): number {
  const [, year, month, day] = /year=(\d+)\/month=(\d+)\/day=(\d+)\//.exec(zscaler) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day) + 1);
}
