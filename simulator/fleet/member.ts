/** One instance of a fleet: the real pipeline, on a machine that takes its time. It never ends before its world does. */
import {
  type Config,
  createPipeline,
  type Pipeline,
  type SharedWork,
  type StateStore,
  type StreamerEvent,
} from '#streamer';
import type { SeededRandom } from '../random.ts';
import { HostClock, type Life, type VirtualTime } from '../virtual/virtual-time.ts';
import type { FleetBucket } from './fleet-bucket.ts';
import type { EventLoop, Machine } from './machine.ts';
import type { ServiceTimes } from './plan.ts';
import type { SizeOnlyObjects } from './size-only.ts';
import { type S3Region, TimedObjectStore } from './timed-object-store.ts';
import { TimedSink } from './timed-sink.ts';

export interface MemberOptions {
  readonly config: Config;
  readonly time: VirtualTime;
  readonly times: ServiceTimes;
  readonly machine: Machine;
  readonly otherMsPerRawMB: number;
  readonly region: S3Region;
  readonly bucket: FleetBucket;
  readonly objects: SizeOnlyObjects;
  readonly redis: StateStore & SharedWork;
  readonly random: SeededRandom;
  readonly onEvent: (event: StreamerEvent) => void;
}

/** The event loop receives what the pool inflates, and sends it: half of its time goes to each. */
const READING_SHARE = 0.5;

export class Member {
  readonly machine: Machine;
  readonly loop: EventLoop;
  readonly sink: TimedSink;
  readonly config: Config;
  readonly #pipeline: Pipeline;
  /** Reading: from the GET until the content is there. */
  readMs = 0;

  constructor(options: MemberOptions) {
    const { config, time, times, machine, region, bucket, objects, random } = options;
    this.machine = machine;
    this.config = config;
    this.loop = machine.createLoop();
    this.sink = new TimedSink({
      ...options,
      loop: this.loop,
      random: random.fork('agents'),
      endpoints: config.http.endpoints.length,
      loopMsPerRawMB: times.loopMsPerRawMB * (1 - READING_SHARE),
    });
    const life: Life = { isAlive: true };
    this.#pipeline = createPipeline(
      {
        clock: new HostClock(time).portFor(life),
        random: random.fork('streamer'),
        objects: new TimedObjectStore({ time, region, bucket, random: random.fork('s3') }),
        inflate: objects.inflateFor(async (rawBytes) => {
          const rawMB = rawBytes / 1e6;
          const readMs = this.loop.work(time.nowMs, rawMB * times.loopMsPerRawMB * READING_SHARE);
          await time.wait(machine.work(readMs, rawMB * times.poolMsPerRawMB) - time.nowMs, null);
        }),
        sink: this.sink,
        state: options.redis,
        shared: options.redis,
        events: { emit: options.onEvent },
      },
      config,
    );
  }

  /** Rejects on a fault of the pipeline; else never ends. */
  async run(): Promise<void> {
    const never = new AbortController().signal;
    await this.#pipeline.run(never, never);
    throw new Error('an instance of the fleet ended without being asked to');
  }

  get isLister(): boolean {
    return this.#pipeline.gauges().isLister;
  }

  /** The most bytes that were ever accounted at one moment. */
  get inFlightBytesMax(): number {
    return this.#pipeline.gauges().inFlightBytesMax;
  }
}
