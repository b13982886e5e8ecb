/** What happened in a fleet, second by second, seen from outside: when each object was eligible, and when its last line was acknowledged. */
import type { StreamerEvent } from '#streamer';
import type { FleetObject } from './fleet-bucket.ts';
import { fleetObject } from './timed-object-store.ts';

/** Counts of everything since the start, read at the end of a second. */
export interface Counters {
  readonly redisCommands: number;
  readonly claims: number;
  readonly throttledGets: number;
}

export interface Second {
  offered: number;
  eligible: number;
  completed: number;
  rawBytes: number;
  readonly lagsMs: number[];
  counters: Counters;
}

export class FleetRecorder {
  readonly #startMs: number;
  readonly #delayWindowMs: number;
  readonly #seconds: Second[] = [];
  readonly #done = new Set<string>();
  readonly #counts = new Map<StreamerEvent['kind'], number>();
  offered = 0;
  completed = 0;
  rawBytes = 0;
  /** Objects whose completion was told more than once: two instances had read them. */
  repeated = 0;
  lastSettledMs: number;
  /** From the GETs of all objects until their contents were there. */
  readMs = 0;
  /** From the first sending of each object's last batch until it was acknowledged. */
  acknowledgementMs = 0;
  /** Keys and pages that head scans listed. */
  headKeys = 0;
  headPages = 0;

  constructor(options: { readonly startMs: number; readonly delayWindowMs: number }) {
    this.#startMs = options.startMs;
    this.#delayWindowMs = options.delayWindowMs;
    this.lastSettledMs = options.startMs;
  }

  onObject({ visibleMs }: FleetObject): void {
    this.offered += 1;
    this.#secondAt(visibleMs).offered += 1;
    this.#secondAt(this.#eligibleMs(visibleMs)).eligible += 1;
  }

  onEvent(event: StreamerEvent): void {
    this.#counts.set(event.kind, this.count(event.kind) + 1);
    if (event.kind === 'listed' && event.motion === 'head') {
      this.headPages += 1;
      this.headKeys += event.objects;
    }
    if (event.kind === 'object completed') this.#onCompleted(event);
  }

  count(kind: StreamerEvent['kind']): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** At the end of a second. */
  mark(nowMs: number, counters: Counters): void {
    this.#secondAt(nowMs - 1).counters = counters;
  }

  get seconds(): readonly Second[] {
    return this.#seconds;
  }

  #onCompleted({ object, completed }: Extract<StreamerEvent, { kind: 'object completed' }>): void {
    const { etag, visibleMs } = fleetObject(object);
    const { rawBytes, times } = completed;
    if (this.#done.has(etag)) {
      this.repeated += 1;
      return;
    }
    this.#done.add(etag);
    const second = this.#secondAt(times.acknowledgedMs);
    second.completed += 1;
    second.rawBytes += rawBytes;
    second.lagsMs.push(times.acknowledgedMs - this.#eligibleMs(visibleMs));
    this.completed += 1;
    this.rawBytes += rawBytes;
    this.readMs += times.inflatedMs - times.getIssuedMs;
    this.acknowledgementMs += times.acknowledgedMs - times.firstSentMs;
    this.lastSettledMs = Math.max(this.lastSettledMs, times.acknowledgedMs);
  }

  /** By the true moment from which it can be listed, as everywhere in the harness: LastModified has whole seconds only. */
  #eligibleMs(visibleMs: number): number {
    return Math.max(visibleMs, Math.floor(visibleMs / 1000) * 1000 + this.#delayWindowMs);
  }

  #secondAt(ms: number): Second {
    const index = Math.max(0, Math.floor((ms - this.#startMs) / 1000));
    while (this.#seconds.length <= index) {
      const counters = this.#seconds.at(-1)?.counters ?? { redisCommands: 0, claims: 0, throttledGets: 0 };
      this.#seconds.push({ offered: 0, eligible: 0, completed: 0, rawBytes: 0, lagsMs: [], counters });
    }
    const second = this.#seconds[index];
    if (second === undefined) throw new RangeError(`second ${index}`);
    return second;
  }
}
