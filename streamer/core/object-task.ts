/** One object on its way: what discovery knows of it, and what of it is settled. */
import type { ObjectRef, WantedObject } from '../ports.ts';
import type { Claim } from './claim.ts';
import type { Format } from './format.ts';
import type { KnownObject } from './known-objects.ts';
import { coversRange, type Range, unionRanges } from './ranges.ts';

export type Lane = 'live' | 'backlog';

export interface ObjectTask {
  readonly object: ObjectRef;
  /** Index into the configured sources. */
  readonly source: number;
  readonly format: Format;
  /** Its name tells no format: its content may tell a better one. */
  readonly isFormatOpen: boolean;
  readonly fileTimestampMs: number;
  readonly listedMs: number;
  /** max(visible, file timestamp + delay_window); `visible` is LastModified, in whole seconds. */
  readonly eligibleMs: number;
  /** Not to be read before this moment: `eligibleMs`, or later after a failed reading. */
  readonly notBeforeMs: number;
  /** Ranges that an earlier reading settled. */
  readonly settled: readonly Range[];
  /** Lines that readings of this process have settled; for the record, should the rest be damaged. */
  readonly settledLines: number;
  /** Readings that failed so far. */
  readonly failures: number;
  /** Those of them that found the content damaged or missing: only they count towards quarantine. */
  readonly damagedReadings: number;
  /** How often batches of it were parked. */
  readonly parkings: number;
  /** An endpoint refused it as it is stored: it is not passed through again. */
  readonly mustOpen?: true;
  /** `WantedObject.seq`, where an operator asked for the object: it is backlog, however young, because nobody waits for it as for something new. */
  readonly wanted?: number;
  readonly wantedKind?: WantedObject['kind'];
  /** Where instances share the objects: this one's hold on it. */
  readonly claim?: Claim;
}

/** Identity of an object in memory: (bucket, key, ETag). None of the three can hold a line break followed by the next's beginning. */
export function identityOf(object: Pick<ObjectRef, 'bucket' | 'key' | 'etag'> & Partial<ObjectRef>): string {
  return `${object.bucket}\n${object.etag}\n${object.key}`;
}

/** The clock may have been set back since it was listed: it waits no longer than if it were listed now. */
export function asIfListedAt(nowMs: number, task: ObjectTask, delayWindowMs: number): ObjectTask {
  return { ...task, notBeforeMs: Math.min(task.notBeforeMs, nowMs + delayWindowMs) };
}

/** What `KnownObjects` remembers of it. */
export function knownOf({ object, eligibleMs }: ObjectTask): KnownObject {
  return { lastModifiedMs: object.lastModifiedMs, eligibleMs, sizeBytes: object.sizeBytes };
}

/** Waterfall boundaries of the object's last-settled line, epoch ms. */
export interface ObjectTimes {
  readonly getIssuedMs: number;
  readonly inflatedMs: number;
  readonly batchClosedMs: number;
  readonly firstSentMs: number;
  readonly acknowledgedMs: number;
}

/** Follows which ranges of one object are settled. Complete = every byte is, once the object's length is known. */
export class SettledTracker {
  #settled: readonly Range[];
  #rawBytes: number | null = null;

  constructor(settled: readonly Range[]) {
    this.#settled = settled;
  }

  settle(range: Range): void {
    this.#settled = unionRanges(this.#settled, [range]);
  }

  /** The object's end was reached: its uncompressed length. */
  endAt(rawBytes: number): void {
    this.#rawBytes = rawBytes;
  }

  get settled(): readonly Range[] {
    return this.#settled;
  }

  get isComplete(): boolean {
    return this.#rawBytes !== null && coversRange(this.#settled, { start: 0, end: this.#rawBytes });
  }
}
