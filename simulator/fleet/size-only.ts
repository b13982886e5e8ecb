/**
 * Objects that are a size and a line grid. All contents are views of one piece of memory in which a newline ends each line, so the streamer cuts, counts and
 * accounts them as it does any other; nobody reads what stands between. Of the stored bytes only the gzip magic and the length in the trailer are there.
 * Where it is their bytes that close batches, several lines stand in one place of the grid: a batch ends a little earlier then, and cutting costs a fraction.
 */
import type { Inflate } from '#streamer';
import type { SeededRandom } from '../random.ts';

/** So many sizes there are: enough that no two objects in hand are alike, few enough to keep them all. */
const KINDS = 64;
const NEWLINE = 10;
const LETTER = 0x61;

export interface ObjectKind {
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly stored: Uint8Array;
}

interface BatchLimits {
  readonly batchBytesMax: number;
  readonly batchLinesMax: number;
}

interface SizeOptions {
  readonly rawBytesPerObject: number;
  readonly sizeSpread: number;
  readonly lineBytes: number;
  readonly gridLossMax: number;
  readonly gzipRatio: number;
}

/** Finds the next newline by arithmetic. */
class LineGrid extends Uint8Array<ArrayBuffer> {
  readonly #lineBytes: number;

  /** Parts of it are plain views. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  constructor(memory: ArrayBuffer, bytes: number, lineBytes: number) {
    super(memory, 0, bytes);
    this.#lineBytes = lineBytes;
  }

  override indexOf(element: number, from = 0): number {
    if (element !== NEWLINE) return super.indexOf(element, from);
    const lineBytes = this.#lineBytes;
    const at = (Math.floor(from / lineBytes) + 1) * lineBytes - 1;
    return at < this.length ? at : -1;
  }
}

export class SizeOnlyObjects {
  readonly kinds: readonly ObjectKind[];
  readonly #memory: ArrayBuffer;
  readonly #lineBytes: number;

  constructor(
    { rawBytesPerObject, sizeSpread, lineBytes: trueLineBytes, gridLossMax, gzipRatio }: SizeOptions,
    limits: BatchLimits,
    random: SeededRandom,
  ) {
    const lineBytes = trueLineBytes * linesPerPlace(trueLineBytes, gridLossMax, limits);
    this.#lineBytes = lineBytes;
    this.kinds = Array.from({ length: KINDS }, (_, index) => {
      const share = 1 + sizeSpread * ((2 * index + 1) / KINDS - 1 + (random.next() - 0.5) / KINDS);
      const lines = Math.max(1, Math.round((rawBytesPerObject * share) / lineBytes));
      return kindOf(lines * lineBytes, gzipRatio);
    });
    this.#memory = new ArrayBuffer(Math.max(...this.kinds.map(({ rawBytes }) => rawBytes)));
    const bytes = new Uint8Array(this.#memory).fill(LETTER);
    for (let at = lineBytes - 1; at < bytes.length; at += lineBytes) bytes[at] = NEWLINE;
  }

  /** `wait`: for as long as inflating so many raw bytes takes. */
  inflateFor(wait: (rawBytes: number) => Promise<void>): Inflate {
    const unexpected = (): never => {
      throw new Error('a size-only object is inflated whole');
    };
    return {
      whole: async (stored, rawBytesMax) => {
        const rawBytes = rawBytesOf(stored);
        if (rawBytes > rawBytesMax) return null;
        await wait(rawBytes);
        return { content: new LineGrid(this.#memory, rawBytes, this.#lineBytes), release: () => undefined };
      },
      asStored: unexpected,
      member: unexpected,
      stream: unexpected,
    };
  }
}

function linesPerPlace(lineBytes: number, lossMax: number, { batchBytesMax, batchLinesMax }: BatchLimits): number {
  const isClosedByBytes = lineBytes * batchLinesMax > batchBytesMax;
  return isClosedByBytes ? Math.max(1, Math.floor((batchBytesMax * lossMax) / lineBytes)) : 1;
}

function kindOf(rawBytes: number, gzipRatio: number): ObjectKind {
  const storedBytes = Math.max(32, Math.round(rawBytes / gzipRatio));
  const stored = new Uint8Array(storedBytes);
  stored[0] = 0x1f;
  stored[1] = 0x8b;
  new DataView(stored.buffer).setUint32(storedBytes - 4, rawBytes, true);
  return { rawBytes, storedBytes, stored };
}

function rawBytesOf(stored: Uint8Array): number {
  return new DataView(stored.buffer, stored.byteOffset, stored.byteLength).getUint32(stored.byteLength - 4, true);
}
