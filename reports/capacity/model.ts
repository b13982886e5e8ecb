/**
 * What a capacity experiment measured, one record for each step of it. Kept as lines of JSON, so that long work can be cut off and go on, and
 * so that a plan can be made from what was measured before. Names carry units; null says that it was not measured.
 */
import { z } from 'zod';
import type { DeepReadonly } from '../deep-readonly.ts';

const POINT_SCHEMA_VERSION = 1;

const amountOrNull = () => z.number().nonnegative().nullable();

/** `streamer CPU` is in points that were measured before it was found to mean nothing; it is made no more. */
const stageUseSchema = z.strictObject({
  stage: z.enum(['machine CPU', 'streamer CPU', 'event loop', 'sink', 'POST concurrency', 'S3 read concurrency']),
  share: z.number().nonnegative().describe('Of its capacity that was used: 1 is all of it.'),
  evidence: z.string(),
});

const machineSchema = z.strictObject({
  node: z.string(),
  cpu: z.string(),
  cores: z.int().positive(),
  memoryMB: z.number().positive(),
  os: z.string(),
  git: z.string().nullable(),
});

export const pointSchema = z.strictObject({
  schemaVersion: z.literal(POINT_SCHEMA_VERSION),
  /** The experiment that it belongs to: the same one goes on under the same name. */
  experiment: z.string(),
  at: z.iso.datetime(),
  seed: z.int(),
  replay: z.string(),
  machine: machineSchema,
  s3: z.string().describe('Kind and version.'),
  redis: z.string().nullable().describe('Kind and version; null with local state.'),
  settings: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .describe('Configuration keys that differ from the shipped defaults.'),
  instances: z.int().positive(),
  endpoints: z.int().positive(),
  /** Latency that the harness adds at the sink; 0 when the sink answers at once. */
  agentLatencyMs: z.number().nonnegative(),
  load: z.strictObject({
    kind: z.enum(['open loop', 'backlog']),
    offeredRawMBps: amountOrNull().describe('By the schedule; null for a backlog, which is all there at once.'),
    scheduleS: amountOrNull(),
    objects: z.int().positive(),
    rawMBPerObject: z.number().positive(),
    gzipRatio: z.number().positive(),
  }),
  outcome: z.strictObject({
    kind: z
      .enum(['sustainable', 'unsustainable', 'invalid', 'drained'])
      .describe('drained: a backlog, judged for loss only.'),
    reasons: z.array(z.string()),
    backlogGrowthShare: z.number().nullable(),
    lagSlopeUpperSPerS: z.number().nullable(),
    lagHighMs: amountOrNull(),
  }),
  measured: z.strictObject({
    rawMBps: amountOrNull().describe('From the first byte to the last.'),
    steadyRawMBps: amountOrNull()
      .default(null)
      .describe(
        'Of a backlog, without its start and its end, in which not all have work; null for an open loop, and where it was too short.',
      ),
    lagP50Ms: amountOrNull(),
    lagP99Ms: amountOrNull(),
    cpuSPerGB: amountOrNull().describe('CPU seconds of all instances per raw GB.'),
    rssMaxMB: amountOrNull().describe('Of one instance: the average of the highest of each.'),
    listPerGB: amountOrNull(),
    getPerGB: amountOrNull(),
    postPerGB: amountOrNull(),
    redisCommandsPerGB: amountOrNull().describe('Scripts that Redis ran per raw GB: nearly all of its commands.'),
  }),
  stages: z.array(stageUseSchema),
});

export type CapacityPoint = DeepReadonly<z.infer<typeof pointSchema>>;
export type StageUse = CapacityPoint['stages'][number];

export interface PlanFigure {
  readonly name: string;
  /** Null when it cannot be said; the note says why. */
  readonly value: number | null;
  readonly unit: string;
  /** Where it comes from: measured as it stands, computed from measurements, or from what was given. */
  readonly source: 'measured' | 'model' | 'assumed';
  readonly note: string;
}

/** A plan, as its renderers need it. Throughput in raw MB/s. */
export interface PlanResult {
  readonly request: string;
  readonly averageRawMBps: number;
  readonly peakRawMBps: number;
  /** What catching up after the outage asks for; null when it was not asked. */
  readonly recoveryRawMBps: number | null;
  readonly requiredRawMBps: number;
  /** Null when no number of them would do. */
  readonly instances: number | null;
  readonly law: {
    readonly lambda: number;
    readonly sigma: number;
    readonly kappa: number;
    /** Numbers of instances that were measured. */
    readonly sizes: number;
  };
  readonly figures: readonly PlanFigure[];
  /** First the one that gives way first, with the factor of the required rate at which it does. */
  readonly breaksFirst: readonly { readonly what: string; readonly atFactor: number; readonly note: string }[];
  readonly curve: {
    readonly model: readonly {
      readonly instances: number;
      readonly middle: number;
      /** Of 90 %; null where the points do not tell how sure they are. */
      readonly range: { readonly low: number; readonly high: number } | null;
    }[];
    readonly measured: readonly { readonly instances: number; readonly rawMBps: number }[];
  };
  /** Null hours: it never catches up. */
  readonly drain: readonly { readonly outageH: number; readonly drainH: number | null }[];
  readonly warnings: readonly string[];
  readonly basis: {
    readonly points: number;
    readonly from: string;
    readonly to: string;
    readonly machine: string;
    readonly settings: string;
  };
}

export interface LeverEffect {
  readonly key: string;
  readonly levels: readonly {
    readonly value: string;
    readonly measurements: number;
    /** Median of what is compared with the lever's first value; null when nothing was measured. */
    readonly rawMBps: number | null;
    /** Times the throughput of the lever's first value. */
    readonly overStart: number | null;
    /**
     * twins: by configurations that differ in this lever alone. groups: there were none, so all with this value beside all with the first one, and
     * other levers moved as well. Null for the first value, and where there is nothing to compare.
     */
    readonly comparison: 'twins' | 'groups' | null;
  }[];
}

export interface SweepResult {
  readonly experiment: string;
  readonly design: string;
  readonly stepsPlanned: number;
  readonly stepsMeasured: number;
  /** Measured, but the sink was saturated, or lines were lost or repeated. */
  readonly stepsInvalid: number;
  readonly effects: readonly LeverEffect[];
  readonly configurations: readonly { readonly name: string; readonly rawMBps: readonly number[] }[];
  /** Null when nothing was measured. */
  readonly recommended: {
    readonly settings: Readonly<Record<string, string | number | boolean>>;
    readonly rawMBps: number;
    readonly bestRawMBps: number;
    /** Half the usual spread of repetitions over their median, 0 to 1. */
    readonly noise: number;
    /** Configurations that noise cannot tell from the fastest. */
    readonly alike: number;
  } | null;
  readonly replay: string;
}

export interface MaxResult {
  readonly experiment: string;
  /** Held in every repetition; 0 when no rate did. */
  readonly sustainedRawMBps: number;
  /** Did not hold each time; null when the search never came so high. */
  readonly brokenRawMBps: number | null;
  /** How busy each stage was in the run just above the edge, the busiest first. */
  readonly stages: readonly StageUse[];
  /** Null when none of them was used enough to be called limiting. */
  readonly limiting: StageUse | null;
  /** Why there is no bracket; null when there is one. */
  readonly failure: string | null;
  readonly points: readonly CapacityPoint[];
  readonly replay: string;
}

/** A prediction beside what was then measured. */
export interface CheckedPrediction {
  readonly what: string;
  readonly unit: string;
  readonly predicted: number;
  /** 90 % band of the prediction; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** One for each repetition. */
  readonly measured: readonly number[];
  /** Of the median of what was measured: predicted over measured, minus 1. */
  readonly error: number;
}

export interface ScaleResult {
  readonly experiment: string;
  readonly agentLatencyMs: number;
  readonly sizes: readonly {
    readonly instances: number;
    readonly rawMBps: readonly number[];
    readonly isHeldOut: boolean;
  }[];
  /** Fitted without the size that was held out. */
  readonly law: Pick<PlanResult['law'], 'lambda' | 'sigma' | 'kappa'>;
  /** What the law says of each number of instances. */
  readonly curve: readonly { readonly instances: number; readonly rawMBps: number }[];
  readonly predictions: readonly CheckedPrediction[];
  /** Largest error that counts as good. */
  readonly errorMax: number;
  readonly replay: string;
}
