/** Runs a fleet: many instances of the real pipeline on one virtual clock, one bucket and one Redis, on objects that are a size and a line grid. */
import { type Config, parseConfig } from '#streamer';
import { createRandom } from '../random.ts';
import { MemorySharedState } from '../virtual/memory-shared-state.ts';
import { VirtualTime } from '../virtual/virtual-time.ts';
import { Arrivals } from './arrivals.ts';
import { FleetBucket } from './fleet-bucket.ts';
import { backlogEachS, type FleetRun, intervalsOf } from './fleet-run.ts';
import { Machine } from './machine.ts';
import { Member } from './member.ts';
import type { FleetFault, FleetPlan } from './plan.ts';
import { FleetRecorder } from './recorder.ts';
import { SizeOnlyObjects } from './size-only.ts';
import { S3Region } from './timed-object-store.ts';
import { RedisServer } from './timed-redis.ts';
import { compareTotals, type FleetParts, totalsAt } from './totals.ts';

/** Noon, so that no day ends while it runs. */
const START_MS = Date.UTC(2026, 0, 1, 12);
const PROGRESS_MS = 500;

export interface FleetWatch {
  readonly onProgress: (simulatedS: number) => void;
  /** Asked between any two steps: true ends the run, and what there is is its result. */
  readonly isStopped: () => boolean;
}

export async function runFleet(plan: FleetPlan, watch: FleetWatch): Promise<FleetRun> {
  return new Fleet(plan).run(watch);
}

class Fleet {
  readonly #plan: FleetPlan;
  readonly #time = new VirtualTime(START_MS);
  readonly #region: S3Region;
  readonly #redis: RedisServer;
  readonly #recorder: FleetRecorder;
  readonly #arrivals: Arrivals;
  readonly #members: readonly Member[];
  readonly #machines: readonly Machine[];
  readonly #config: Config;
  #steadyFrom: ReturnType<typeof totalsAt>;
  #failure: { readonly error: unknown } | null = null;
  #toldMs = 0;

  constructor(plan: FleetPlan) {
    const { times, load, instances, machine } = plan;
    const time = this.#time;
    const random = createRandom(plan.seed).fork('fleet');
    const { config } = parseConfig(plan.configuration, {}, 'the simulated fleet');
    const [source] = config.s3.sources;
    if (source === undefined) throw new RangeError('a fleet needs a source');
    const { leaseTtlMs } = config.state.redis ?? { leaseTtlMs: LEASE_TTL_MS };
    const state = new MemorySharedState({ leaseTtlMs, epoch: 'fleet', now: () => time.nowMs });
    this.#plan = plan;
    this.#config = config;
    this.#redis = new RedisServer(time, times, state);
    this.#region = new S3Region(time, times, { getPerSPerPrefix: plan.getPerSPerPrefix, prefixes: load.prefixes });
    this.#recorder = new FleetRecorder({
      startMs: START_MS,
      delayWindowMs: config.processing.delayWindowMs,
    });
    const bucket = new FleetBucket();
    const objects = new SizeOnlyObjects(load, config.http, random.fork('sizes'));
    this.#arrivals = new Arrivals({
      time,
      source,
      bucket,
      load,
      objects,
      random: random.fork('arrivals'),
      onObject: (object) => this.#recorder.onObject(object),
    });
    this.#machines = Array.from({ length: machine.isShared ? 1 : instances }, () => new Machine(machine.cores));
    this.#members = Array.from(
      { length: instances },
      (_, index) =>
        new Member({
          config,
          time,
          times,
          machine: this.#machines[index % this.#machines.length] ?? new Machine(machine.cores),
          otherMsPerRawMB: machine.otherMsPerRawMB,
          region: this.#region,
          bucket,
          objects,
          redis: this.#redis.connect(),
          random: random.fork(index),
          onEvent: (event) => this.#recorder.onEvent(event),
        }),
    );
    this.#steadyFrom = totalsAt(START_MS, this.#parts);
  }

  async run(watch: FleetWatch): Promise<FleetRun> {
    const endMs = START_MS + this.#plan.durationS * 1000;
    this.#arrivals.start();
    this.#markSeconds();
    this.#time.after(this.#plan.steadyFromS * 1000, null, () => {
      this.#steadyFrom = totalsAt(this.#time.nowMs, this.#parts);
    });
    if (this.#plan.fault !== null) this.#schedule(this.#plan.fault);
    for (const member of this.#members) {
      member.run().catch((error: unknown) => {
        this.#failure ??= { error };
      });
    }
    await this.#time.run(() => {
      const { nowMs } = this.#time;
      if (nowMs - this.#toldMs >= PROGRESS_MS) {
        this.#toldMs = nowMs;
        watch.onProgress((nowMs - START_MS) / 1000);
      }
      return this.#failure !== null || nowMs >= endMs || this.#isDelivered() || watch.isStopped();
    }, Infinity);
    if (this.#failure !== null) throw this.#failure.error;
    return this.#result();
  }

  #isDelivered(): boolean {
    return this.#arrivals.isOver && this.#recorder.completed >= this.#recorder.offered;
  }

  #markSeconds(): void {
    this.#time.after(1_000, null, () => {
      const { commands, claims } = this.#redis;
      const throttledGets = this.#region.throttled;
      this.#recorder.mark(this.#time.nowMs, { redisCommands: commands, claims, throttledGets });
      this.#markSeconds();
    });
  }

  #schedule(fault: FleetFault): void {
    const set = (isOn: boolean): void => {
      switch (fault.kind) {
        case 'redis-failover':
          this.#redis.isAway = isOn;
          return;
        case 's3-slow':
          this.#region.slowdown = isOn ? fault.slowdown : 1;
          this.#region.limitShare = isOn ? fault.limitShare : 1;
          return;
      }
    };
    this.#time.after(fault.atS * 1000, null, () => set(true));
    this.#time.after((fault.atS + fault.forS) * 1000, null, () => set(false));
  }

  #result(): FleetRun {
    const recorder = this.#recorder;
    const simulatedMs = this.#time.nowMs - START_MS;
    const settledMs = recorder.lastSettledMs - START_MS;
    const seconds = recorder.seconds.slice(0, Math.ceil(simulatedMs / 1000));
    return {
      simulatedS: simulatedMs / 1000,
      steps: this.#time.steps,
      offeredObjects: recorder.offered,
      completedObjects: recorder.completed,
      repeatedObjects: recorder.repeated,
      settledS: settledMs / 1000,
      rawMBps: settledMs === 0 ? 0 : recorder.rawBytes / 1e3 / settledMs,
      lagsMsEachS: seconds.map(({ lagsMs }) => lagsMs),
      intervals: intervalsOf(seconds),
      backlogEachS: backlogEachS(seconds),
      ...compareTotals(this.#steadyFrom, totalsAt(this.#time.nowMs, this.#parts), this.#plan, this.#config),
      waterfallMs: {
        readAndInflate: recorder.readMs / Math.max(1, recorder.completed),
        acknowledgement: recorder.acknowledgementMs / Math.max(1, recorder.completed),
      },
      gets: this.#region.gets,
      throttledGets: this.#region.throttled,
      retriedObjects: recorder.count('object retried'),
      lostClaims: recorder.count('claims lost'),
      inFlightMBMax: this.#members.map(({ inFlightBytesMax }) => inFlightBytesMax / 1e6),
      memoryLimitMB: this.#config.memoryLimitBytes / 1e6,
      lookbackS: this.#config.processing.lookbackMs / 1000,
      lookbackIntervalS: this.#config.processing.lookbackIntervalMs / 1000,
    };
  }

  get #parts(): FleetParts {
    return {
      members: this.#members,
      machines: this.#machines,
      redis: this.#redis,
      region: this.#region,
      recorder: this.#recorder,
    };
  }
}

/** The shipped `state.redis.lease_ttl`. */
const LEASE_TTL_MS = 15_000;
