/**
 * gzip by Node's zlib. `whole` runs as one job in the thread pool, into one buffer of the right size that is used again for later objects (a small one
 * on the event loop, where it costs less);
 * `stream` handles any number of members and tells damage from an early end.
 */
import zlib from 'node:zlib';
import { behindZeros, memberBodyAt, memberTrailer, TRAILER_BYTES } from '../core/gzip-member.ts';
import { isGzip } from '../core/gzip-trailer.ts';
import { StreamerError } from '../errors.ts';
import type { GzipMember, Inflate, Inflated } from '../ports.ts';
import type { BufferPool } from './buffer-pool.ts';
import { freeMemory } from './free-memory.ts';
import { orAbort } from './or-abort.ts';

/** Without spare room zlib asks for one more buffer, only to say that nothing is left. */
const SPARE_BYTES = 64;
/** No slower than larger ones, and what zlib has written of one when it meets damage is lost. */
const STREAM_CHUNK_BYTES = 64 * 1024;
/** Given to zlib at a time: even a bomb makes no more than 4.2 MB of it. No slower than larger ones. */
const STREAM_PIECE_BYTES = 4 * 1024;
/** Inflated on the event loop, in less time than the way to the thread pool and back would take. */
const SMALL_RAW_BYTES_MAX = 64 * 1024;

export function createNodeInflate(pool: BufferPool): Inflate {
  return {
    async whole(stored, rawBytesMax) {
      if (!isGzip(stored)) return stored.length <= rawBytesMax ? { content: stored, release: () => undefined } : null;
      if (rawBytesMax > SMALL_RAW_BYTES_MAX) return inflateWhole(pool, stored, rawBytesMax);
      const content = inflateWholeSync(stored, rawBytesMax);
      return content === null ? null : { content, release: () => undefined };
    },

    asStored: (stored) => ({ content: stored, release: () => freeMemory(stored) }),

    async member(stored, at, rawBytesMax) {
      const bodyAt = memberBodyAt(stored, at);
      if (bodyAt === null || rawBytesMax < 1) return null;
      const body = await inflateBody(stored.subarray(bodyAt), rawBytesMax);
      return body === null ? null : checkMember(stored, bodyAt, body);
    },

    async *stream(stored, signal) {
      const source = stored[Symbol.asyncIterator]();
      const head = await readHead(source);
      const whole = chain(head, source);
      if (isGzip(head)) yield* inflateStream(whole, signal);
      else yield* whole;
    },
  };
}

/** `whole` of a gzip on the event loop. */
export function inflateWholeSync(stored: Uint8Array, rawBytesMax: number): Uint8Array | null {
  try {
    const chunkSize = Math.max(zlib.constants.Z_MIN_CHUNK, rawBytesMax + SPARE_BYTES);
    const result: unknown = zlib.gunzipSync(stored, { info: true, chunkSize, maxOutputLength: chunkSize });
    const { content, storedBytes } = asBody(result);
    return content.length > rawBytesMax || storedBytes < stored.length ? null : content;
  } catch (error) {
    // Damaged, or too long: the streaming way tells which.
    if (isZlibError(error) || error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * zlib's streams write into `_outBuffer`, from `_outOffset`, `_chunkSize` bytes long: old names that many packages rely on, though no documentation promises
 * them. We put our own buffer there and then look where the content really is: if a Node ever renames them, content comes out elsewhere, correct all the
 * same, and only the saving is gone.
 */
async function inflateWhole(pool: BufferPool, stored: Uint8Array, rawBytesMax: number): Promise<Inflated | null> {
  const buffer = pool.take(rawBytesMax + SPARE_BYTES);
  const gunzip = zlib.createGunzip({ chunkSize: 64 });
  Object.assign(gunzip, { _outBuffer: buffer, _outOffset: 0, _chunkSize: buffer.length });
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const giveUp = (): void => {
      // What is too long (several members, a trailer that lies, a bomb) or damaged goes the streaming way. zlib may still be writing: the buffer is not used again.
      gunzip.destroy();
      resolve(null);
    };
    gunzip.on('data', (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > rawBytesMax) giveUp();
    });
    gunzip.on('error', giveUp);
    gunzip.on('end', () => {
      // Zeros, and perhaps another member behind them: zlib takes no notice of either.
      if (gunzip.bytesWritten < stored.length) {
        giveUp();
        return;
      }
      const [first] = pieces;
      freeMemory(stored);
      if (first !== undefined && pieces.length === 1 && first.buffer === buffer.buffer) {
        resolve({ content: first, release: () => pool.give(buffer) });
        return;
      }
      resolve({ content: Buffer.concat(pieces, bytes), release: () => undefined });
    });
    gunzip.end(stored);
  });
}

/** The same without the thread pool, for those who need to know when it is done. */
export function inflateMemberSync(stored: Uint8Array, at: number, rawBytesMax: number): GzipMember | null {
  const bodyAt = memberBodyAt(stored, at);
  if (bodyAt === null || rawBytesMax < 1) return null;
  try {
    const result: unknown = zlib.inflateRawSync(stored.subarray(bodyAt), { info: true, maxOutputLength: rawBytesMax });
    return checkMember(stored, bodyAt, asBody(result));
  } catch (error) {
    if (isZlibError(error) || error instanceof RangeError) return null;
    throw error;
  }
}

interface MemberBody {
  readonly content: Uint8Array;
  readonly storedBytes: number;
}

function checkMember(stored: Uint8Array, bodyAt: number, { content, storedBytes }: MemberBody): GzipMember | null {
  const trailerAt = bodyAt + storedBytes;
  if (trailerAt + TRAILER_BYTES > stored.length) return null;
  const { crc, length } = memberTrailer(stored, trailerAt);
  const isSound = length === content.length % 2 ** 32 && crc === zlib.crc32(content);
  return { content, end: trailerAt + TRAILER_BYTES, isSound };
}

/** A compressed body, and how long it was; null where it is damaged, cut short, or inflates to more. */
async function inflateBody(stored: Uint8Array, rawBytesMax: number): Promise<MemberBody | null> {
  return new Promise((resolve, reject) => {
    zlib.inflateRaw(stored, { info: true, maxOutputLength: rawBytesMax }, (error, result: unknown) => {
      if (error === null) resolve(asBody(result));
      else if (isZlibError(error) || error instanceof RangeError) resolve(null);
      else reject(error);
    });
  });
}

/** With `info`, zlib gives its engine as well, which counts what it has taken. */
function asBody(result: unknown): MemberBody {
  if (typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result) {
    const { buffer, engine } = result;
    if (buffer instanceof Uint8Array && (engine instanceof zlib.InflateRaw || engine instanceof zlib.Gunzip))
      return { content: buffer, storedBytes: engine.bytesWritten };
  }
  throw new TypeError('zlib gave no engine');
}

/** Enough to see the gzip magic, or all there is: a network may well deliver the first byte alone. */
async function readHead(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const next = await source.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

/** Closes the source whatever happens: an S3 body that nobody reads to its end keeps its socket. */
async function* chain(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* inflateStream(stored: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const gunzip = new Gunzip();
  const source = stored[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orAbort(source.next(), signal);
      const isEnd = next.done === true;
      const piecesMax = isEnd ? 1 : Math.ceil(next.value.length / STREAM_PIECE_BYTES);
      for (let piece = 0; piece < piecesMax; piece += 1) {
        const start = piece * STREAM_PIECE_BYTES;
        await (isEnd ? gunzip.end() : gunzip.write(next.value.subarray(start, start + STREAM_PIECE_BYTES)));
        yield* gunzip.takeContent();
        signal.throwIfAborted();
        if (gunzip.damage !== null) throw asDamage(gunzip.damage);
      }
      if (isEnd) return;
    }
  } finally {
    gunzip.close();
    // Not waited for: a source that delivers nothing more would keep us here.
    void source.return?.();
  }
}

/**
 * zlib's stream, fed piece by piece and never paused: what a paused stream still holds is gone when it meets damage, and it is the good content
 * before the damage. So it is the size of the pieces that bounds what comes out at a time.
 */
class Gunzip {
  #content: Buffer[] = [];
  #wake: () => void = () => undefined;
  /** Also before the stored bytes end: zlib takes no notice of zeros behind a member, not even by calling back. */
  #isEnded = false;
  damage: ZlibError | null = null;
  #stream = this.#open();

  #open(): zlib.Gunzip {
    const stream = zlib.createGunzip({ chunkSize: STREAM_CHUNK_BYTES });
    stream.on('data', (chunk: Buffer) => this.#content.push(chunk));
    stream.on('end', () => {
      this.#isEnded = true;
      this.#wake();
    });
    stream.on('error', (error) => {
      if (!isZlibError(error)) throw error;
      this.damage = error;
      this.#wake();
    });
    return stream;
  }

  /** Ends when all that can come out of it has, or with damage. */
  async write(piece: Uint8Array): Promise<void> {
    let rest = piece;
    while (this.damage === null) {
      if (this.#isEnded) {
        rest = rest.subarray(behindZeros(rest, 0));
        if (rest.length === 0) return;
        this.#stream.destroy();
        this.#isEnded = false;
        this.#stream = this.#open();
      }
      const takenBytes = this.#stream.bytesWritten;
      await this.#give(rest);
      if (!this.#isEnded) return;
      rest = rest.subarray(this.#stream.bytesWritten - takenBytes);
    }
  }

  async #give(piece: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      // A failure is told by the event.
      this.#stream.write(piece, () => resolve());
    });
  }

  async end(): Promise<void> {
    if (this.#isEnded) return;
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#stream.end();
    });
  }

  takeContent(): readonly Buffer[] {
    const content = this.#content;
    this.#content = [];
    return content;
  }

  close(): void {
    this.#stream.destroy();
  }
}

type ZlibError = Error & { readonly code: string };

/** Whatever else goes wrong (the source fails, the signal aborts) says nothing of the content. */
function isZlibError(error: unknown): error is ZlibError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

function asDamage(error: ZlibError): StreamerError {
  return error.code === 'Z_BUF_ERROR'
    ? new StreamerError('GZIP_TRUNCATED', 'the gzip content ends too early', { cause: error })
    : new StreamerError('GZIP_CORRUPT', `the gzip content is damaged: ${error.message}`, { cause: error });
}
