/**
 * Runs one planned world to its end and judges it. Two acts: in the first things go wrong; once all that is owed is delivered, nothing goes wrong any
 * more, and a few live objects must go through promptly. Then the streamer is asked to stop.
 */
import { hasCode, type StateCommit } from '#streamer';
import { createRandom } from '../random.ts';
import { Changes } from './changes.ts';
import { DurableState } from './durable-state.ts';
import type { Fault, FaultOf } from './fault.ts';
import { FaultDesk } from './fault-desk.ts';
import { Instance } from './instance.ts';
import { Judge, type Violation } from './invariants.ts';
import { MemoryBucket } from './memory-bucket.ts';
import { SOURCES, type WorldPlan, zscalerKey } from './plan.ts';
import { SavedProgress } from './saved-progress.ts';
import type { Surroundings } from './surroundings.ts';
import { Trace } from './trace.ts';
import { nameOf, Truth, type Version } from './truth.ts';
import { HostClock, VirtualTime } from './virtual-time.ts';
import { configOf } from './world-config.ts';

export interface WorldResult {
  readonly seed: number;
  /** Null when every invariant held. */
  readonly violation: Violation | null;
  /** Faults of the plan that did something, and how often. */
  readonly exercised: readonly { readonly fault: Fault; readonly hits: number }[];
  readonly objects: number;
  readonly lines: number;
  /** Copies beyond the first. */
  readonly repeatedLines: number;
  readonly steps: number;
  readonly virtualS: number;
  /** Null unless it was asked for. */
  readonly trace: string | null;
}

/** A world that takes more than this runs in circles. */
const STEPS_MAX = 400_000;
/** From the end of the last disturbance to the last line: back-offs, a sweep, and what has piled up. */
const SETTLE_MS_MAX = 20 * 60_000;
const TRICKLE_EVERY_MS = 60_000;
/** Of their names; no planned object has it. */
const TRICKLE_SEQUENCE = 900;
const CHECK_EVERY_MS = 10_000;
/** In the calm act a live object takes no longer than a scan, and what a retry or two may add. */
const CALM_SLACK_MS = 10_000;

export async function runWorld(plan: WorldPlan, options: { readonly isTraced: boolean }): Promise<WorldResult> {
  const world = new World(plan, options.isTraced);
  // What nobody handles ends a Node process.
  const onRejection = (error: unknown): void =>
    world.crash(`a promise was rejected and nobody heard: ${String(error)}`);
  process.on('unhandledRejection', onRejection);
  try {
    return await world.run();
  } finally {
    process.off('unhandledRejection', onRejection);
  }
}

type Act = 'trouble' | 'calm' | 'stopping' | 'over';

class World {
  readonly #plan: WorldPlan;
  readonly #time: VirtualTime;
  readonly #judge: Judge;
  readonly #desk: FaultDesk;
  readonly #truth: Truth;
  readonly #trace: Trace;
  readonly #surroundings: Surroundings;
  readonly #buckets: ReadonlyMap<string, MemoryBucket>;
  readonly #changes: Changes;
  readonly #durable = new DurableState();
  readonly #progress: SavedProgress;
  readonly #host: HostClock;
  readonly #trickle = new Set<Version>();
  readonly #calm: Version[] = [];
  readonly #requested = new Map<number, Version>();
  #instance: Instance | null = null;
  #instances = 0;
  #act: Act = 'trouble';
  #downMsAfterStop = 0;
  #nextCheckMs = 0;
  #nextTrickleMs = 0;
  #calmDueMs = 0;

  constructor(plan: WorldPlan, isTraced: boolean) {
    this.#plan = plan;
    this.#time = new VirtualTime(plan.startMs);
    const nowMs = (): number => this.#time.nowMs;
    this.#judge = new Judge(nowMs);
    this.#desk = new FaultDesk({ faults: plan.faults, nowMs });
    this.#truth = new Truth({ judge: this.#judge, nowMs });
    this.#trace = new Trace({ nowMs, isKept: isTraced });
    const random = createRandom(plan.seed).fork('run');
    this.#surroundings = {
      plan,
      time: this.#time,
      desk: this.#desk,
      judge: this.#judge,
      truth: this.#truth,
      trace: this.#trace,
      random: (name) => random.fork(name),
      passKillPoint: (point, life) => {
        const fault = this.#desk.killAt(point);
        if (fault === null || !life.isAlive) return;
        // Between this step and the next.
        this.#time.after(0, null, () => this.#kill(fault));
      },
    };
    this.#buckets = new Map(SOURCES.map(({ bucket }) => [bucket, new MemoryBucket()]));
    this.#changes = new Changes(this.#surroundings, this.#buckets);
    this.#progress = new SavedProgress({ judge: this.#judge, truth: this.#truth });
    this.#host = new HostClock(this.#time);
  }

  /** Something ended that must not. */
  crash(detail: string): void {
    this.#judge.breach('no-crash', detail);
  }

  async run(): Promise<WorldResult> {
    this.#setUp();
    const end = await this.#time.run(() => this.#isOver(), STEPS_MAX);
    if (end === 'idle') this.#judge.breach('every-wait-ends', `nothing happens any more, and ${this.#openObjects()}`);
    if (end === 'steps-exhausted')
      this.#judge.breach('every-wait-ends', `still busy after ${STEPS_MAX} steps, and ${this.#openObjects()}`);
    if (this.#judge.violation === null) this.#truth.checkNothingLost();
    // Whatever is left of it must not go on.
    this.#instance?.kill();
    return this.#result();
  }

  #setUp(): void {
    const { objects, faults, requests } = this.#plan;
    for (const object of objects) {
      this.#putObject(object);
      this.#desk.disturb(object.visibleMs);
    }
    for (const fault of faults) this.#schedule(fault);
    for (const request of requests) this.#time.after(request.atMs, null, () => this.#request(request));
    this.#startInstance();
  }

  #putObject({ source, key, content, visibleMs }: WorldPlan['objects'][number]): Version {
    const bucket = SOURCES[source]?.bucket ?? '';
    const lastModifiedMs = Math.floor(visibleMs / 1000) * 1000;
    const isOurs = isReadable(key) && lastModifiedMs >= (this.#plan.settings.startFromMs ?? 0);
    const standing = isOurs ? 'owed' : 'foreign';
    const version = this.#truth.addVersion({ bucket, key, lastModifiedMs, visibleMs, standing }, content);
    this.#bucket(bucket).put(version);
    return version;
  }

  /** What a fault does by itself. Others wait for the operation that they hit. */
  #schedule(fault: Fault): void {
    switch (fault.kind) {
      case 'kill-at':
        this.#time.after(fault.atMs, null, () => this.#kill(fault));
        return;
      case 'stop':
        this.#time.after(fault.atMs, null, () => this.#stop(fault));
        return;
      case 'clock-step':
        this.#time.after(fault.atMs, null, () => {
          this.#desk.exercise(fault);
          this.#host.step(fault.byMs);
        });
        this.#time.after(fault.atMs + fault.forMs, null, () => this.#host.step(-fault.byMs));
        return;
      case 'list-fails':
      case 'list-lags':
      case 'get-fails':
      case 'get-cut':
      case 'get-slow':
      case 'get-garbled':
      case 's3-outage':
      case 'overwrite':
      case 'delete':
      case 'post-fails':
      case 'post-resets':
      case 'post-late':
      case 'post-early':
      case 'storm':
      case 'sink-slow':
      case 'endpoint-dead':
      case 'sink-outage':
      case 'refuses-all':
      case 'commit-fails':
      case 'commit-slow':
      case 'disk-full':
      case 'state-read-fails':
      case 'kill':
        return;
    }
  }

  #startInstance(): void {
    this.#instances += 1;
    this.#instance = new Instance({
      number: this.#instances,
      surroundings: this.#surroundings,
      config: configOf(this.#plan.settings),
      host: this.#host,
      buckets: this.#buckets,
      changes: this.#changes,
      durable: this.#durable,
      progress: this.#progress,
      onFulfilled: (commit) => this.#fulfil(commit),
      onEnd: (error) => this.#onEnd(error),
    });
    this.#instance.start();
  }

  #kill(fault: FaultOf<'kill' | 'kill-at'>): void {
    if (this.#instance?.isAlive !== true || this.#desk.isDisarmed) return;
    this.#desk.exercise(fault);
    this.#instance.checkBounds();
    this.#instance.kill();
    this.#startAfter(fault.downMs);
  }

  #stop(fault: FaultOf<'stop'>): void {
    if (this.#instance?.isAlive !== true || this.#desk.isDisarmed) return;
    this.#desk.exercise(fault);
    this.#desk.disturbFor(this.#instance.endWithinMs + fault.downMs);
    this.#downMsAfterStop = fault.downMs;
    this.#instance.stop();
  }

  #startAfter(downMs: number): void {
    this.#desk.disturbFor(downMs);
    this.#time.after(downMs, null, () => {
      if (this.#instance?.isAlive !== true) this.#startInstance();
    });
  }

  /** It has ended by itself: after a stop, or because something went wrong. */
  #onEnd(error: unknown): void {
    // Progress that cannot be saved at the very end makes a clean stop fail: the work is repeated. So does a state that cannot be written at the start.
    if (error !== null && !hasCode(error, 'STATE_UNWRITABLE')) this.crash(`the pipeline failed: ${String(error)}`);
    if (this.#act === 'stopping') {
      if (error !== null) this.crash(`the last stop failed: ${String(error)}`);
      this.#act = 'over';
      return;
    }
    this.#startAfter(error === null ? this.#downMsAfterStop : 1_000);
  }

  #request({ key, kind }: WorldPlan['requests'][number]): void {
    const source = SOURCES.find(({ prefix }) => key.startsWith(prefix));
    const ref = source === undefined ? null : this.#bucket(source.bucket).refAt(key, this.#time.nowMs);
    const version = ref === null ? null : this.#truth.find(ref);
    if (ref === null || version === null || version.standing === 'foreign') return;
    const wanted = this.#durable.want({ object: ref, kind, settled: [] });
    this.#trace.add('wanted', kind, ref.key);
    // A later request for the same object replaces the earlier.
    for (const [seq, earlier] of this.#requested) if (earlier === version) this.#requested.delete(seq);
    version.openRequests = 1;
    this.#requested.set(wanted.seq, version);
    if (kind === 'again') this.#truth.allowRepeatOf(version);
  }

  #fulfil({ fulfilled }: StateCommit): void {
    for (const { wantedSeq } of fulfilled) {
      const version = this.#requested.get(wantedSeq);
      if (version === undefined) continue;
      this.#requested.delete(wantedSeq);
      version.openRequests = 0;
    }
  }

  /** Asked between any two steps; looks closely only every few seconds. */
  #isOver(): boolean {
    if (this.#judge.violation !== null || this.#act === 'over') return true;
    const nowMs = this.#time.nowMs;
    if (nowMs < this.#nextCheckMs) return false;
    this.#nextCheckMs = nowMs + CHECK_EVERY_MS;
    this.#instance?.checkBounds();
    this.#checkStop(nowMs);
    if (this.#act === 'trouble') this.#endTrouble(nowMs);
    else if (this.#act === 'calm') this.#endCalm(nowMs);
    return this.#judge.violation !== null;
  }

  #checkStop(nowMs: number): void {
    const instance = this.#instance;
    if (instance === null || !instance.isAlive || instance.stoppedMs === null) return;
    if (nowMs > instance.stoppedMs + instance.endWithinMs)
      this.#judge.breach('every-wait-ends', 'a stop did not end within shutdown_grace');
  }

  #endTrouble(nowMs: number): void {
    const { settings, calm, startMs } = this.#plan;
    if (nowMs < this.#desk.disturbedUntilMs) return;
    if (this.#truth.openVersions().length > 0 || this.#instance?.isAlive !== true) {
      const limitMs = SETTLE_MS_MAX + 2 * settings.lookbackIntervalMs;
      if (nowMs > this.#desk.disturbedUntilMs + limitMs)
        this.#judge.breach('every-wait-ends', `${limitMs / 1000} s after the last disturbance ${this.#openObjects()}`);
      this.#addTrickle(nowMs);
      return;
    }
    if (nowMs < startMs + calm.atMs) return;
    this.#act = 'calm';
    this.#desk.disarm();
    this.#trace.add('calm');
    for (const { stampedMs, visibleMs, sequence, content } of calm.objects) {
      const key = zscalerKey(nowMs + stampedMs, sequence);
      this.#calm.push(this.#putObject({ source: 0, key, content, visibleMs: nowMs + visibleMs }));
      const eligibleMs = nowMs + Math.max(visibleMs, stampedMs + settings.delayWindowMs);
      this.#calmDueMs = Math.max(this.#calmDueMs, eligibleMs + this.#calmLagMsMax() + settings.saveIntervalMs);
    }
  }

  /** A line that is refused alone needs others that are accepted to show whose fault it is. */
  #addTrickle(nowMs: number): void {
    const content = this.#plan.trickle[this.#trickle.size];
    if (content === undefined || nowMs < this.#nextTrickleMs) return;
    if (this.#truth.openVersions().every((version) => this.#trickle.has(version))) return;
    const key = zscalerKey(nowMs, TRICKLE_SEQUENCE);
    this.#trickle.add(this.#putObject({ source: 0, key, content, visibleMs: nowMs }));
    this.#nextTrickleMs = nowMs + TRICKLE_EVERY_MS;
  }

  #calmLagMsMax(): number {
    return this.#plan.settings.scanIntervalMs + CALM_SLACK_MS;
  }

  #endCalm(nowMs: number): void {
    if (nowMs < this.#calmDueMs) return;
    const { settings } = this.#plan;
    this.#instance?.checkIdle();
    for (const version of this.#calm) {
      const stampMs = Number(/\/(\d+)_[^/]*$/.exec(version.key)?.[1]) * 1000;
      const eligibleMs = Math.max(version.visibleMs, stampMs + settings.delayWindowMs);
      const lagMs = (version.acknowledgedMs ?? Infinity) - eligibleMs;
      if (lagMs > this.#calmLagMsMax())
        this.#judge.breach(
          'prompt',
          `${nameOf(version)} took ${lagMs / 1000} s, ${this.#calmLagMsMax() / 1000} s are allowed`,
        );
    }
    this.#act = 'stopping';
    this.#instance?.stop();
  }

  #openObjects(): string {
    const open = this.#truth.openVersions();
    const names = open.slice(0, 3).map(nameOf).join(', ');
    return `${open.length} objects are not complete: ${names}; ${this.#instance?.describe() ?? ''}`;
  }

  #bucket(name: string): MemoryBucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new RangeError(`there is no bucket ${name}`);
    return bucket;
  }

  #result(): WorldResult {
    const { versions } = this.#truth;
    const repeatsOf = ({ copies }: Version): number => copies.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
    return {
      seed: this.#plan.seed,
      violation: this.#judge.violation,
      exercised: [...this.#desk.hits].map(([fault, hits]) => ({ fault, hits })),
      objects: versions.length,
      lines: versions.reduce((sum, { copies }) => sum + copies.length, 0),
      repeatedLines: versions.reduce((sum, version) => sum + repeatsOf(version), 0),
      steps: this.#time.steps,
      virtualS: (this.#time.nowMs - this.#plan.startMs) / 1000,
      trace: this.#trace.text,
    };
  }
}

/** Names that the sources' formats know. */
function isReadable(key: string): boolean {
  return /\/\d{10}_\d+_\d+_\d+\.gz$/.test(key) || /\/\d{4}-\d\d-\d\d-\d\d-\d\d-\w+\.csv\.gz$/.test(key);
}
