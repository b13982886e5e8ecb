/** S3 as a fleet sees it: it takes its time, and beyond its request limit it asks to slow down. */
import {
  type ListPage,
  type ListRequest,
  type ObjectBody,
  type ObjectRef,
  type ObjectStore,
  StreamerError,
} from '#streamer';
import type { SeededRandom } from '../random.ts';
import type { VirtualTime } from '../virtual/virtual-time.ts';
import type { FleetBucket, FleetObject } from './fleet-bucket.ts';
import type { ServiceTimes } from './plan.ts';

/** S3 counts requests over a while, not one by one: so much of a second's limit may come at once. */
const BURST_S = 1;
/** Of the GETs this share takes up to ten times as long. */
const SLOW_SHARE = 0.02;
const SLOW_FACTOR_MAX = 10;

/** One region: what all instances share of S3. */
export class S3Region {
  readonly #time: VirtualTime;
  readonly #times: ServiceTimes;
  readonly #limitPerMs: number;
  readonly #tokens: Float64Array;
  readonly #refilledMs: Float64Array;
  slowdown = 1;
  limitShare = 1;
  gets = 0;
  throttled = 0;
  lists = 0;

  constructor(
    time: VirtualTime,
    times: ServiceTimes,
    { getPerSPerPrefix, prefixes }: { readonly getPerSPerPrefix: number; readonly prefixes: number },
  ) {
    this.#time = time;
    this.#times = times;
    this.#limitPerMs = getPerSPerPrefix / 1000;
    this.#tokens = new Float64Array(prefixes).fill(getPerSPerPrefix * BURST_S);
    this.#refilledMs = new Float64Array(prefixes).fill(time.nowMs);
  }

  /** How long this GET takes to its last byte. */
  getMs(random: SeededRandom): number {
    const share = random.next();
    const slow = share < SLOW_SHARE ? 1 + (share / SLOW_SHARE) * (SLOW_FACTOR_MAX - 1) : 1;
    return this.#times.getMs * (0.6 + 0.8 * random.next()) * slow * this.slowdown;
  }

  listMs(keys: number): number {
    return (this.#times.listMs + (this.#times.listMsPer1000 * keys) / 1000) * this.slowdown;
  }

  /** False when the prefix is asked too much. */
  admit(prefixNumber: number): boolean {
    const perMs = this.#limitPerMs * this.limitShare;
    const nowMs = this.#time.nowMs;
    const tokens = Math.min(
      perMs * 1000 * BURST_S,
      (this.#tokens[prefixNumber] ?? 0) + (nowMs - (this.#refilledMs[prefixNumber] ?? 0)) * perMs,
    );
    this.#refilledMs[prefixNumber] = nowMs;
    const isAdmitted = tokens >= 1;
    this.#tokens[prefixNumber] = isAdmitted ? tokens - 1 : tokens;
    if (!isAdmitted) this.throttled += 1;
    return isAdmitted;
  }
}

export class TimedObjectStore implements ObjectStore {
  readonly #time: VirtualTime;
  readonly #region: S3Region;
  readonly #bucket: FleetBucket;
  readonly #random: SeededRandom;

  constructor(options: {
    readonly time: VirtualTime;
    readonly region: S3Region;
    readonly bucket: FleetBucket;
    readonly random: SeededRandom;
  }) {
    this.#time = options.time;
    this.#region = options.region;
    this.#bucket = options.bucket;
    this.#random = options.random;
  }

  async list(request: ListRequest): Promise<ListPage> {
    this.#region.lists += 1;
    const page = this.#bucket.list(request);
    await this.#time.wait(this.#region.listMs(page.objects.length), null);
    return page;
  }

  async head(): Promise<ObjectRef> {
    throw new Error('a fleet polls: nobody asks for a HEAD');
  }

  async get(ref: ObjectRef): Promise<ObjectBody> {
    const { kind, prefixNumber } = fleetObject(ref);
    this.#region.gets += 1;
    const ms = this.#region.getMs(this.#random);
    if (!this.#region.admit(prefixNumber)) {
      await this.#time.wait(ms / 4, null);
      throw new StreamerError('S3_THROTTLED', `GET ${ref.key}: SlowDown`);
    }
    await this.#time.wait(ms, null);
    return bodyOf(ref.etag, kind.stored);
  }
}

function bodyOf(etag: string, stored: Uint8Array): ObjectBody {
  return {
    etag,
    sizeBytes: stored.length,
    readAll: async () => stored,
    stream() {
      throw new Error('a size-only object is read whole');
    },
    discard: () => undefined,
  };
}

/** In this world every reference is one. */
export function fleetObject(ref: ObjectRef): FleetObject {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the bucket holds nothing else, and the streamer makes none
  return ref as FleetObject;
}
