/** What every step of a run needs at hand. */
import type { Load, Processes, RedisService, S3ProxyProcess, S3Service, SinkProcess, UsageSampler } from '#simulator';
import type { Progress } from '../environment/progress.ts';
import type { DisturbanceWatch } from './disturbance-watch.ts';
import type { Network } from './network.ts';
import type { RedisMeter } from './redis-meter.ts';
import type { RedisWatch } from './redis-watch.ts';
import type { Scenario } from '../scenario.ts';
import type { RunTime } from './run-time.ts';

export interface RunOptions {
  readonly seed: number;
  /** `embedded`, `minio` or a URL. */
  readonly s3: string;
  /** `none`, `local`, `container` or a URL; null for what the scenario needs. */
  readonly redis: string | null;
  /** Another streamer than that of this checkout. */
  readonly bundle?: string;
  /** Folder that gets a folder for each run. */
  readonly out: string;
  /** The exact command that runs this again. */
  readonly replay: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The parts that stand before anything is streamed. */
export interface Stage {
  readonly scenario: Scenario;
  readonly options: RunOptions;
  /** Of this run; its reports and logs go there. */
  readonly folder: string;
  readonly processes: Processes;
  readonly sampler: UsageSampler;
  /** From the stage's first moment on. */
  readonly disturbance: DisturbanceWatch;
  readonly bundle: string;
  /** Of the machine. */
  readonly cores: number;
  readonly time: RunTime;
  readonly load: Load;
  readonly s3: S3Service;
  /** Between the streamers and S3; null where the scenario does not need it. */
  readonly s3Proxy: S3ProxyProcess | null;
  /** Null where no fault of the scenario is one of the network. */
  readonly network: Network | null;
  /** Null where the streamers keep local state. */
  readonly redis: RedisService | null;
  /** Null where no figure of the scenario needs it. */
  readonly redisWatch: RedisWatch | null;
  /** Null without Redis, and where others use it as well: of that nothing can be told. */
  readonly redisMeter: RedisMeter | null;
  /** Where the run's objects are, and what the streamer is told to read. */
  readonly prefix: string;
  readonly sink: SinkProcess;
}
