/**
 * Inflates a stored object that is held in memory, and gets out of a damaged one nearly all that stands before the damage.
 * zlib keeps to itself what it had written when it met damage: up to one output buffer, the last two hundred good lines. Given the same content again,
 * in ever smaller pieces near the damage, it hands over all but what came out of the last few bytes. Only a damaged object pays for that.
 */
import { hasCode } from './errors.ts';
import type { Inflate } from './ports.ts';

/** The last is no longer than a member's trailer, so that good content and garbage behind it never stand in one piece. */
const PIECE_BYTES = [256 * 1024, 4096, 8] as const;
/** How far behind the piece that was asked for last the damage may lie: what the streams between us and zlib hold. */
const HELD_BYTES = 64 * 1024;
const HELD_PIECES = 4;

export async function* inflateStored(
  inflate: Inflate,
  stored: Uint8Array,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  let givenBytes = 0;
  let soundBytes = 0;
  for (const pieceBytes of PIECE_BYTES) {
    const pieces = new Pieces(stored, soundBytes, pieceBytes);
    let rawBytes = 0;
    try {
      for await (const chunk of inflate.stream(pieces.read(), signal)) {
        rawBytes += chunk.length;
        const freshBytes = rawBytes - givenBytes;
        if (freshBytes <= 0) continue;
        givenBytes = rawBytes;
        yield chunk.subarray(chunk.length - freshBytes);
      }
      return;
    } catch (error) {
      if (!hasCode(error, 'GZIP_CORRUPT') || pieceBytes === PIECE_BYTES.at(-1)) throw error;
      soundBytes = Math.max(0, pieces.takenBytes - HELD_BYTES - HELD_PIECES * pieceBytes);
    }
  }
}

/** The stored bytes, the first `soundBytes` of them in one piece. */
class Pieces {
  readonly #stored: Uint8Array;
  readonly #soundBytes: number;
  readonly #pieceBytes: number;
  takenBytes = 0;

  constructor(stored: Uint8Array, soundBytes: number, pieceBytes: number) {
    this.#stored = stored;
    this.#soundBytes = soundBytes;
    this.#pieceBytes = pieceBytes;
  }

  async *read(): AsyncIterable<Uint8Array> {
    while (this.takenBytes < this.#stored.length) {
      const start = this.takenBytes;
      this.takenBytes = start < this.#soundBytes ? this.#soundBytes : start + this.#pieceBytes;
      yield this.#stored.subarray(start, this.takenBytes);
    }
  }
}
