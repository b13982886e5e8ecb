/** Starts the streamer, kills and stops it as the plan says, and starts it again. */
import { hasCode } from '#streamer';
import type { Fault, FaultOf } from './fault.ts';
import { Instance, type InstanceOptions } from './instance.ts';
import type { HostClock } from './virtual-time.ts';

/** A process that ended by itself is started again after this, as by systemd. */
const RESTART_MS = 1_000;

export interface LifeCycleOptions extends Omit<InstanceOptions, 'number' | 'onEnd'> {
  readonly host: HostClock;
}

export class LifeCycle {
  readonly #options: LifeCycleOptions;
  #instance: Instance | null = null;
  #started = 0;
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
    this.#started += 1;
    this.#downMs = RESTART_MS;
    this.#instance = new Instance({
      ...this.#options,
      number: this.#started,
      onEnd: (error) => this.#onEnd(error),
    });
    this.#instance.start();
  }

  /** What a fault of the plan does by itself. Others wait for the operation that they hit. */
  schedule(fault: Fault): void {
    const { time, desk } = this.#options.surroundings;
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

  kill(fault: FaultOf<'kill' | 'kill-at'>): void {
    const { desk } = this.#options.surroundings;
    if (this.#instance?.isAlive !== true || desk.isDisarmed) return;
    desk.exercise(fault);
    this.#instance.checkBounds();
    this.#instance.kill();
    this.#startAfter(fault.downMs);
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
    const isExcused = error === null || (hasCode(error, 'STATE_UNWRITABLE') && !this.#isLastStop);
    if (!isExcused) judge.breach('no-crash', `the pipeline failed: ${String(error)}`);
    if (this.#isLastStop) this.#isOver = true;
    else this.#startAfter(this.#downMs);
  }
}
