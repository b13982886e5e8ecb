/** S3 as one instance sees it: takes its time, throttles, goes away, cuts bodies, lags behind, and changes objects under the reader's hands. */
import {
  type ListPage,
  type ListRequest,
  type ObjectBody,
  type ObjectRef,
  type ObjectStore,
  StreamerError,
} from '#streamer';
import type { SeededRandom } from '../random.ts';
import type { Changes } from './changes.ts';
import type { Content } from './content.ts';
import type { FaultOf } from './fault.ts';
import type { Misfortune, Sagas } from './sagas.ts';
import type { StoredObjects } from './stored-objects.ts';
import { latency, pause, type Surroundings } from './surroundings.ts';
import type { Version } from './truth.ts';
import type { Life } from './virtual-time.ts';

/** Bodies come in pieces of this size. */
const PIECE_BYTES = 4 * 1024;

export interface ObjectStoreOptions {
  readonly surroundings: Surroundings;
  readonly life: Life;
  readonly objects: StoredObjects;
  readonly changes: Changes;
  readonly sagas: Sagas;
  /** A GET is answered. */
  readonly onGet: (version: Version) => void;
  /** So much of the body, from 0 to 1, is in the streamer's hands. */
  readonly onRead: (version: Version, share: number) => void;
}

/** Which GET it is, and what is to become of it. */
interface Reading {
  readonly nth: number;
  readonly misfortune: Misfortune | null;
}

type BodyState = 'open' | 'used' | 'closed';

export class MemoryObjectStore implements ObjectStore {
  readonly #options: ObjectStoreOptions;
  readonly #random: SeededRandom;
  readonly #bodies = new Map<ObjectBody, { readonly key: string; state: BodyState }>();

  constructor(options: ObjectStoreOptions) {
    this.#options = options;
    this.#random = options.surroundings.random('s3');
  }

  async list(request: ListRequest, signal: AbortSignal): Promise<ListPage> {
    const { time, desk, trace, plan, passKillPoint } = this.#options.surroundings;
    const nth = desk.count('list');
    await this.#pause(latency(this.#random, plan.latencyMs.s3), signal);
    this.#failIfAway(`LIST ${request.prefix}`);
    const fault = desk.hit('list-fails', nth);
    if (fault !== null) throw this.#failure(fault.code, `LIST ${request.prefix}`);
    const lag = desk.active('list-lags');
    const keysMax = Math.min(request.keysMax, plan.keysPerPage);
    const page = this.#options.objects
      .bucket(request.bucket)
      .list({ ...request, keysMax }, lag === null ? time.nowMs : shownMs(lag, plan.startMs, time.nowMs));
    if (lag !== null) desk.exercise(lag);
    trace.add('list', request.prefix, request.startAfter, page.objects.length, page.prefixes.length);
    passKillPoint('list-answered', this.#options.life);
    return page;
  }

  async head(object: Pick<ObjectRef, 'bucket' | 'key'>, signal: AbortSignal): Promise<ObjectRef> {
    const { time, plan } = this.#options.surroundings;
    const place = `HEAD ${object.key}`;
    await this.#pause(latency(this.#random, plan.latencyMs.s3), signal);
    this.#failIfAway(place);
    const ref = this.#options.objects.bucket(object.bucket).refAt(object.key, time.nowMs);
    if (ref === null) throw new StreamerError('S3_NOT_FOUND', `${place}: there is no such object`);
    return ref;
  }

  async get(ref: ObjectRef, signal: AbortSignal): Promise<ObjectBody> {
    const { time, desk, trace, plan, passKillPoint } = this.#options.surroundings;
    const place = `GET ${ref.key}`;
    const nth = desk.count('get');
    this.#options.changes.beforeGet(nth, ref);
    await this.#pause(latency(this.#random, plan.latencyMs.s3), signal);
    this.#failIfAway(place);
    const fault = desk.hit('get-fails', nth);
    if (fault !== null) throw this.#failure(fault.code, place);
    this.#throttleInStorm(place);
    const misfortune = this.#options.sagas.next(nth, ref);
    if (misfortune === 'throttled') throw this.#failure('S3_THROTTLED', place);
    const version = this.#options.objects.bucket(ref.bucket).at(ref.key, time.nowMs);
    trace.add('get', ref.key, version?.content.id ?? null);
    if (version === null) throw new StreamerError('S3_NOT_FOUND', `${place}: there is no such object`);
    if (version.content.etag !== ref.etag) throw new StreamerError('S3_CHANGED', `${place}: another version`);
    this.#options.onGet(version);
    passKillPoint('get-answered', this.#options.life);
    this.#options.changes.duringGet(nth, ref);
    return this.#bodyOf(version, { nth, misfortune }, signal);
  }

  /** Keys of the bodies that nobody has read to their end or discarded. */
  get openBodies(): readonly string[] {
    return [...this.#bodies.values()].filter(({ state }) => state !== 'closed').map(({ key }) => key);
  }

  #bodyOf(version: Version, reading: Reading, signal: AbortSignal): ObjectBody {
    const account = { key: version.key, state: 'open' as BodyState };
    const { etag, stored } = version.content;
    const { onRead } = this.#options;
    const body: ObjectBody = {
      etag,
      sizeBytes: stored.length,
      readAll: async () => {
        const read: Uint8Array[] = [];
        // Of a body that ends too early nothing is handed over.
        for await (const piece of this.#pieces(version, reading, account, () => undefined, signal)) read.push(piece);
        const whole = Buffer.concat(read);
        // No line of a garbled member is delivered: such a reading is thrown away, and nothing of it need be held.
        onRead(version, whole.equals(stored) ? 1 : 0);
        return whole;
      },
      stream: () => this.#pieces(version, reading, account, (share) => onRead(version, share), signal),
      discard() {
        account.state = 'closed';
      },
    };
    this.#bodies.set(body, account);
    return body;
  }

  async *#pieces(
    version: Version,
    { nth, misfortune }: Reading,
    account: { state: BodyState },
    onPiece: (share: number) => void,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, void> {
    const { life } = this.#options;
    const { desk, plan, time, passKillPoint } = this.#options.surroundings;
    account.state = 'used';
    const place = `GET ${version.key}`;
    const cutShare = misfortune === 'cut' ? 0.5 : (desk.hit('get-cut', nth)?.share ?? null);
    const slow = desk.hit('get-slow', nth);
    const isGarbled = misfortune === 'garbled' || desk.hit('get-garbled', nth) !== null;
    const stored = isGarbled ? garbled(version.content) : version.content.stored;
    const endBytes = cutShare === null ? stored.length : Math.floor(stored.length * cutShare);
    const pieceCount = Math.max(1, Math.ceil(stored.length / PIECE_BYTES));
    try {
      for (let start = 0; start < endBytes; start += PIECE_BYTES) {
        const waitMs = (slow?.forMs ?? latency(this.#random, plan.latencyMs.s3) / 2) / pieceCount;
        await this.#pause(waitMs + this.#slowness(), signal);
        this.#failIfAway(place);
        // A copy: what S3 holds is nobody's to change.
        yield Buffer.from(stored.subarray(start, Math.min(start + PIECE_BYTES, endBytes)));
        onPiece(Math.min(1, (start + PIECE_BYTES) / stored.length));
      }
      if (slow !== null) desk.disturb(time.nowMs);
      if (cutShare !== null) throw new StreamerError('S3_UNAVAILABLE', `${place}: the body ended too early`);
      passKillPoint('body-read', life);
    } finally {
      account.state = 'closed';
    }
  }

  #slowness(): number {
    const { desk } = this.#options.surroundings;
    const slow = desk.active('s3-slow');
    if (slow !== null) desk.exercise(slow);
    return slow?.pieceMs ?? 0;
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await pause(this.#options.surroundings.time, this.#options.life, ms, signal);
  }

  #failIfAway(place: string): void {
    const { desk } = this.#options.surroundings;
    const outage = desk.active('s3-outage');
    if (outage === null) return;
    desk.exercise(outage);
    throw this.#failure(outage.code, place);
  }

  #throttleInStorm(place: string): void {
    const { desk } = this.#options.surroundings;
    const storm = desk.active('get-storm');
    if (storm === null || !this.#random.chance(storm.share)) return;
    desk.exercise(storm);
    throw this.#failure('S3_THROTTLED', place);
  }

  #failure(code: 'S3_THROTTLED' | 'S3_UNAVAILABLE' | 'S3_ACCESS_DENIED', place: string): StreamerError {
    this.#options.surroundings.trace.add('s3 failed', code, place);
    return new StreamerError(code, `${place}: failed as planned`);
  }
}

/** With a checksum that is wrong: all lines can be read before it shows. What has none, or has lost it, stays as it is. */
function garbled({ stored, damage, kind }: Content): Uint8Array {
  if (damage !== null || kind === 'plain' || kind === 'zero-bytes') return stored;
  const copy = Buffer.from(stored);
  const at = copy.length - 8;
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}

/** What was shown stays shown: no LIST goes back behind the moment when the lag began. */
function shownMs({ atMs, lagMs }: FaultOf<'list-lags'>, startMs: number, nowMs: number): number {
  return Math.max(startMs + atMs, nowMs - lagMs);
}
