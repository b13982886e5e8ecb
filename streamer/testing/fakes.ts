/** Small fakes of the outside world for the streamer's own tests. They know nothing of the simulator, and fail only as a test tells them to. */
import { constants, gunzipSync } from 'node:zlib';
import { inflateMemberSync, inflateWholeSync } from '../io/node-inflate.ts';
import { isGzip } from '../core/gzip-trailer.ts';
import { identityOf } from '../core/object-task.ts';
import { type Range, unionRanges } from '../core/ranges.ts';
import { StreamerError } from '../errors.ts';
import type { StreamerEvent } from '../events.ts';
import type {
  Clock,
  Events,
  Inflate,
  ListPage,
  ListRequest,
  ObjectBody,
  ObjectRecord,
  ObjectRef,
  ObjectStore,
  QuarantineRecord,
  Sink,
  SinkAnswer,
  SinkRequest,
  StateCommit,
  StateHead,
  StateStore,
  WantedObject,
} from '../ports.ts';

/** S3 in memory: what LIST and GET answer, in S3's own order. */
export class FakeObjectStore implements ObjectStore {
  readonly #clock: Clock;
  readonly #objects = new Map<string, { readonly ref: ObjectRef; readonly stored: Uint8Array }>();
  #versions = 0;
  readonly lists: ListRequest[] = [];
  readonly heads: string[] = [];
  readonly gets: string[] = [];
  /** Called before each request; what it throws is the answer. */
  onList: (request: ListRequest) => void = () => undefined;
  onHead: (key: string) => void = () => undefined;
  onGet: (ref: ObjectRef) => void = () => undefined;
  getMs = 5;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(
    key: string,
    stored: Uint8Array,
    { lastModifiedMs = Math.floor(this.#clock.now() / 1000) * 1000 } = {},
  ): ObjectRef {
    this.#versions += 1;
    const ref = { bucket: 'logs', key, etag: `v${this.#versions}`, sizeBytes: stored.length, lastModifiedMs };
    this.#objects.set(key, { ref, stored });
    return ref;
  }

  /** What GET gives of the same version from now on: the first answer was damaged on its way. */
  replace(key: string, stored: Uint8Array): void {
    const found = this.#objects.get(key);
    if (found !== undefined) this.#objects.set(key, { ref: found.ref, stored });
  }

  remove(key: string): void {
    this.#objects.delete(key);
  }

  async list(request: ListRequest, signal: AbortSignal): Promise<ListPage> {
    this.lists.push(request);
    await this.#clock.sleep(1, signal);
    this.onList(request);
    const { prefix, delimiter, keysMax } = request;
    const after = request.continuationToken ?? request.startAfter ?? '';
    const objects: ObjectRef[] = [];
    const prefixes: string[] = [];
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    for (const key of keys) {
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      const folder = end === -1 ? null : key.slice(0, end + 1);
      // A folder that was named on an earlier page is not named again.
      if (folder !== null && (prefixes.includes(folder) || after.startsWith(folder))) continue;
      if (objects.length + prefixes.length === keysMax) {
        return { objects, prefixes, continuationToken: prefixes.at(-1) ?? objects.at(-1)?.key ?? null };
      }
      const object = this.#objects.get(key)?.ref;
      if (folder !== null) prefixes.push(folder);
      else if (object !== undefined) objects.push(object);
    }
    return { objects, prefixes, continuationToken: null };
  }

  async head({ key }: Pick<ObjectRef, 'bucket' | 'key'>, signal: AbortSignal): Promise<ObjectRef> {
    this.heads.push(key);
    await this.#clock.sleep(1, signal);
    if (signal.aborted) throw new StreamerError('ABORTED', 'stopped');
    this.onHead(key);
    const found = this.#objects.get(key);
    if (found === undefined) throw new StreamerError('S3_NOT_FOUND', `${key} is gone`);
    return found.ref;
  }

  async get(ref: ObjectRef, signal: AbortSignal): Promise<ObjectBody> {
    this.gets.push(ref.key);
    await this.#clock.sleep(this.getMs, signal);
    if (signal.aborted) throw new StreamerError('ABORTED', 'stopped');
    this.onGet(ref);
    const found = this.#objects.get(ref.key);
    if (found === undefined) throw new StreamerError('S3_NOT_FOUND', `${ref.key} is gone`);
    if (found.ref.etag !== ref.etag) throw new StreamerError('S3_CHANGED', `${ref.key} was overwritten`);
    const { stored } = found;
    return {
      etag: ref.etag,
      sizeBytes: stored.length,
      readAll: async () => stored,
      async *stream() {
        for (let start = 0; start < stored.length; start += 1000) yield stored.subarray(start, start + 1000);
      },
      discard: () => undefined,
    };
  }
}

/** What stands behind the content of a damaged object, for `fakeInflate`: it must be able to tell without the thread pool, or virtual time would run away from it. */
export const GARBAGE = Buffer.from('garbage that is no member');

/** zlib without its thread pool. Sees two kinds of damage: an early end, and `GARBAGE` behind a member. */
export const fakeInflate: Inflate = {
  async whole(stored, rawBytesMax) {
    const content = isGzip(stored) ? inflateWholeSync(stored, rawBytesMax) : stored;
    return content === null || content.length > rawBytesMax ? null : { content, release: () => undefined };
  },
  /** Whoever reads it once it is given back delivers what never was. */
  asStored(stored) {
    const content = Uint8Array.from(stored);
    return { content, release: () => content.fill(0) };
  },
  member: async (stored, at, rawBytesMax) => inflateMemberSync(stored, at, rawBytesMax),
  async *stream(stored) {
    const pieces: Uint8Array[] = [];
    for await (const piece of stored) pieces.push(piece);
    const whole = Buffer.concat(pieces);
    const garbageAt = whole.indexOf(GARBAGE);
    const sound = garbageAt === -1 ? whole : whole.subarray(0, garbageAt);
    const content = isGzip(whole) ? gunzipSync(sound, { finishFlush: constants.Z_SYNC_FLUSH }) : whole;
    for (let start = 0; start < content.length; start += 700) yield content.subarray(start, start + 700);
    if (garbageAt !== -1) throw new StreamerError('GZIP_CORRUPT', 'garbage follows');
    if (isGzip(whole) && inflateWholeSync(whole, content.length) === null)
      throw new StreamerError('GZIP_TRUNCATED', 'it ends too early');
  },
};

/** Endpoints that accept everything, unless `onPost` answers otherwise. */
export class FakeSink implements Sink {
  readonly endpoints: readonly string[];
  readonly #clock: Clock;
  readonly posts: {
    readonly endpoint: number;
    /** Inflated. */
    readonly body: string;
    readonly isUnopened: boolean;
    readonly idempotencyKey: string;
    readonly status: number | null;
    readonly atMs: number;
  }[] = [];
  /** Null accepts. */
  onPost: (request: SinkRequest, body: string) => SinkAnswer | null = () => null;
  postMs = 3;

  constructor(clock: Clock, endpointCount: number) {
    this.#clock = clock;
    this.endpoints = Array.from({ length: endpointCount }, (_, index) => `http://agent-${index}`);
  }

  async post(request: SinkRequest, signal: AbortSignal): Promise<SinkAnswer> {
    const body = readBody(request);
    await this.#clock.sleep(this.postMs, signal);
    if (signal.aborted) throw new StreamerError('ABORTED', 'stopped');
    const answer = body === null ? answered(400, { text: 'no gzip' }) : (this.onPost(request, body) ?? answered(200));
    this.posts.push({
      endpoint: request.endpoint,
      body: body ?? '',
      isUnopened: request.encoding === 'gzip',
      idempotencyKey: request.idempotencyKey,
      status: answer.kind === 'answered' ? answer.status : null,
      atMs: this.#clock.now(),
    });
    return answer;
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  /** Every line that was acknowledged, as often as it was. */
  get lines(): readonly string[] {
    return this.posts.filter(({ status }) => status === 200).flatMap(({ body }) => body.split('\n').slice(0, -1));
  }
}

/** Null where it says that it is gzip and is not. */
function readBody({ parts, encoding }: SinkRequest): string | null {
  const body = Buffer.concat(parts);
  if (encoding === undefined) return body.toString();
  try {
    return gunzipSync(body).toString();
  } catch {
    return null;
  }
}

export function answered(status: number, { retryAfterMs = null as number | null, text = '' } = {}): SinkAnswer {
  return { kind: 'answered', status, retryAfterMs, text, isBodyReleased: true };
}

/** State in memory: it outlives the pipelines of a test, as a file would. */
export class FakeStateStore implements StateStore {
  head: StateHead | null = null;
  readonly complete = new Set<string>();
  readonly partial = new Map<string, readonly Range[]>();
  readonly quarantined: QuarantineRecord[] = [];
  /** Requests that are not fulfilled, in the order of their `seq`. */
  wanted: WantedObject[] = [];
  readonly commits: StateCommit[] = [];
  /** Called before each reading of the head, each commit and each look-up; what it throws is the answer. */
  onReadHead: () => void = () => undefined;
  onCommit: () => void | Promise<void> = () => undefined;
  onLookup: () => void = () => undefined;

  async readHead(): Promise<StateHead | null> {
    this.onReadHead();
    return this.head;
  }

  async lookup(objects: readonly ObjectRef[]): Promise<readonly ObjectRecord[]> {
    this.onLookup();
    return objects.map((object): ObjectRecord => {
      const identity = identityOf(object);
      const settled = this.partial.get(identity);
      if (this.complete.has(identity)) return { kind: 'complete' };
      return settled === undefined ? { kind: 'unknown' } : { kind: 'partial', settled };
    });
  }

  async readWanted(afterSeq: number, objectsMax: number): Promise<readonly WantedObject[]> {
    return this.wanted
      .filter(({ seq }) => seq > afterSeq)
      .slice(0, objectsMax)
      .map((request) =>
        request.kind === 'missing'
          ? request
          : { ...request, settled: unionRanges(request.settled, this.settledOf(request.object)) },
      );
  }

  async commit(commit: StateCommit): Promise<void> {
    await this.onCommit();
    this.commits.push(commit);
    this.head = commit.head ?? this.head;
    this.quarantined.push(...commit.quarantined);
    this.wanted = this.wanted.filter(({ seq }) => !commit.fulfilled.some(({ wantedSeq }) => wantedSeq === seq));
    for (const { object, settled, complete } of commit.changes) {
      const identity = identityOf(object);
      if (complete) {
        this.complete.add(identity);
        this.partial.delete(identity);
      } else this.partial.set(identity, unionRanges(this.partial.get(identity) ?? [], settled));
    }
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  isComplete(object: ObjectRef): boolean {
    return this.complete.has(identityOf(object));
  }

  settledOf(object: ObjectRef): readonly Range[] {
    return this.partial.get(identityOf(object)) ?? [];
  }
}

export class RecordedEvents implements Events {
  readonly all: StreamerEvent[] = [];

  emit(event: StreamerEvent): void {
    this.all.push(event);
  }

  of<Kind extends StreamerEvent['kind']>(kind: Kind): readonly Extract<StreamerEvent, { kind: Kind }>[] {
    return this.all.filter((event): event is Extract<StreamerEvent, { kind: Kind }> => event.kind === kind);
  }
}
