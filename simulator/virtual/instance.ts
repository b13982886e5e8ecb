/**
 * One streamer process of the world: the real pipeline on ports of its own. It can be stopped as by SIGTERM, and killed between any two steps: then
 * none of its timers fires again and nothing answers it, so nothing that it would have done is ever done.
 */
import { type Config, type createPipeline, type Events, type Pipeline, type StreamerEvent } from '#streamer';
import type { WatchedInstance } from './grant.ts';
import type { Changes } from './changes.ts';
import { HeldBytes } from './held-bytes.ts';
import { MemoryObjectStore } from './memory-object-store.ts';
import { MemorySink } from './memory-sink.ts';
import type { InstanceState } from './memory-state-store.ts';
import type { Sagas } from './sagas.ts';
import type { SharingWatch } from './sharing-watch.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { Surroundings } from './surroundings.ts';
import { syncInflate } from './sync-inflate.ts';
import type { Trace } from './trace.ts';
import { nameOf, type Version } from './truth.ts';
import { UnsavedLines } from './unsaved-lines.ts';
import type { HostClock, Life } from './virtual-time.ts';

export interface InstanceOptions {
  /** From 1; each start is another instance. */
  readonly number: number;
  /** The machine that it runs on, from 0. */
  readonly machine: number;
  readonly surroundings: Surroundings;
  readonly createPipeline: typeof createPipeline;
  readonly config: Config;
  readonly host: HostClock;
  readonly objects: StoredObjects;
  readonly changes: Changes;
  readonly sagas: Sagas;
  readonly openState: (own: Surroundings, instance: Instance, events: Events) => InstanceState;
  /** Null where it shares nothing. */
  readonly watch: SharingWatch | null;
  /** It has ended by itself; null after a clean stop. */
  readonly onEnd: (error: unknown) => void;
}

/** Beside `shutdown_grace` a stop may take this for all the rest. */
const STOP_SLACK_MS = 10_000;
/** Of what one reader may have in its hands beyond the lines that are accounted: a piece of an S3 body, inflated. */
const PIECE_SLACK_BYTES = 96 * 1024;
const ALWAYS = (): boolean => true;

export class Instance implements Life, WatchedInstance {
  readonly unsaved: UnsavedLines;
  readonly #options: InstanceOptions;
  readonly #stop = new AbortController();
  readonly #kill = new AbortController();
  readonly #held = new HeldBytes();
  readonly #objects: MemoryObjectStore;
  readonly #state: InstanceState;
  readonly #sink: MemorySink;
  readonly #pipeline: Pipeline;
  readonly #startedMs: number;
  #isAlive = true;
  #pausedUntilMs = -Infinity;
  #stoppedMs: number | null = null;

  constructor(options: InstanceOptions) {
    const { surroundings, config, host, number, watch } = options;
    const own: Surroundings = { ...surroundings, random: (part) => surroundings.random(`instance ${number} ${part}`) };
    this.#options = options;
    this.#startedMs = surroundings.time.nowMs;
    this.unsaved = new UnsavedLines(surroundings.judge);
    this.#objects = new MemoryObjectStore({
      ...options,
      surroundings: own,
      life: this,
      onGet: (version) => this.#sink.onGet(version),
      onRead: (version, share) => this.#onRead(version, share),
    });
    const events: Events = {
      emit: (event) => {
        traceEvent(surroundings.trace, event);
        if (event.kind === 'batches parked' || event.kind === 'object retried') this.#held.end(event.object);
      },
    };
    this.#state = options.openState(own, this, events);
    this.#sink = new MemorySink({
      surroundings: own,
      life: this,
      instance: number,
      requestTimeoutMs: config.http.requestTimeoutMs,
      onPost: watch === null ? null : (runs) => watch.onPost(number, runs),
      holdOf: (version) => this.#holdOf(version),
      onAccepted: (runs) =>
        this.unsaved.accept(
          runs,
          surroundings.time.nowMs,
          (version) => watch?.accountOf(number, version) ?? (() => version.durable),
        ),
    });
    this.#pipeline = options.createPipeline(
      {
        clock: host.portFor(this),
        random: own.random('streamer'),
        objects: this.#objects,
        inflate: syncInflate,
        sink: this.#sink,
        state: this.#state.state,
        ...(this.#state.shared === null ? {} : { shared: this.#state.shared }),
        events,
      },
      config,
    );
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  get number(): number {
    return this.#options.number;
  }

  get host(): number {
    return this.#options.machine;
  }

  get ableSinceMs(): number {
    return Math.max(
      this.#startedMs,
      this.#pausedUntilMs,
      this.#options.surroundings.desk.redisTroubledUntilMs(this.host),
    );
  }

  /** When it was asked to stop; null while it was not. */
  get stoppedMs(): number | null {
    return this.#stoppedMs;
  }

  /** So long after `stop` a process may take that honours `shutdown_grace`, where no commit is slow. */
  get endWithinMs(): number {
    return this.#options.config.shutdownGraceMs + STOP_SLACK_MS;
  }

  /**
   * A stop that was asked for must end in time. But it has to wait for a slow commit, and then for the one that saves the rest: the state has one
   * writer, and what was acknowledged and is not saved comes twice.
   */
  checkStop(): void {
    const { time, judge } = this.#options.surroundings;
    const stoppedMs = Math.max(this.#stoppedMs ?? Infinity, this.#pausedUntilMs);
    const endMs = Math.max(stoppedMs + this.endWithinMs, this.#state.slowUntilMs + STOP_SLACK_MS);
    if (this.#isAlive && time.nowMs > endMs)
      judge.breach('every-wait-ends', `a stop did not end within shutdown_grace: ${this.describe()}`);
  }

  /** What its pipeline says of itself, for whoever looks for the cause of a breach. */
  describe(): string {
    const { inFlightBytes, queuedBytes, readyObjects, unsettledObjects, usableEndpoints } = this.#pipeline.gauges();
    return (
      `${inFlightBytes} bytes in flight, ${queuedBytes} queued, ${readyObjects} objects ready, ${unsettledObjects} under way, ` +
      `${usableEndpoints} endpoints usable, ${this.#sink.unansweredPosts} POSTs unanswered, bodies open: ${this.#objects.openBodies.join(' ') || 'none'}`
    );
  }

  start(): void {
    const { trace } = this.#options.surroundings;
    trace.add('instance started', this.#options.number);
    this.#pipeline.run(this.#stop.signal, this.#kill.signal).then(
      () => this.#end(null),
      (error: unknown) => this.#end(error),
    );
  }

  /** SIGTERM. */
  stop(): void {
    const { time, trace } = this.#options.surroundings;
    if (this.#stoppedMs !== null) return;
    trace.add('instance stopping', this.#options.number);
    this.#stoppedMs = time.nowMs;
    this.#stop.abort();
    time.after(this.#options.config.shutdownGraceMs, this, () => this.#kill.abort());
  }

  /** SIGSTOP, and SIGCONT at that moment. */
  pauseUntil(ms: number): void {
    this.#options.surroundings.trace.add('instance paused', this.#options.number);
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, ms);
  }

  /** kill -9. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#options.surroundings.trace.add('instance killed', this.#options.number);
    this.#state.abandon();
    this.#leave();
  }

  /** What the accounts say at this moment. */
  checkBounds(): void {
    const { judge } = this.#options.surroundings;
    const { memoryLimitBytes, http } = this.#options.config;
    const { inFlightBytesMax, queuedBytes } = this.#pipeline.gauges();
    if (inFlightBytesMax > memoryLimitBytes)
      judge.breach('memory-bounded', `${inFlightBytesMax} bytes were accounted, memory.limit is ${memoryLimitBytes}`);
    // What came back with a server error waits beside the queue, bounded by memory.limit alone, and enters it again without asking.
    if (this.#sink.hasServerErrors) return;
    // A single batch that is larger than the queue is let in alone.
    if (queuedBytes > Math.max(http.bufferBytes, http.batchBytesMax + 2 * this.#options.config.processing.lineBytesMax))
      judge.breach('memory-bounded', `${queuedBytes} bytes are queued, http.buffer_bytes is ${http.bufferBytes}`);
  }

  #onRead(version: Version, share: number): void {
    const { judge } = this.#options.surroundings;
    const { memoryLimitBytes } = this.#options.config;
    this.#held.read(version, share, this.#holdOf(version));
    const heldBytes = this.#held.count();
    if (heldBytes > memoryLimitBytes + PIECE_SLACK_BYTES) {
      const detail = `${Math.round(heldBytes)} bytes were read and are not acknowledged, memory.limit is ${memoryLimitBytes}; the last is ${nameOf(version)}`;
      judge.breach('memory-bounded', detail);
    }
  }

  #holdOf(version: Version): () => boolean {
    return this.#options.watch?.holdOf(this.number, version) ?? ALWAYS;
  }

  /** When all is delivered and saved. */
  checkIdle(): void {
    const { unsettledObjects } = this.#pipeline.gauges();
    if (unsettledObjects > 0)
      this.#options.surroundings.judge.breach('every-wait-ends', `${unsettledObjects} objects stay under way for ever`);
  }

  #checkCleanStop(): void {
    const { truth, judge } = this.#options.surroundings;
    const { watch, machine } = this.#options;
    // Redis may have forgotten it since: the journal has not.
    const isForgotten = (version: Version, line: number): boolean =>
      watch !== null && watch.forgotMs >= this.#startedMs && ((version.journaled[line] ?? 0) & (1 << machine)) !== 0;
    truth.checkAllSaved(
      this.#options.number,
      (version, line) => isForgotten(version, line) || this.#sink.isGivenUp(version, line),
    );
    const { unansweredPosts } = this.#sink;
    if (unansweredPosts > 0) judge.breach('clean-stop-saves', `a stop broke off ${unansweredPosts} POSTs`);
    const { queuedBytes } = this.#pipeline.gauges();
    if (queuedBytes > 0) judge.breach('clean-stop-saves', `a stop left ${queuedBytes} bytes in the queue`);
    const [open] = this.#objects.openBodies;
    if (open !== undefined)
      judge.breach('bodies-consumed', `the body of ${open} was neither read to its end nor discarded`);
  }

  #end(error: unknown): void {
    if (!this.#isAlive) return;
    // Where nothing else happened meanwhile, nobody has looked.
    this.checkStop();
    this.#isAlive = false;
    const { trace, judge } = this.#options.surroundings;
    trace.add('instance ended', this.#options.number, error instanceof Error ? error.message : '');
    this.checkBounds();
    const isClean = error === null && this.#stoppedMs !== null && !this.#kill.signal.aborted;
    if (error === null && this.#stoppedMs === null)
      judge.breach('no-crash', 'the pipeline ended without being asked to');
    if (isClean) this.#checkCleanStop();
    this.#leave();
    this.#options.onEnd(error);
  }

  #leave(): void {
    const { truth } = this.#options.surroundings;
    // Where others may take over, what they may send again shows when they do.
    if (this.#options.watch === null) truth.allowRepeatsAfterEnd(this.#sink.linesUnderWay);
    this.#sink.abandon();
  }
}

function traceEvent(trace: Trace, event: StreamerEvent): void {
  if (event.kind === 'quarantined') trace.add('event', event.kind, event.record.object.key, event.record.reason);
  else trace.add('event', event.kind, 'object' in event ? event.object.key : null);
}
