/** What a kind of record must offer so that loads can be made of it, whatever its format. */
import type { SeededRandom } from '../random.ts';

/** Digits of each half of an identity: of the object's index, then of the line's number. The same in every kind. */
export const IDENTITY_DIGITS = 9;

export interface RecordKind {
  /** The bytes directly before the identity's digits: in every line, and nowhere else in it. */
  readonly identityMarker: string;
  /** Byte offset of the first digit in every line. */
  readonly identityOffset: number;
  /** `random` seeds the vocabulary: a company's users, the sites they visit. It is the same for all objects of a load. */
  createWriter(random: SeededRandom): RecordWriter;
}

/** Writes the lines of one object after the other, each object's from the first to the last. One writer per thread. */
export interface RecordWriter {
  /** No line is longer. */
  readonly lineBytesMax: number;
  /** Forgets what was written before: an object depends on its index and its random stream alone. */
  startObject(objectIndex: number, random: SeededRandom): void;
  /** Writes a line, without its newline, into `target` at `at`; returns where it ends. `timeS`: when it happened, in epoch seconds. */
  writeLine(target: Buffer, at: number, lineNumber: number, timeS: number): number;
}
