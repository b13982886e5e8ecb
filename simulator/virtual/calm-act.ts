/**
 * The second act: nothing goes wrong any more, and live objects come, in bursts of names whose string order is not their order. Each must go through
 * promptly: that the first act left nothing behind that limps, and that it is the head scan which finds what is live, not the sweep minutes later.
 */
import { type WorldPlan, zscalerKey } from './plan.ts';
import type { SharingWatch } from './sharing-watch.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { Surroundings } from './surroundings.ts';
import { nameOf, type Version } from './truth.ts';

/** A live object takes no longer than a scan, and this for all the rest. */
const SLACK_MS = 10_000;
/** Where many share, whoever found an object asks again and again whether another has completed it. */
const HEARSAY_MS = 10_000;

interface Due {
  readonly version: Version;
  readonly eligibleMs: number;
}

export class CalmAct {
  readonly #plan: WorldPlan;
  readonly #surroundings: Surroundings;
  readonly #watch: SharingWatch | null;
  readonly #due: readonly Due[];

  /** Begins now. */
  constructor(surroundings: Surroundings, objects: StoredObjects, watch: SharingWatch | null) {
    const { plan, time } = surroundings;
    const { nowMs } = time;
    this.#plan = plan;
    this.#surroundings = surroundings;
    this.#watch = watch;
    for (const { name, visibleMs, content } of plan.calm.strangers) {
      const key = zscalerKey(nowMs + visibleMs, 1).replace(/[^/]+$/, name);
      objects.put({ source: 0, key, content, visibleMs: nowMs + visibleMs });
    }
    this.#due = plan.calm.objects.map(({ stampedMs, visibleMs, sequence, content }) => {
      const key = zscalerKey(nowMs + stampedMs, sequence);
      const version = objects.put({ source: 0, key, content, visibleMs: nowMs + visibleMs });
      return { version, eligibleMs: nowMs + Math.max(visibleMs, stampedMs + plan.settings.delayWindowMs) };
    });
  }

  /** When the last object must have gone through, and be saved. */
  get endMs(): number {
    const lastMs = Math.max(0, ...this.#due.map(({ eligibleMs }) => eligibleMs));
    return lastMs + this.#lagMsMax + this.#plan.settings.saveIntervalMs + (this.#watch === null ? 0 : HEARSAY_MS);
  }

  check(): void {
    for (const { version, eligibleMs } of this.#due) {
      const grants = this.#watch?.grantsOf(version) ?? 1;
      if (grants > 1)
        this.#surroundings.judge.breach(
          'read-once',
          `${nameOf(version)} was given to ${grants} readers, one after the other`,
        );
      const lagMs = (version.acknowledgedMs ?? Infinity) - eligibleMs;
      if (lagMs <= this.#lagMsMax) continue;
      const detail = `${nameOf(version)} took ${lagMs / 1000} s, ${this.#lagMsMax / 1000} s are allowed`;
      this.#surroundings.judge.breach('prompt', detail);
    }
  }

  get #lagMsMax(): number {
    return this.#plan.settings.scanIntervalMs + SLACK_MS;
  }
}
