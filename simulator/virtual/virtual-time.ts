/**
 * Time that stands still while anybody works. A step is one timer: it fires, everything that follows from it runs until no promise is left to settle,
 * and only then does time move on to the next timer. So a run depends on nothing but its seed, and a day costs as much as what happens in it.
 * Invariant: timers fire in the order of their moments, and those of one moment in the order in which they were made.
 */
import assert from 'node:assert/strict';
import TinyQueue from 'tinyqueue';
import type { Clock } from '#streamer';

/** Who a timer belongs to. When its life is over, none of its timers fires any more, as in a process that was killed. */
export interface Life {
  readonly isAlive: boolean;
  /** It sleeps, as after SIGSTOP: what would have fired until then fires then. */
  readonly pausedUntilMs?: number;
}

export interface Timer {
  cancel(): void;
}

/** What ended a run: its own condition, nothing left to happen, or too much of it. */
export type RunEnd = 'over' | 'idle' | 'steps-exhausted';

interface Entry {
  atMs: number;
  seq: number;
  readonly life: Life | null;
  action: (() => void) | null;
}

/** Node's timers take no more: a longer one would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

const TURNS_AT_ONCE = 64;

export class VirtualTime {
  readonly #queue = new TinyQueue<Entry>([], (left, right) => left.atMs - right.atMs || left.seq - right.seq);
  #nowMs: number;
  #seq = 0;
  #steps = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** True time, epoch ms: what S3 goes by. A host's own clock may differ (`HostClock`). */
  get nowMs(): number {
    return this.#nowMs;
  }

  get steps(): number {
    return this.#steps;
  }

  /** `life`: null for the world itself. */
  at(atMs: number, life: Life | null, action: () => void): Timer {
    assert(!Number.isNaN(atMs), 'a timer needs a moment');
    const entry: Entry = { atMs: Math.max(atMs, this.#nowMs), seq: this.#seq++, life, action };
    this.#queue.push(entry);
    return {
      cancel() {
        entry.action = null;
      },
    };
  }

  after(ms: number, life: Life | null, action: () => void): Timer {
    return this.at(this.#nowMs + ms, life, action);
  }

  /** Resolves after `ms`; never, when the life ends first. */
  async wait(ms: number, life: Life | null): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, life, resolve);
    });
  }

  /** Steps until `isOver` says so, which is asked between any two steps. */
  async run(isOver: () => boolean, stepsMax: number): Promise<RunEnd> {
    return new Promise((resolve, reject) => {
      let hasEnded = false;
      // A macrotask begins only when no microtask is left.
      const turn = (): void => {
        if (hasEnded) return;
        try {
          const end = this.#step(isOver, stepsMax);
          hasEnded = end !== null;
          if (end !== null) resolve(end);
        } catch (error) {
          hasEnded = true;
          reject(error);
        }
      };
      // Many at once: between two rounds of them Node asks the system for events, which takes longer than many a step.
      const queueTurns = (): void => {
        if (hasEnded) return;
        for (let queued = 0; queued < TURNS_AT_ONCE; queued++) setImmediate(turn);
        setImmediate(queueTurns);
      };
      queueTurns();
    });
  }

  /** Why the run is over, or null. */
  #step(isOver: () => boolean, stepsMax: number): RunEnd | null {
    if (isOver()) return 'over';
    const entry = this.#next();
    if (entry === null) return 'idle';
    if (this.#steps >= stepsMax) return 'steps-exhausted';
    this.#steps += 1;
    this.#nowMs = entry.atMs;
    entry.action?.();
    return null;
  }

  #next(): Entry | null {
    for (;;) {
      const entry = this.#queue.pop();
      if (entry === undefined) return null;
      if (entry.action === null || entry.life?.isAlive === false) continue;
      const pausedUntilMs = entry.life?.pausedUntilMs ?? -Infinity;
      if (pausedUntilMs <= entry.atMs) return entry;
      entry.atMs = pausedUntilMs;
      entry.seq = this.#seq++;
      this.#queue.push(entry);
    }
  }
}

/** The clock of one machine. Its wall clock can be stepped, as by NTP or by hand; its timers run in true time, as the system's do. */
export class HostClock {
  readonly #time: VirtualTime;
  #offsetMs = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  step(byMs: number): void {
    this.#offsetMs += byMs;
  }

  /** As a process on this machine sees it. */
  portFor(life: Life): Clock {
    const time = this.#time;
    return {
      now: () => time.nowMs + this.#offsetMs,
      elapsed: () => time.nowMs,
      async sleep(ms, signal) {
        assert(ms <= TIMER_MS_MAX, `a sleep of ${ms} ms is longer than Node's timers can count`);
        if (signal.aborted) return;
        await new Promise<void>((resolve) => {
          const onAbort = (): void => {
            timer.cancel();
            resolve();
          };
          const timer = time.after(Math.max(0, ms), life, () => {
            signal.removeEventListener('abort', onAbort);
            resolve();
          });
          signal.addEventListener('abort', onAbort, { once: true });
        });
      },
    };
  }
}
