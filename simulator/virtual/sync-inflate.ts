/**
 * The Inflate port without threads: everything happens inside the call, so that a run depends on nothing but its seed. The same zlib as in production.
 * Memory that is given back is overwritten at once: whoever reads it later delivers a line that never was, and the sink notices.
 */
import { constants, createGunzip, type Gunzip } from 'node:zlib';
import { behindZeros, type Inflate, inflateMemberSync, inflateWholeSync, StreamerError } from '#streamer';

/** Content comes out in pieces no longer than this. */
const PIECE_BYTES = 8 * 1024;
const NOTHING = Buffer.alloc(0);
const OVERWRITTEN = 0x7e;

export const syncInflate: Inflate = {
  async whole(stored, rawBytesMax) {
    if (!isGzip(stored)) return stored.length <= rawBytesMax ? held(stored) : null;
    const content = inflateWholeSync(stored, rawBytesMax);
    if (content === null) return null;
    stored.fill(OVERWRITTEN);
    return held(content);
  },

  asStored: held,

  member: async (stored, at, rawBytesMax) => inflateMemberSync(stored, at, rawBytesMax),

  async *stream(stored) {
    const source = stored[Symbol.asyncIterator]();
    try {
      let head: Uint8Array = NOTHING;
      while (head.length < 2) {
        const next = await source.next();
        if (next.done === true) break;
        head = Buffer.concat([head, next.value]);
      }
      if (isGzip(head)) yield* gunzipPieces(head, source);
      else {
        if (head.length > 0) yield head;
        for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
      }
    } finally {
      await source.return?.();
    }
  },
};

function held(content: Uint8Array): { content: Uint8Array; release: () => void } {
  return { content, release: () => void content.fill(OVERWRITTEN) };
}

function isGzip(stored: Uint8Array): boolean {
  return stored[0] === 0x1f && stored[1] === 0x8b;
}

async function* gunzipPieces(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = new SyncGunzip();
  try {
    for (const content of gunzip.push(head)) yield* cut(content);
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      for (const content of gunzip.push(next.value)) yield* cut(content);
    yield* cut(gunzip.end());
  } catch (error) {
    throw asDamage(error);
  } finally {
    gunzip.close();
  }
}

function* cut(content: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < content.length; at += PIECE_BYTES) yield content.subarray(at, at + PIECE_BYTES);
}

function asDamage(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'Z_BUF_ERROR') return new StreamerError('GZIP_TRUNCATED', 'the gzip content ends too early');
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return new StreamerError('GZIP_CORRUPT', 'the gzip content is damaged');
  }
  return error;
}

/** What zlib's streams have beside what is documented. */
interface Internals {
  _handle: { close: () => void };
  _processChunk(chunk: Uint8Array, flushFlag: number): Buffer;
}

/**
 * A Gunzip that is fed without callbacks. `_processChunk` closes the stream behind it unless it is kept from doing so: the way of minizlib, on which
 * npm itself relies.
 */
class SyncGunzip {
  readonly #gunzip: Gunzip & Internals;
  readonly #handle: Internals['_handle'];
  readonly #closeHandle: () => void;

  constructor() {
    this.#gunzip = withInternals(createGunzip());
    this.#handle = this.#gunzip._handle;
    this.#closeHandle = this.#handle.close;
  }

  *push(chunk: Uint8Array): Iterable<Uint8Array> {
    // zlib stops at zeros behind a member, and goes on when it is called again.
    for (let at = 0; at < chunk.length; at = behindZeros(chunk, at + this.#gunzip.bytesWritten))
      yield this.#process(chunk.subarray(at), constants.Z_NO_FLUSH);
  }

  end(): Uint8Array {
    return this.#process(NOTHING, constants.Z_FINISH);
  }

  close(): void {
    this.#closeHandle.call(this.#handle);
  }

  #process(chunk: Uint8Array, flushFlag: number): Uint8Array {
    const gunzip = this.#gunzip;
    const close = gunzip.close.bind(gunzip);
    this.#handle.close = () => undefined;
    gunzip.close = () => undefined;
    try {
      // A copy: the next call writes into the same memory.
      return Buffer.from(gunzip._processChunk(chunk, flushFlag));
    } finally {
      gunzip._handle = this.#handle;
      this.#handle.close = this.#closeHandle;
      gunzip.close = close;
      // Each call adds one. A failure is thrown, and told once more later.
      gunzip.removeAllListeners('error').on('error', () => undefined);
    }
  }
}

function withInternals(gunzip: Gunzip): Gunzip & Internals {
  const handle: unknown = Reflect.get(gunzip, '_handle');
  const processChunk: unknown = Reflect.get(gunzip, '_processChunk');
  if (typeof processChunk !== 'function' || typeof handle !== 'object' || handle === null)
    throw new TypeError('this Node has no zlib that can be fed without callbacks');
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- checked just above, as far as it can be
  return gunzip as Gunzip & Internals;
}
