/**
 * Runs one planned world to its end and judges it. Two acts: in the first things go wrong, until all that is owed is delivered; in the second nothing
 * does (`calm-act.ts`). Then the streamer is asked to stop.
 */
import { createPipeline } from '#streamer';
import { createRandom } from '../random.ts';
import { CalmAct } from './calm-act.ts';
import type { Fault } from './fault.ts';
import { FaultDesk } from './fault-desk.ts';
import { Judge, type Violation } from './invariants.ts';
import { createMachines, type Machines } from './machines.ts';
import { type WorldPlan, zscalerKey } from './plan.ts';
import type { SharingCounts } from './sharing-watch.ts';
import { StoredObjects } from './stored-objects.ts';
import type { Surroundings } from './surroundings.ts';
import { Trace } from './trace.ts';
import { nameOf, Truth, type Version } from './truth.ts';
import { VirtualTime } from './virtual-time.ts';

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
  /** Null where nothing is shared. */
  readonly sharing: SharingCounts | null;
  readonly steps: number;
  readonly virtualS: number;
  /** Null unless it was asked for. */
  readonly trace: string | null;
}

export interface WorldOptions {
  readonly isTraced: boolean;
  /** A pipeline other than the real one: to see whether the world notices. */
  readonly createPipeline?: typeof createPipeline;
}

/** A world that takes more than this runs in circles. */
const STEPS_MAX = 400_000;
/** From the end of the last disturbance to the last line, beside two sweeps: back-offs, and what has piled up. */
const SETTLE_MS_MAX = 20 * 60_000;
const CHECK_EVERY_MS = 10_000;
const TRICKLE_EVERY_MS = 60_000;
/** Of their names; no planned object has it. */
const TRICKLE_SEQUENCE = 900;

export async function runWorld(plan: WorldPlan, options: WorldOptions): Promise<WorldResult> {
  const world = new World(plan, options);
  // What nobody handles ends a Node process.
  const onRejection = (error: unknown): void => world.onUnhandledRejection(error);
  process.on('unhandledRejection', onRejection);
  try {
    return await world.run();
  } finally {
    process.off('unhandledRejection', onRejection);
  }
}

class World {
  readonly #plan: WorldPlan;
  readonly #time: VirtualTime;
  readonly #judge: Judge;
  readonly #desk: FaultDesk;
  readonly #truth: Truth;
  readonly #trace: Trace;
  readonly #surroundings: Surroundings;
  readonly #objects: StoredObjects;
  readonly #machines: Machines;
  readonly #trickle = new Set<Version>();
  #calm: CalmAct | null = null;
  #isStopping = false;
  #nextCheckMs = 0;
  #nextTrickleMs = 0;

  constructor(plan: WorldPlan, options: WorldOptions) {
    this.#plan = plan;
    this.#time = new VirtualTime(plan.startMs);
    const nowMs = (): number => this.#time.nowMs;
    this.#judge = new Judge(nowMs);
    this.#desk = new FaultDesk({ faults: plan.faults, nowMs });
    this.#truth = new Truth({ judge: this.#judge, nowMs });
    this.#trace = new Trace({ nowMs, isKept: options.isTraced });
    this.#surroundings = this.#createSurroundings();
    this.#objects = new StoredObjects({ truth: this.#truth, startFromMs: plan.settings.startFromMs ?? 0 });
    this.#machines = createMachines({
      surroundings: this.#surroundings,
      objects: this.#objects,
      createPipeline: options.createPipeline ?? createPipeline,
    });
  }

  onUnhandledRejection(error: unknown): void {
    this.#judge.breach('no-crash', `a promise was rejected and nobody heard: ${String(error)}`);
  }

  async run(): Promise<WorldResult> {
    const { objects, faults, requests } = this.#plan;
    for (const object of objects) {
      this.#objects.put(object);
      this.#desk.disturb(object.visibleMs);
    }
    const { streamers, operator } = this.#machines;
    for (const fault of faults) {
      this.#machines.schedule(fault);
      for (const streamer of streamers) streamer.schedule(fault);
    }
    for (const request of requests) this.#time.after(request.atMs, null, () => operator.request(request));
    for (const streamer of streamers) streamer.start();
    const end = await this.#time.run(() => this.#isOver(), STEPS_MAX);
    if (end === 'idle') this.#judge.breach('every-wait-ends', `nothing happens any more, and ${this.#openObjects()}`);
    if (end === 'steps-exhausted')
      this.#judge.breach('every-wait-ends', `still busy after ${STEPS_MAX} steps, and ${this.#openObjects()}`);
    if (this.#judge.violation === null) this.#truth.checkNothingLost();
    // Whatever is left of it must not go on.
    for (const { instance } of this.#machines.streamers) instance?.kill();
    return this.#result();
  }

  #createSurroundings(): Surroundings {
    const random = createRandom(this.#plan.seed).fork('run');
    return {
      plan: this.#plan,
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
        const streamer = this.#machines.streamers.find(({ instance }) => instance === life);
        this.#time.after(0, null, () => streamer?.kill(fault, life));
      },
    };
  }

  /** Asked between any two steps; looks closely only every few seconds. */
  #isOver(): boolean {
    if (this.#judge.violation !== null || this.#machines.streamers.every(({ isOver }) => isOver)) return true;
    const nowMs = this.#time.nowMs;
    if (nowMs < this.#nextCheckMs) return false;
    this.#nextCheckMs = nowMs + CHECK_EVERY_MS;
    for (const { instance } of this.#machines.streamers) {
      instance?.checkBounds();
      instance?.checkStop();
    }
    if (this.#calm === null) this.#endTrouble(nowMs);
    else if (nowMs >= this.#calm.endMs && !this.#isStopping) this.#endCalm(this.#calm);
    return this.#judge.violation !== null;
  }

  #endTrouble(nowMs: number): void {
    const { settings, calm, startMs, redis } = this.#plan;
    if (nowMs < this.#desk.disturbedUntilMs) return;
    if (this.#truth.openVersions().length > 0 || !this.#isEverybodyUp()) {
      const limitMs = SETTLE_MS_MAX + 2 * settings.lookbackIntervalMs;
      if (nowMs > this.#desk.disturbedUntilMs + limitMs)
        this.#judge.breach('every-wait-ends', `${limitMs / 1000} s after the last disturbance ${this.#openObjects()}`);
      this.#addTrickle(nowMs);
      return;
    }
    // Then everybody has renewed his lease.
    const leasesMs = 2 * (redis?.leaseTtlMs ?? 0);
    if (nowMs < startMs + calm.atMs || nowMs < this.#desk.disturbedUntilMs + leasesMs) return;
    this.#desk.disarm();
    this.#trace.add('calm');
    this.#calm = new CalmAct(this.#surroundings, this.#objects, this.#machines.watch);
  }

  #endCalm(calm: CalmAct): void {
    for (const { instance } of this.#machines.streamers) instance?.checkIdle();
    calm.check();
    this.#isStopping = true;
    for (const streamer of this.#machines.streamers) streamer.stopForGood();
  }

  #isEverybodyUp(): boolean {
    return this.#machines.streamers.every(
      ({ instance }) => instance?.isAlive === true && instance.pausedUntilMs <= this.#time.nowMs,
    );
  }

  /** A line that is refused alone needs others that are accepted to show whose fault it is. */
  #addTrickle(nowMs: number): void {
    const content = this.#plan.trickle[this.#trickle.size];
    if (content === undefined || nowMs < this.#nextTrickleMs) return;
    if (this.#truth.openVersions().every((version) => this.#trickle.has(version))) return;
    const key = zscalerKey(nowMs, TRICKLE_SEQUENCE);
    this.#trickle.add(this.#objects.put({ source: 0, key, content, visibleMs: nowMs }));
    this.#nextTrickleMs = nowMs + TRICKLE_EVERY_MS;
  }

  #openObjects(): string {
    const open = this.#truth.openVersions();
    const names = open.slice(0, 3).map(nameOf).join(', ');
    return `${open.length} objects are not complete: ${names}; ${this.#machines.streamers.map(({ instance }) => instance?.describe() ?? '').join('; ')}`;
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
      sharing: this.#machines.watch?.counts ?? null,
      steps: this.#time.steps,
      virtualS: (this.#time.nowMs - this.#plan.startMs) / 1000,
      trace: this.#trace.text,
    };
  }
}
