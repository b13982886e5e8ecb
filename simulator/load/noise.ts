/**
 * What stored objects hold between their records: bytes that the format's rule takes out again. Each object of a dirty load draws its own
 * habits, as if written by a different producer.
 */
import type { SeededRandom } from '../random.ts';

export interface ObjectNoise {
  /** Lines end in "\r\n". */
  readonly isCrlf: boolean;
  /** The object is a JSON array over many lines: `[`, records with a comma before each but the first, `]`. */
  readonly isArray: boolean;
  /** The last line has no newline. */
  readonly isLastNewlineMissing: boolean;
  readonly strayCommaShare: number;
  readonly blankLineShare: number;
}

export const CLEAN: ObjectNoise = {
  isCrlf: false,
  isArray: false,
  isLastNewlineMissing: false,
  strayCommaShare: 0,
  blankLineShare: 0,
};

/** More than any noise adds before or after one line. */
export const NOISE_BYTES_MAX = 16;

export function drawNoise(random: SeededRandom): ObjectNoise {
  return {
    isCrlf: random.chance(0.25),
    isArray: random.chance(0.3),
    isLastNewlineMissing: random.chance(0.3),
    strayCommaShare: random.chance(0.5) ? 0.05 : 0,
    blankLineShare: random.chance(0.5) ? 0.02 : 0,
  };
}
