/** What a scenario is: data. The runner (run/run.ts) does the same with each of them. */
import type { CheckSpec } from '#reports';
import type {
  DamageKind,
  LoadSpec,
  NetworkFault,
  RedisTopology,
  S3Fault,
  SeededRandom,
  SinkAuth,
  SinkFault,
} from '#simulator';
import type { Observation } from './observe/observation.ts';

export interface Scenario {
  readonly name: string;
  /** One sentence for `scenario list` and the head of the report. */
  readonly why: string;
  /** The documented sentence, or the guarantee, that a passed run is evidence for. */
  readonly proves: string;
  /** About how long a run takes on 2 cores, its preparation left out. */
  readonly takesS: number;
  readonly load: LoadPlan;
  /** HTTP inputs of the mock EdgeDelta, each an agent of its own. */
  readonly agents: number;
  /** What they are beyond that. */
  readonly agentPlan: AgentPlan;
  /** Processes of the streamer. */
  readonly streamers: number;
  /** How many of them run from the start; the others are started by a fault of the timeline. */
  readonly streamersAtStart: number;
  /** The shared state that it cannot do without; null where it runs on local state as well. */
  readonly redis: RedisTopology | null;
  /** Where the streamer's configuration differs from the shipped defaults. */
  readonly settings: readonly Setting[];
  /** Where time is not the machine's; null where it is. */
  readonly clocks: ClockPlan | null;
  /** A proxy counts what the streamers ask of S3, beside what they say themselves. */
  readonly countsS3Requests: boolean;
  /** Each at its own moment; they may overlap. */
  readonly faults: readonly TimedFault[];
  /** What is read out of the run beyond what every run measures; `expect` judges it as `observed.ID`. */
  readonly observe: readonly Observation[];
  readonly expect: readonly CheckSpec[];
  /** Rounds of streamer and bare pipe on the same objects, for the ratio; 0 for none. */
  readonly barePipeRounds: number;
  /** How long after the last upload the last line may take to settle. After that the run is judged as it is. */
  readonly settleDeadlineS: number;
}

/** What the command line asks of a scenario. */
interface ScenarioOptions {
  /** From the run's seed, and the scenario's own: everything random in it comes from here. */
  readonly random: SeededRandom;
  /** Null for the scenario's own. */
  readonly durationS: number | null;
  /** The documented size, where the usual one is smaller. */
  readonly isFull: boolean;
}

/** What a user may choose of a scenario, where its builder reads it. */
export type Choice = 'durationS' | 'isFull';

/** What it does not read of `options` cannot be chosen, and the command line refuses it. */
export type ScenarioBuilder = (options: ScenarioOptions) => Scenario;

/** What a user may ask of any scenario. */
export interface ScenarioRequest extends Omit<ScenarioOptions, 'random'> {
  readonly seed: number;
}

export interface LoadPlan {
  /** What the objects are like; the parts say how many there are. */
  readonly shape: Omit<LoadSpec, 'objects'>;
  /** Uploaded and settled before the clock starts: connections, compiled code and caches are then as in a long run. Judged for loss, not for time. */
  readonly warmupObjects: number;
  readonly parts: readonly LoadPart[];
  /** As it was asked for: `1x`, `10x`, `max`. */
  readonly rate: string;
}

export interface LoadPart {
  readonly name: string;
  readonly objects: number;
  readonly arrival: Arrival;
  /** When it begins, from the start of the clock. A backlog is there before. */
  readonly startS?: number;
  /** Time stamps in the names, when they are not those of the uploads: spread evenly over a span that is told in seconds from the upload's start. */
  readonly stampsS?: { readonly from: number; readonly to: number };
  /** What is wrong with some of its objects, by their place in the part. */
  readonly damage?: ReadonlyMap<number, DamageKind>;
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
  /** Dotted path in the YAML file; a number is a place in a list. */
  readonly key: string;
  readonly value: string | number | boolean;
  /** The shipped default, for the report. */
  readonly shipped: string | number | boolean;
  /** Why the run sets it. */
  readonly why: string;
}

export interface AgentPlan {
  /** HTTPS, by an authority of the run's own. They demand a certificate of it, too. */
  readonly speaksTls: boolean;
  /** The streamers send their metrics there, by OTLP/gRPC. */
  readonly takesMetrics: boolean;
  /** What they demand of whoever sends, and the streamer is told; null: nothing. */
  readonly auth: SinkAuth | null;
  /** The only path that takes batches, with its slash; null: any. */
  readonly path: string | null;
  /** False: agents before 2.11, which take the body of a POST for one record. */
  readonly splitsLines: boolean;
}

/** Wall clocks from outside: no part of the run knows that they are not the machine's. See simulator/clock. */
interface ClockPlan {
  /** By how much each streamer's clock is ahead of S3's and the generator's at the start; below 0: behind. One that is not named is right. */
  readonly aheadS: readonly number[];
  /** The run as a whole takes place around this moment (UTC), which comes so long after the start of the clock; null: now. */
  readonly moment: { readonly at: string; readonly afterS: number } | null;
}

/** Something that happens to a running part. */
export interface TimedFault {
  readonly at: Moment;
  readonly action: FaultAction;
  /** A limit, which a load may stay below. Any other fault that strikes nothing voids the run. */
  readonly mayStrikeNothing?: true;
}

export type Moment =
  /** Once this share of all lines has reached the sink, from 0 to 1: by progress, so that a fast machine is hit as a slow one is. */
  | { readonly deliveredShare: number }
  /** So long after the start of the clock. */
  | { readonly afterS: number };

export type FaultAction =
  /** SIGKILL, and a new start after a while; null for never. `streamer` is its number, from 0. */
  | { readonly kind: 'kill-streamer'; readonly streamer: number; readonly downS: number | null }
  /** SIGSTOP, and SIGCONT after a while: it does not know that time has passed. */
  | { readonly kind: 'pause-streamer'; readonly streamer: number; readonly forS: number }
  /** Each in turn: SIGTERM, its end, a new start, and a while for it to find its place. */
  | { readonly kind: 'restart-streamers'; readonly restS: number }
  /** Its wall clock is then so much ahead of S3's and the generator's. */
  | { readonly kind: 'set-clock'; readonly streamer: number; readonly aheadS: number }
  /** Those that were not started with the run. */
  | { readonly kind: 'start-streamers'; readonly count: number }
  /** See run/redis-faults.ts. */
  | { readonly kind: 'redis'; readonly harm: RedisHarm; readonly forS: number }
  /** What happens between the streamers and S3, in the proxy's fault language, for so long. One at a time. */
  | { readonly kind: 's3'; readonly label: string; readonly faults: readonly S3Fault[]; readonly forS: number }
  /** What the mock EdgeDelta does wrong, in its own fault language, for so long. */
  | { readonly kind: 'sink'; readonly label: string; readonly faults: readonly SinkFault[]; readonly forS: number }
  | NetworkAction;

/** What the network does wrong between two kinds of parts, at the level of TCP, for so long. */
export interface NetworkAction {
  readonly kind: 'network';
  readonly label: string;
  readonly between: NetworkSpan;
  /** Between this streamer alone, by its number from 0, and the other part; not named: between all. */
  readonly streamer?: number;
  /** Where one streamer is cut off from Redis: not before it is reading so many objects; not named: 1. */
  readonly objectsInHandMin?: number;
  /** Each must meet a connection. */
  readonly faults: readonly NetworkFault[];
  readonly forS: number;
}

export type NetworkSpan = 'streamer-sink' | 'streamer-s3' | 'streamer-redis' | 'generator-s3';

export type RedisHarm =
  /** The master is killed with SIGKILL and stays dead; the sentinels make its replica the master. */
  | 'kill-master'
  /** Killed; connections are refused; then started again with all that it knew. */
  | 'refuse'
  /** Connections stay open, and nothing answers. */
  | 'hang'
  /** Killed, and started again with nothing. */
  | 'forget';
