/**
 * The uncompressed content of one object, piece by piece, and the line table of what must be delivered of it.
 * Invariant: content and table depend on the load's spec, its seed and the object's index; not on other objects, threads or clocks.
 */
import { crc32 } from 'node:zlib';
import type { SeededRandom } from '../random.ts';
import type { RecordWriter } from '../records/record-kind.ts';
import { CLEAN, drawNoise, NOISE_BYTES_MAX, type ObjectNoise } from './noise.ts';
import { linesOfObject, type LoadSpec } from './spec.ts';

/** 2025-10-12 21:41:32 UTC, the moment in the documented example of a file name. Events are dated from here, whenever a run takes place. */
const FIRST_EVENT_S = 1_760_305_292;

/** An object spans this long, as 10 MB do at the documented 228 MB/min; the next object goes on where it ends. */
const OBJECT_SPAN_S = 2.6;

/** Offsets in a line table are 32 bits wide. */
const DELIVERED_BYTES_MAX = 0xffff_ffff;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const NEWLINE = Buffer.from('\n');

export interface ObjectContent {
  readonly lines: number;
  /** The next part of the content, in the shared buffer: it is overwritten by the next call. Null after the last. */
  nextPiece(): Buffer | null;
  /** Whether the last piece has been given out. */
  isDone(): boolean;
  /** Interleaved delivered offsets and prefix CRCs; complete once done. */
  readonly table: Uint32Array;
}

export interface ContentSource {
  readonly spec: LoadSpec;
  readonly writer: RecordWriter;
  /** The stream of all objects; each object takes its fork. */
  readonly objectsRandom: SeededRandom;
  /** Holds a piece; the larger, the fewer pieces. */
  readonly pieceBuffer: Buffer;
}

export function createObjectContent(source: ContentSource, index: number): ObjectContent {
  const { spec, writer, pieceBuffer } = source;
  const random = source.objectsRandom.fork(index);
  const lines = drawLines(spec, index, random);
  const noiseRandom = random.fork('noise');
  const noise = spec.noise === 'dirty' ? drawNoise(noiseRandom) : CLEAN;
  const table = new Uint32Array((lines + 1) * 2);
  const lineRoom = writer.lineBytesMax + NOISE_BYTES_MAX;
  writer.startObject(index, random.fork('lines'));

  let line = 0;
  let deliveredBytes = 0;
  let crc = 0;

  function writeLine(start: number): number {
    let at = writeBefore(pieceBuffer, start, noise, noiseRandom, line);
    const lineStart = at;
    const timeS = FIRST_EVENT_S + Math.floor(OBJECT_SPAN_S * (index + line / lines));
    at = writer.writeLine(pieceBuffer, at, line, timeS);
    const lineEnd = at;
    at = writeAfter(pieceBuffer, at, noise, line === lines - 1);
    if (at === lineEnd + 1 && pieceBuffer[lineEnd] === LINE_FEED) {
      crc = crc32(pieceBuffer.subarray(lineStart, at), crc);
    } else {
      crc = crc32(NEWLINE, crc32(pieceBuffer.subarray(lineStart, lineEnd), crc));
    }
    deliveredBytes += lineEnd - lineStart + 1;
    line += 1;
    table[2 * line] = deliveredBytes;
    table[2 * line + 1] = crc;
    return at;
  }

  return {
    lines,
    table,
    isDone: () => line === lines,
    nextPiece() {
      if (line === lines) return null;
      let at = 0;
      while (line < lines && at + lineRoom <= pieceBuffer.length) at = writeLine(at);
      if (deliveredBytes > DELIVERED_BYTES_MAX) {
        throw new RangeError(`object ${index} would exceed 4 GiB uncompressed: ask for fewer lines per object`);
      }
      return pieceBuffer.subarray(0, at);
    },
  };
}

function drawLines(spec: LoadSpec, index: number, random: SeededRandom): number {
  const factor = 1 + spec.linesSpread * (2 * random.next() - 1);
  return Math.max(1, Math.round(linesOfObject(spec, index) * factor));
}

function writeBefore(target: Buffer, start: number, noise: ObjectNoise, random: SeededRandom, line: number): number {
  let at = start;
  if (noise.isArray && line === 0) {
    target[at++] = OPENING_BRACKET;
    at = writeNewline(target, at, noise);
  }
  if (noise.blankLineShare > 0 && random.chance(noise.blankLineShare)) at = writeNewline(target, at, noise);
  const hasComma = noise.isArray ? line > 0 : noise.strayCommaShare > 0 && random.chance(noise.strayCommaShare);
  if (hasComma) target[at++] = COMMA;
  return at;
}

function writeAfter(target: Buffer, start: number, noise: ObjectNoise, isLast: boolean): number {
  let at = start;
  if (!isLast || noise.isArray || !noise.isLastNewlineMissing) at = writeNewline(target, at, noise);
  if (isLast && noise.isArray) {
    target[at++] = CLOSING_BRACKET;
    if (!noise.isLastNewlineMissing) at = writeNewline(target, at, noise);
  }
  return at;
}

function writeNewline(target: Buffer, start: number, noise: ObjectNoise): number {
  let at = start;
  if (noise.isCrlf) target[at++] = CARRIAGE_RETURN;
  target[at++] = LINE_FEED;
  return at;
}
