/** Writes the objects of a fleet into its bucket: a backlog before the start, then live ones at random moments, all in the order of their keys. */
import type { SeededRandom } from '../random.ts';
import type { VirtualTime } from '../virtual/virtual-time.ts';
import type { FleetBucket, FleetObject } from './fleet-bucket.ts';
import type { FleetLoad } from './plan.ts';
import type { ObjectKind, SizeOnlyObjects } from './size-only.ts';

/** Where they go. */
interface Source {
  readonly bucket: string;
  readonly prefix: string;
}

const TICK_MS = 50;
/** Of a backlog: so much before the start it was written. */
const BACKLOG_AGE_MS = 120_000;

export class Arrivals {
  readonly #time: VirtualTime;
  readonly #source: Source;
  readonly #bucket: FleetBucket;
  readonly #load: FleetLoad;
  readonly #kinds: readonly ObjectKind[];
  readonly #random: SeededRandom;
  readonly #onObject: (object: FleetObject) => void;
  #nextMs: number;
  readonly #endMs: number;
  #count = 0;
  #folder = '';
  #folderDay = -1;

  constructor(options: {
    readonly time: VirtualTime;
    readonly source: Source;
    readonly bucket: FleetBucket;
    readonly load: FleetLoad;
    readonly objects: SizeOnlyObjects;
    readonly random: SeededRandom;
    readonly onObject: (object: FleetObject) => void;
  }) {
    this.#time = options.time;
    this.#source = options.source;
    this.#bucket = options.bucket;
    this.#load = options.load;
    this.#kinds = options.objects.kinds;
    this.#random = options.random;
    this.#onObject = options.onObject;
    const { liveFromS, liveForS } = options.load;
    this.#nextMs = options.time.nowMs + liveFromS * 1000;
    this.#endMs = liveForS === null ? Infinity : this.#nextMs + liveForS * 1000;
  }

  /** Nothing more will come. */
  get isOver(): boolean {
    return this.#load.objectsPerS === 0 || this.#nextMs >= this.#endMs;
  }

  start(): void {
    for (let index = 0; index < this.#load.backlogObjects; index += 1) this.#write(this.#time.nowMs - BACKLOG_AGE_MS);
    if (this.#load.objectsPerS === 0) return;
    this.#nextMs += this.#gapMs();
    this.#tick();
  }

  #tick(): void {
    for (; this.#nextMs <= this.#time.nowMs && !this.isOver; this.#nextMs += this.#gapMs()) this.#write(this.#nextMs);
    if (!this.isOver) this.#time.after(TICK_MS, null, () => this.#tick());
  }

  /** As independent writers do: a Poisson process. */
  #gapMs(): number {
    return (-Math.log(1 - this.#random.next()) * 1000) / this.#load.objectsPerS;
  }

  #write(visibleMs: number): void {
    const { prefixes } = this.#load;
    const second = Math.floor(visibleMs / 1000);
    this.#count += 1;
    const folder = this.#folderOf(visibleMs);
    // Padded, so that keys come in their own order.
    const number = String(this.#count).padStart(9, '0');
    const object: FleetObject = {
      bucket: this.#source.bucket,
      key: `${folder}${second}_56442_130_${number}.gz`,
      etag: number,
      sizeBytes: 0,
      lastModifiedMs: second * 1000,
      visibleMs,
      prefixNumber: this.#count % prefixes,
      kind: this.#random.pick(this.#kinds),
    };
    const sized = { ...object, sizeBytes: object.kind.storedBytes };
    this.#bucket.add(folder, sized);
    this.#onObject(sized);
  }

  #folderOf(ms: number): string {
    const day = Math.floor(ms / 86_400_000);
    if (day === this.#folderDay) return this.#folder;
    const date = new Date(ms);
    this.#folderDay = day;
    this.#folder = `${this.#source.prefix}year=${date.getUTCFullYear()}/month=${date.getUTCMonth() + 1}/day=${date.getUTCDate()}/`;
    return this.#folder;
  }
}
