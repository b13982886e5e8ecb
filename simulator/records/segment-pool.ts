/**
 * A set of ready-made pieces of a line, of which lines take one each. Copying pieces instead of writing fields is what makes the
 * generator several times faster than the compression that follows it.
 */

/** A piece and how often it is taken, relative to the others. */
export interface WeightedText {
  readonly text: string;
  readonly weight: number;
}

/** Draws per pool: a piece's share is exact to one part in 4,096, and a draw is one table look-up. */
const DRAW_COUNT = 4_096;

export class SegmentPool {
  readonly segmentBytesMax: number;
  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  readonly #draws: Uint16Array;

  constructor(segments: readonly WeightedText[]) {
    const encoded = segments.map(({ text }) => Buffer.from(text, 'utf8'));
    this.#bytes = Buffer.concat(encoded);
    this.#starts = new Uint32Array(segments.length + 1);
    encoded.forEach((segment, index) => {
      this.#starts[index + 1] = (this.#starts[index] ?? 0) + segment.length;
    });
    this.segmentBytesMax = Math.max(...encoded.map((segment) => segment.length));
    this.#draws = drawTable(segments.map(({ weight }) => weight));
  }

  /** Copies the piece that 32 random bits select; returns where it ends. */
  write(target: Buffer, at: number, bits: number): number {
    const index = this.#draws[bits % DRAW_COUNT] ?? 0;
    const start = this.#starts[index] ?? 0;
    const end = this.#starts[index + 1] ?? 0;
    this.#bytes.copy(target, at, start, end);
    return at + end - start;
  }
}

/** Index by draw, each index in proportion to its weight. The rarest may get none at all. */
function drawTable(weights: readonly number[]): Uint16Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const draws = new Uint16Array(DRAW_COUNT);
  let index = 0;
  let reached = weights[0] ?? 0;
  for (let draw = 0; draw < DRAW_COUNT; draw += 1) {
    while ((draw + 0.5) * total > reached * DRAW_COUNT && index < weights.length - 1) {
      index += 1;
      reached += weights[index] ?? 0;
    }
    draws[draw] = index;
  }
  return draws;
}

/** Pieces whose popularity falls off as 1 / rank^exponent, as that of sites and users does. */
export function byPopularity(texts: readonly string[], exponent: number): readonly WeightedText[] {
  return texts.map((text, rank) => ({ text, weight: 1 / (rank + 1) ** exponent }));
}
