/** What a scenario is: data. The runner (run/run.ts) does the same with each of them. */
import type { CheckSpec } from '#reports';

export interface Scenario {
  readonly name: string;
  /** One sentence for `scenario list` and the head of the report. */
  readonly why: string;
  /** The documented sentence, or the guarantee, that a passed run is evidence for. */
  readonly proves: string;
  readonly load: LoadPlan;
  /** HTTP inputs of the mock EdgeDelta, each an agent of its own. */
  readonly agents: number;
  /** Where the streamer's configuration differs from the shipped defaults. */
  readonly settings: readonly Setting[];
  readonly faults: readonly Fault[];
  readonly expect: readonly CheckSpec[];
  /** Rounds of streamer and bare pipe on the same objects, for the ratio; 0 for none. */
  readonly barePipeRounds: number;
  /** How long after the last upload the last line may take to settle. After that the run is judged as it is. */
  readonly settleDeadlineS: number;
}

interface LoadPlan {
  readonly objects: number;
  /** Uploaded and settled before the clock starts: connections, compiled code and caches are then as in a long run. Judged for loss, not for time. */
  readonly warmupObjects: number;
  readonly arrival: Arrival;
  /** As it was asked for: `1x`, `10x`, `max`. */
  readonly rate: string;
}

export type Arrival =
  | Schedule
  /** A backlog: everything is uploaded before the streamer starts. */
  | { readonly kind: 'backlog' };

export type Schedule =
  | { readonly kind: 'constant'; readonly rawMBPerMin: number }
  | { readonly kind: 'poisson'; readonly rawMBPerMin: number }
  /** All objects of each interval at its start. */
  | { readonly kind: 'bursts'; readonly rawMBPerMin: number; readonly everyS: number };

export interface Setting {
  /** Dotted path in the YAML file. */
  readonly key: string;
  readonly value: string | number | boolean;
  /** The shipped default, for the report. */
  readonly shipped: string | number | boolean;
  /** Why the run sets it. */
  readonly why: string;
}

/** Something that happens to a running part. */
export type Fault = {
  readonly kind: 'kill-streamer';
  /** SIGKILL once this share of all lines has reached the sink, from 0 to 1: by progress, so that a fast machine is hit as a slow one is. */
  readonly atDeliveredShare: number;
  readonly downS: number;
};
