/** What a simulated fleet did, as its renderers need it. Throughput in raw MB/s; null says that there was nothing to measure. */
import type { CheckedPrediction } from './model.ts';

/** A service time that the fleet is made of. */
export interface FleetInput {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Where it comes from: measured, or given with the command. */
  readonly source: 'measured' | 'assumed';
  readonly note: string;
}

export interface FleetTimelinePoint {
  readonly fromS: number;
  readonly offeredObjects: number;
  readonly completedObjects: number;
  readonly rawMBps: number;
  readonly lagP50Ms: number | null;
  readonly lagP99Ms: number | null;
  readonly lagMaxMs: number | null;
  readonly backlogObjects: number;
  readonly redisCommandsPerS: number;
  readonly claimsPerS: number;
  readonly throttledGets: number;
}

export interface FleetStage {
  readonly stage: string;
  /** Of what it can do, by the busiest of its kind: 1 is all of it. */
  readonly share: number;
}

export interface FleetFaultResult {
  readonly label: string;
  readonly fromS: number;
  readonly toS: number;
  /** From its end until lag and backlog were what they had been before it; null where that was not seen. */
  readonly recoveredAfterS: number | null;
  readonly lagMaxMs: number | null;
  readonly backlogObjectsMax: number | null;
}

/** A prediction of the simulation beside what was measured. */
export type FleetCheck = CheckedPrediction & {
  /** The service times were taken from these very runs. */
  readonly isCalibratedOn: boolean;
};

export interface FleetResult {
  readonly experiment: string;
  readonly seed: number;
  readonly instances: number;
  readonly rawTBPerDay: number;
  readonly offeredRawMBps: number;
  readonly askedS: number;
  /** Less than asked where it was stopped. */
  readonly simulatedS: number;
  readonly tookS: number;
  readonly objects: { readonly offered: number; readonly completed: number; readonly completedTwice: number };
  readonly rawMBps: number;
  /** Over the time from the first minute on: the start is no steady state. */
  readonly lagMs: {
    readonly n: number;
    readonly p50: number | null;
    readonly p99: number | null;
    readonly max: number | null;
  };
  readonly backlogObjectsAtEnd: number;
  readonly timeline: readonly FleetTimelinePoint[];
  readonly fault: FleetFaultResult | null;
  readonly redis: { readonly commandsPerS: number; readonly claimsPerS: number; readonly objectsPerClaim: number };
  readonly s3: { readonly getsPerS: number; readonly listsPerS: number; readonly throttledGets: number };
  readonly postsPerS: number;
  readonly retriedObjects: number;
  /** The most bytes that the accounts of an instance held at one moment. */
  readonly memoryMB: { readonly median: number; readonly max: number; readonly limit: number };
  /** The busiest first. */
  readonly stages: readonly FleetStage[];
  /** Null when nothing is used so much that it can be called limiting. */
  readonly limiting: FleetStage | null;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly inputs: readonly FleetInput[];
  readonly checks: readonly FleetCheck[];
  readonly errorMax: number;
  readonly warnings: readonly string[];
  readonly machine: string;
  readonly replay: string;
}
