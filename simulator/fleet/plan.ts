/** What a simulated fleet consists of, how long each thing takes there, and what goes wrong. Names carry units; "raw" is uncompressed. */

/** How long the outside world and the machines take. Each figure is measured, or assumed by whoever gives it. */
export interface ServiceTimes {
  /** A GET to its last byte, in the middle; a share of them takes much longer (see `getSpread`). */
  readonly getMs: number;
  /** A LIST: of a page without keys, and what 1,000 keys add. */
  readonly listMs: number;
  readonly listMsPer1000: number;
  /** CPU time of the event loop and of the thread pool (inflate) for a raw MB. */
  readonly loopMsPerRawMB: number;
  readonly poolMsPerRawMB: number;
  /** A POST beyond the CPU time of the instance and the work of the agent: the way there and back, and what makes the agent wait. Drawn evenly. */
  readonly postMs: { readonly min: number; readonly max: number };
  /** Raw MB a second that one agent works off. */
  readonly agentRawMBps: number;
  /** Time of Redis for one command, what each object in it adds, and the way there and back. */
  readonly redisMs: number;
  readonly redisMsPerObject: number;
  readonly redisRoundTripMs: number;
  /** Until the instance's own journal holds a commit. */
  readonly journalMs: number;
}

interface MachinePlan {
  readonly cores: number;
  /** One for each instance, or one for all of them, as in a measured run. */
  readonly isShared: boolean;
  /** CPU time of everything else on a shared machine (S3, agents) for a raw MB that is delivered. */
  readonly otherMsPerRawMB: number;
}

export type FleetFault =
  /** The master is gone; after a while its replica answers. Nothing that it had acknowledged is forgotten. */
  | { readonly kind: 'redis-failover'; readonly atS: number; readonly forS: number }
  /** S3 answers so much slower, and lets so small a share of its request limit pass; the rest gets SlowDown. */
  | {
      readonly kind: 's3-slow';
      readonly atS: number;
      readonly forS: number;
      readonly slowdown: number;
      readonly limitShare: number;
    };

export interface FleetLoad {
  /** There when the instances start, and eligible. */
  readonly backlogObjects: number;
  /** Objects a second, at random moments; 0 for none. */
  readonly objectsPerS: number;
  /** When the live load begins, and how long it goes on; null until the end. */
  readonly liveFromS: number;
  readonly liveForS: number | null;
  readonly rawBytesPerObject: number;
  /** Sizes lie evenly between (1 - spread) and (1 + spread) times that. */
  readonly sizeSpread: number;
  readonly lineBytes: number;
  /** Where bytes close batches: the share of one that a coarser grid of lines may cost. 0 keeps each line. */
  readonly gridLossMax: number;
  readonly gzipRatio: number;
  /** Prefixes that the request limit of S3 is spread over. */
  readonly prefixes: number;
}

export interface FleetPlan {
  readonly seed: number;
  readonly instances: number;
  /** Of every instance: YAML, with one source and the agents that each instance has of its own. */
  readonly configuration: string;
  readonly load: FleetLoad;
  readonly times: ServiceTimes;
  readonly machine: MachinePlan;
  /** GETs a second and prefix, beyond which S3 asks to slow down. */
  readonly getPerSPerPrefix: number;
  readonly fault: FleetFault | null;
  /** Until then it is a start, and no steady state: rates and uses are of the time from then on. */
  readonly steadyFromS: number;
  /** It ends then, or when everything is delivered and nothing more will come. */
  readonly durationS: number;
}
