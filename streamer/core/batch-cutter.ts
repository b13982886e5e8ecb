/**
 * Cuts an object's uncompressed bytes into batches of whole lines, whatever the chunks they arrive in.
 *
 * Invariants:
 * - The batches' ranges, the settled ranges given at the start and the quarantined lines together tile the object: no byte is skipped, none
 *   stands in two batches. A line that is settled in part (in pieces, under another limit) is not settled: it is delivered again, whole.
 * - The grid (where one batch ends and the next begins) follows from the object's lines, `linesMax` and `bytesMax` alone, so that an object
 *   which is read again is cut the same way. Settled lines and early flushes only take lines out of a grid cell; they never move its ends.
 * - A clean run of lines is passed on as views of the chunk it came in: bytes are copied only where a line crosses two chunks.
 */
import { coversRange, type Range, unionRanges } from './ranges.ts';
import { BYTE, isBlank, recordOf, type RecordRule, withoutCarriageReturn, withoutStrayComma } from './record-rule.ts';

export interface CutLimits {
  readonly linesMax: number;
  /** Of the body, newlines included. A single longer line travels alone. */
  readonly bytesMax: number;
  readonly lineBytesMax: number;
  /** What becomes of a longer line: set aside, delivered in pieces of that length, or only its beginning delivered. */
  readonly longLines: 'quarantine' | 'split' | 'truncate';
}

/** A line over the limit, by `CutLimits.longLines` set aside, split or truncated. */
export interface LongLine {
  readonly range: Range;
  /** Ordinal of the line in the object, from 0, every line of the file counted. */
  readonly line: number;
}

export interface CutBatch {
  readonly range: Range;
  /** Ordinal of the first line in the file, from 0. */
  readonly firstLine: number;
  /** Records in the body. 0 when the range holds nothing to deliver (blank lines, brackets, long lines): then nothing is sent. */
  readonly lines: number;
  /** The body: each record followed by \n, the last one too. */
  readonly parts: readonly Uint8Array[];
  readonly bodyBytes: number;
  /** The body is the range, byte for byte. */
  readonly isVerbatim: boolean;
  readonly longLines: readonly LongLine[];
}

const NEWLINE = Uint8Array.of(10);

function concat(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export class BatchCutter {
  readonly #rule: RecordRule;
  readonly #limits: CutLimits;
  readonly #settled: readonly Range[];
  readonly #spoilt: readonly Range[];
  #settledIndex = 0;

  /** Offset in the object of the first byte not yet given to a line. */
  #offset = 0;
  #line = 0;

  // The grid cell: counts every record of it, settled ones too.
  #cellLines = 0;
  #cellBytes = 0;

  // The open batch.
  #batchStart = 0;
  #batchFirstLine = 0;
  #batchLines = 0;
  #batchBytes = 0;
  #isVerbatim = true;
  #parts: Uint8Array[] = [];
  #longLines: LongLine[] = [];

  // A line that began in an earlier chunk. Of a line over the limit no more is kept than is delivered; the rest is only counted.
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  /** Where a line began whose first pieces are already in a batch; null at the beginning of a line. */
  #splitStart: number | null = null;
  #closed: CutBatch[] = [];

  /** Counted into the grid and not delivered: lines inside `settled`, a union's result; what begins in `spoilt`, lines that are garbled. */
  constructor(rule: RecordRule, limits: CutLimits, settled: readonly Range[], spoilt: readonly Range[] = []) {
    this.#rule = rule;
    this.#limits = limits;
    this.#settled = unionRanges(settled, spoilt);
    this.#spoilt = spoilt;
  }

  /** Whether lines wait for their batch to close. */
  get isOpen(): boolean {
    return this.#batchLines > 0;
  }

  /** Takes the object's next bytes and gives back the batches that they closed. The chunk must not change afterwards. */
  push(chunk: Uint8Array): readonly CutBatch[] {
    let start = 0;
    if (this.#tailBytes > 0) {
      const end = chunk.indexOf(BYTE.newline);
      if (end === -1) {
        this.#keepTail(chunk);
        return this.#takeClosed();
      }
      this.#keepTail(chunk.subarray(0, end + 1));
      this.#takeTail(true);
      start = end + 1;
    }
    this.#takeLines(chunk, start);
    return this.#takeClosed();
  }

  /** The object has ended: gives back what was left, with or without a last newline. */
  end(): readonly CutBatch[] {
    if (this.#tailBytes > 0) {
      this.#takeTail(false);
      // The body has a newline there that the object has not.
      this.#isVerbatim = false;
    }
    this.#closeBatch(this.#offset);
    return this.#takeClosed();
  }

  /** Closes the open batch early (`flush_interval`); the grid stays where it is. */
  flush(): readonly CutBatch[] {
    this.#closeBatch(this.#offset);
    return this.#takeClosed();
  }

  #takeClosed(): readonly CutBatch[] {
    const closed = this.#closed;
    if (closed.length > 0) this.#closed = [];
    return closed;
  }

  /** The fast path: whole lines inside one chunk. A run of clean lines becomes one view of it. */
  #takeLines(chunk: Uint8Array, from: number): void {
    const rule = this.#rule;
    let start = from;
    let runStart = from;
    for (;;) {
      const end = chunk.indexOf(BYTE.newline, start);
      if (end === -1) break;
      const emptyLines = end === start ? this.#emptyLinesAt(chunk, start) : 0;
      if (emptyLines > 0) {
        this.#addRun(chunk, runStart, start);
        this.#skipEmptyLines(emptyLines);
        start += emptyLines;
        runStart = start;
        continue;
      }
      const first = chunk[start];
      const isClean =
        end > start &&
        chunk[end - 1] !== BYTE.carriageReturn &&
        this.#line >= rule.headerLines &&
        end - start <= this.#limits.lineBytesMax &&
        !(
          rule.dropsArrayPunctuation &&
          (first === BYTE.comma || first === BYTE.open || first === BYTE.close || isBlank(first))
        ) &&
        !this.#isSettled(end + 1 - start);
      if (!isClean) {
        this.#addRun(chunk, runStart, start);
        this.#takeOddLine(chunk.subarray(start, end), end + 1 - start);
        runStart = end + 1;
      } else {
        const bytes = end + 1 - start;
        if (this.#wouldOverflow(bytes)) {
          this.#addRun(chunk, runStart, start);
          runStart = start;
          this.#startCell();
        }
        this.#countRecord(bytes);
      }
      start = end + 1;
    }
    this.#addRun(chunk, runStart, start);
    if (start < chunk.length) this.#keepTail(chunk.subarray(start));
  }

  /** How many empty lines stand here in a row, none of them settled: a bomb can be made of nothing else. */
  #emptyLinesAt(chunk: Uint8Array, from: number): number {
    if (this.#isSettled(1)) return 0;
    const settledStart = this.#settled[this.#settledIndex]?.start ?? Infinity;
    const end = Math.min(chunk.length, from + settledStart - this.#offset);
    let at = from;
    while (at < end && chunk[at] === BYTE.newline) at += 1;
    return at - from;
  }

  /** They stay in the range of the batch around them. */
  #skipEmptyLines(count: number): void {
    this.#isVerbatim = false;
    this.#offset += count;
    this.#line += count;
  }

  #addRun(chunk: Uint8Array, start: number, end: number): void {
    if (end > start) this.#parts.push(chunk.subarray(start, end));
  }

  #keepTail(bytes: Uint8Array): void {
    const { lineBytesMax, longLines } = this.#limits;
    const roomBytes = Math.max(0, lineBytesMax + 1 - this.#tailBytes);
    this.#tailBytes += bytes.length;
    switch (longLines) {
      case 'quarantine':
        if (this.#tailBytes <= lineBytesMax + 1) this.#tail.push(bytes);
        else this.#tail = [];
        return;
      case 'truncate':
        if (roomBytes > 0) this.#tail.push(bytes.subarray(0, roomBytes));
        return;
      case 'split':
        this.#tail.push(bytes);
        this.#takePieces();
        return;
    }
  }

  /** Pieces of a line that is sure to be longer. One byte over the limit is enough to know, unless it is the newline, which does not count. */
  #takePieces(): void {
    const { lineBytesMax } = this.#limits;
    if (this.#tailBytes <= lineBytesMax) return;
    if (this.#tailBytes === lineBytesMax + 1 && this.#tail.at(-1)?.at(-1) === BYTE.newline) return;
    const bytes = concat(this.#tail, this.#tailBytes);
    let start = 0;
    const isLong = (): boolean =>
      bytes.length - start > lineBytesMax + 1 ||
      (bytes.length - start === lineBytesMax + 1 && bytes.at(-1) !== BYTE.newline);
    for (; isLong(); start += lineBytesMax) {
      const isFirst = this.#splitStart === null;
      this.#splitStart ??= this.#offset;
      const piece = bytes.subarray(start, start + lineBytesMax);
      this.#takeRecord(this.#pieceOf(piece, isFirst), lineBytesMax, false);
    }
    this.#tail = [bytes.subarray(start)];
    this.#tailBytes = bytes.length - start;
  }

  #takeTail(hasNewline: boolean): void {
    const rawBytes = this.#tailBytes;
    const contentBytes = hasNewline ? rawBytes - 1 : rawBytes;
    const keptBytes = this.#tail.reduce((bytes, piece) => bytes + piece.length, 0);
    const kept = concat(this.#tail, keptBytes).subarray(0, contentBytes);
    this.#tail = [];
    this.#tailBytes = 0;
    if (contentBytes > this.#limits.lineBytesMax) this.#takeLongLine(kept, rawBytes);
    else this.#takeOddLine(kept, rawBytes);
  }

  /** Any line at all, by the format's rule: the slow path. `rawBytes` counts the newline, which the object's last line may lack. */
  #takeOddLine(line: Uint8Array, rawBytes: number): void {
    if (this.#splitStart !== null) this.#takeLastPiece(line, rawBytes);
    else if (line.length > this.#limits.lineBytesMax) this.#takeLongLine(line, rawBytes);
    else this.#takeRecord(this.#recordOf(line), rawBytes, true);
  }

  /** `line` is the line's content, or its beginning where that is all that is kept. */
  #takeLongLine(line: Uint8Array, rawBytes: number): void {
    const { lineBytesMax, longLines } = this.#limits;
    switch (longLines) {
      case 'quarantine':
        this.#takeRecord(null, rawBytes, true, this.#offset);
        return;
      case 'truncate':
        this.#takeRecord(this.#recordOf(line.subarray(0, lineBytesMax)), rawBytes, true, this.#offset);
        return;
      case 'split': {
        let start = 0;
        this.#splitStart = this.#offset;
        for (; line.length - start > lineBytesMax; start += lineBytesMax) {
          const piece = line.subarray(start, start + lineBytesMax);
          this.#takeRecord(this.#pieceOf(piece, start === 0), lineBytesMax, false);
        }
        this.#takeLastPiece(line.subarray(start), rawBytes - start);
        return;
      }
    }
  }

  #takeLastPiece(piece: Uint8Array, rawBytes: number): void {
    const lineStart = this.#splitStart ?? this.#offset;
    this.#splitStart = null;
    this.#takeRecord(this.#pieceOf(withoutCarriageReturn(piece), false), rawBytes, true, lineStart);
  }

  #recordOf(line: Uint8Array): Uint8Array | null {
    return this.#line < this.#rule.headerLines ? null : recordOf(line, this.#rule);
  }

  /** A piece of a split line. The format's rule looks at the line's beginning only. */
  #pieceOf(piece: Uint8Array, isFirst: boolean): Uint8Array | null {
    if (this.#line < this.#rule.headerLines) return null;
    const rest = isFirst && this.#rule.dropsArrayPunctuation ? withoutStrayComma(piece) : piece;
    return rest.length === 0 ? null : rest;
  }

  /**
   * Puts one record (null: nothing to deliver) into the grid, and into the batch unless it is settled. `longLineStart`: where the line over the
   * limit began that ends here.
   */
  #takeRecord(
    record: Uint8Array | null,
    rawBytes: number,
    isLineEnd: boolean,
    longLineStart: number | null = null,
  ): void {
    if (record !== null) {
      const bodyBytes = record.length + 1;
      if (this.#wouldOverflow(bodyBytes)) this.#startCell();
      this.#cellLines += 1;
      this.#cellBytes += bodyBytes;
    }
    if (this.#isSettled(rawBytes)) {
      this.#skipSettled(rawBytes, isLineEnd);
      return;
    }
    if (record === null || !isLineEnd || record.length + 1 !== rawBytes) this.#isVerbatim = false;
    if (record !== null) {
      this.#parts.push(record, NEWLINE);
      this.#batchLines += 1;
      this.#batchBytes += record.length + 1;
    }
    if (longLineStart !== null) {
      this.#longLines.push({ range: { start: longLineStart, end: this.#offset + rawBytes }, line: this.#line });
    }
    // A line without a record stays in the range of the batch around it.
    this.#advance(rawBytes, isLineEnd);
  }

  #countRecord(bytes: number): void {
    this.#cellLines += 1;
    this.#cellBytes += bytes;
    this.#batchLines += 1;
    this.#batchBytes += bytes;
    this.#advance(bytes, true);
  }

  #advance(rawBytes: number, isLineEnd: boolean): void {
    this.#offset += rawBytes;
    if (isLineEnd) this.#line += 1;
  }

  /** A settled line ends the batch before it and is in none. */
  #skipSettled(rawBytes: number, isLineEnd: boolean): void {
    this.#closeBatch(this.#offset);
    this.#advance(rawBytes, isLineEnd);
    this.#batchStart = this.#offset;
    this.#batchFirstLine = this.#line;
  }

  /** Whether all of the next bytes are. */
  #isSettled(bytes: number): boolean {
    const start = this.#offset;
    while ((this.#settled[this.#settledIndex]?.end ?? Infinity) <= start) this.#settledIndex += 1;
    const range = this.#settled[this.#settledIndex];
    if (range === undefined || range.start > start) return false;
    return start + bytes <= range.end || coversRange(this.#spoilt, { start, end: start + 1 });
  }

  #wouldOverflow(bodyBytes: number): boolean {
    return (
      this.#cellLines > 0 &&
      (this.#cellLines >= this.#limits.linesMax || this.#cellBytes + bodyBytes > this.#limits.bytesMax)
    );
  }

  #startCell(): void {
    this.#closeBatch(this.#offset);
    this.#cellLines = 0;
    this.#cellBytes = 0;
  }

  #closeBatch(end: number): void {
    if (end > this.#batchStart) {
      this.#closed.push({
        range: { start: this.#batchStart, end },
        firstLine: this.#batchFirstLine,
        lines: this.#batchLines,
        parts: this.#parts,
        bodyBytes: this.#batchBytes,
        isVerbatim: this.#isVerbatim,
        longLines: this.#longLines,
      });
    }
    this.#batchStart = end;
    this.#batchFirstLine = this.#line;
    this.#batchLines = 0;
    this.#batchBytes = 0;
    this.#isVerbatim = true;
    this.#parts = [];
    this.#longLines = [];
  }
}
