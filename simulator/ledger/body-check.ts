/**
 * Judges a body while it arrives: which lines it holds, byte for byte.
 *
 * The usual body is one run of lines of one object. Its first line says where the run begins; from then on a CRC is rolled over the
 * chunks and compared at the last line end in each, which proves all lines up to there without a look at them. That keeps up with
 * 1.1 GB/s. Where the CRC differs (a byte was altered, a line is foreign, cut or of another object), the bytes at hand are walked line by
 * line, and the rolling begins anew after them.
 * Invariants: every line is in exactly one finding, in the body's order, whatever the chunks; no more is held than the bytes of one
 * line, so memory does not grow with the bodies in flight.
 */
import { crc32 } from 'node:zlib';
import type { LineTable } from '../load/manifest.ts';
import type { LineNamer, NamedLine } from './line-namer.ts';
import { endLineWithin, isRun, prefixCrc, runBytes } from './line-table.ts';
import { addFinding, type BodyReader, type BodyVerdict, excerptOf, type Finding, linesIn } from './verdict.ts';

/** Lines that are expected to follow one another. */
interface Run {
  readonly index: number;
  readonly table: LineTable;
  /** The first line that is not proved yet. */
  line: number;
  /** Of the delivered stream up to the last byte that came. */
  crc: number;
}

const newlineByte = 0x0a;
const nothing = Buffer.alloc(0);
/** A failed try of a run has read it to its end: after so many bytes of them, the rest of a walk goes line by line. */
const triedBytesPerByte = 4;

export class BodyCheck implements BodyReader {
  readonly #namer: LineNamer;
  readonly #findings: Finding[] = [];
  /** Bytes of a line whose end has not come yet. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** While it is set, the held bytes are fewer than those of its next line. */
  #run: Run | null = null;
  #bytes = 0;
  #isFastPath = true;

  constructor(namer: LineNamer) {
    this.#namer = namer;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#run !== null) this.#follow(this.#run, chunk);
    else if (this.#heldBytes >= this.#namer.headBytes && !chunk.includes(newlineByte)) this.#hold(chunk);
    else this.#walk(this.#releaseHeld(chunk));
  }

  finish(): BodyVerdict {
    // What a run was waiting for did not come: the held bytes may be other, shorter lines, and the last may lack its newline.
    this.#walk(this.#releaseHeld());
    const last = this.#releaseHeld();
    if (last.length > 0) this.#judgeLine(this.#namer.name(last, 0, last.length), last, 0, last.length);
    return {
      bytes: this.#bytes,
      lines: linesIn(this.#findings),
      findings: this.#findings,
      isFastPath: this.#isFastPath,
    };
  }

  /** Goes on with a run: proves the lines that end in this chunk, and rolls the CRC over what is left of it. */
  #follow(run: Run, chunk: Buffer): void {
    const { index, table, line } = run;
    const end = endLineWithin(table, line, this.#heldBytes + chunk.length);
    if (end === line) {
      run.crc = crc32(chunk, run.crc);
      this.#hold(chunk);
      return;
    }
    const provedBytes = runBytes(table, line, end) - this.#heldBytes;
    if (crc32(chunk.subarray(0, provedBytes), run.crc) !== prefixCrc(table, end)) {
      this.#run = null;
      this.#walk(this.#releaseHeld(chunk));
      return;
    }
    addFinding(this.#findings, { kind: 'exact', index, first: line, end });
    this.#held = [];
    this.#heldBytes = 0;
    const rest = chunk.subarray(provedBytes);
    if (end === table.lines) {
      this.#run = null;
      this.#walk(rest);
    } else {
      run.line = end;
      run.crc = crc32(rest, prefixCrc(table, end));
      this.#hold(rest);
    }
  }

  /** Judges the lines that end in these bytes, which begin with a line, and holds what is left. */
  #walk(bytes: Buffer): void {
    let position = 0;
    let triedBytesLeft = triedBytesPerByte * bytes.length;
    for (let newline = bytes.indexOf(newlineByte); newline >= 0; newline = bytes.indexOf(newlineByte, position)) {
      const named = this.#namer.name(bytes, position, newline);
      if (named !== null && triedBytesLeft > 0) {
        const { index, line, table } = named;
        const end = endLineWithin(table, line, bytes.length - position);
        const stop = position + runBytes(table, line, end);
        if (end > line && isRun(table, line, end, bytes, position, stop)) {
          addFinding(this.#findings, { kind: 'exact', index, first: line, end });
          position = stop;
          continue;
        }
        triedBytesLeft -= stop - position;
      }
      this.#isFastPath = false;
      this.#judgeLine(named, bytes, position, newline + 1);
      position = newline + 1;
    }
    const rest = bytes.subarray(position);
    this.#hold(rest);
    this.#run = this.#beginRun(rest);
  }

  /** A run that begins with these bytes of an unfinished line; null when they do not name one, or are more than it has. */
  #beginRun(bytes: Buffer): Run | null {
    const named = this.#namer.name(bytes, 0, bytes.length);
    if (named === null) return null;
    const { index, line, table } = named;
    if (bytes.length >= runBytes(table, line, line + 1)) return null;
    return { index, table, line, crc: crc32(bytes, prefixCrc(table, line)) };
  }

  /** One line in [start, stop), with its newline where it has one. */
  #judgeLine(named: NamedLine | null, bytes: Buffer, start: number, stop: number): void {
    if (named === null) {
      addFinding(this.#findings, { kind: 'unexpected', lines: 1, excerpt: excerptOf(bytes, start, stop) });
      return;
    }
    const { index, line, table } = named;
    const kind = isRun(table, line, line + 1, bytes, start, stop) ? 'exact' : 'corrupt';
    addFinding(this.#findings, { kind, index, first: line, end: line + 1 });
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  /** The held bytes, which are then held no more, and the next ones after them. */
  #releaseHeld(next: Buffer = nothing): Buffer {
    if (this.#heldBytes === 0) return next;
    const bytes = Buffer.concat([...this.#held, next]);
    this.#held = [];
    this.#heldBytes = 0;
    return bytes;
  }
}
