/** Starts the streamer, kills and stops it as the plan says, and starts it again. */
import { hasCode } from '#streamer';
import type { Fault, FaultOf } from './fault.ts';
import { Instance, type InstanceOptions } from './instance.ts';
import type { HostClock, Life } from './virtual-time.ts';

/** A process that ended by itself is started again after this, as by systemd. */
const RESTART_MS = 1_000;

export interface LifeCycleOptions extends Omit<InstanceOptions, 'number' | 'onEnd'> {
  readonly host: HostClock;
  /** Of all machines: each start is another instance. */
  readonly nextNumber: () => number;
}

export class LifeCycle {
  readonly #options: LifeCycleOptions;
  #instance: Instance | null = null;
  #downMs = RESTART_MS;
  #isLastStop = false;
  #isOver = false;

  constructor(options: LifeCycleOptions) {
    this.#options = options;
  }

  /** The latest; it may be dead. */
  get instance(): Instance | null {
    return this.#instance;
  }

  /** It was asked to stop for good, and has. */
  get isOver(): boolean {
    return this.#isOver;
  }

  start(): void {
    if (this.#instance?.isAlive === true) return;
    this.#downMs = RESTART_MS;
    this.#instance = new Instance({
      ...this.#options,
      number: this.#options.nextNumber(),
      onEnd: (error) => this.#onEnd(error),
    });
    this.#instance.start();
  }

  /** What a fault of the plan does by itself. Others wait for the operation that they hit. */
  schedule(fault: Fault): void {
    const { time, desk } = this.#options.surroundings;
    if (!isOfMachine(fault) || (fault.instance ?? 0) !== this.#options.machine) return;
    if (fault.kind === 'pause') time.after(fault.atMs, null, () => this.#pause(fault));
    if (fault.kind === 'kill-at') time.after(fault.atMs, null, () => this.kill(fault));
    if (fault.kind === 'stop') time.after(fault.atMs, null, () => this.#stop(fault));
    if (fault.kind !== 'clock-step') return;
    const { host } = this.#options;
    time.after(fault.atMs, null, () => {
      desk.exercise(fault);
      host.step(fault.byMs);
    });
    time.after(fault.atMs + fault.forMs, null, () => host.step(-fault.byMs));
  }

  /** `life`: only if it is that instance still. */
  kill(fault: FaultOf<'kill' | 'kill-at'>, life: Life | null = this.#instance): void {
    const { desk } = this.#options.surroundings;
    if (this.#instance?.isAlive !== true || this.#instance !== life || desk.isDisarmed) return;
    desk.exercise(fault);
    this.#instance.checkBounds();
    this.#instance.kill();
    this.#options.watch?.checkTakenOver(this.#instance.number);
    this.#startAfter(fault.downMs);
  }

  #pause(fault: FaultOf<'pause'>): void {
    const { time, desk, plan } = this.#options.surroundings;
    if (this.#instance?.isAlive !== true || desk.isDisarmed) return;
    desk.exercise(fault);
    this.#instance.pauseUntil(time.nowMs + fault.forMs);
    // One that wakes up earlier may keep what it holds.
    const { leaseTtlMs = Infinity } = plan.redis ?? {};
    if (fault.forMs > 2 * leaseTtlMs) this.#options.watch?.checkTakenOver(this.#instance.number);
  }

  /** For good. */
  stopForGood(): void {
    this.#isLastStop = true;
    this.#instance?.stop();
  }

  #stop(fault: FaultOf<'stop'>): void {
    const { desk } = this.#options.surroundings;
    if (this.#instance?.isAlive !== true || desk.isDisarmed) return;
    desk.exercise(fault);
    desk.disturbFor(this.#instance.endWithinMs + fault.downMs);
    this.#downMs = fault.downMs;
    this.#instance.stop();
  }

  #startAfter(downMs: number): void {
    const { time, desk } = this.#options.surroundings;
    desk.disturbFor(downMs);
    time.after(downMs, null, () => this.start());
  }

  /** It has ended by itself: after a stop, or because something went wrong. */
  #onEnd(error: unknown): void {
    const { judge } = this.#options.surroundings;
    // Progress that cannot be saved at the very end fails a stop, and a state that cannot be written fails a first start: the work is repeated.
    const isOfState = hasCode(error, 'STATE_UNWRITABLE') || hasCode(error, 'STATE_UNREACHABLE');
    const isExcused = error === null || (isOfState && !this.#isLastStop);
    if (!isExcused) judge.breach('no-crash', `the pipeline failed: ${String(error)}`);
    if (this.#isLastStop) this.#isOver = true;
    else this.#startAfter(this.#downMs);
  }
}

function isOfMachine(fault: Fault): fault is FaultOf<'kill-at' | 'stop' | 'pause' | 'clock-step'> {
  return ['kill-at', 'stop', 'pause', 'clock-step'].includes(fault.kind);
}
