/**
 * Questions to a line table: where lines begin and end in the delivered stream, and whether bytes are exactly a run of them.
 * Invariant: offsets rise strictly, so a byte length fits at most one run from a given first line.
 */
import { crc32 } from 'node:zlib';
import type { LineTable } from '../load/manifest.ts';

const newline = Buffer.from('\n');

export function lineOffset(table: LineTable, line: number): number {
  return entryAt(table, 2 * line);
}

/** CRC-32 of the delivered stream before this line. */
export function prefixCrc(table: LineTable, line: number): number {
  return entryAt(table, 2 * line + 1);
}

/** The largest `end` such that lines first..end-1 take at most `bytes`, each with its newline; `first` itself when not even one does. */
export function endLineWithin(table: LineTable, first: number, bytes: number): number {
  const limit = lineOffset(table, first) + bytes;
  let low = first;
  let high = table.lines;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (lineOffset(table, middle) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Bytes of lines first..end-1, each with its newline. */
export function runBytes(table: LineTable, first: number, end: number): number {
  return lineOffset(table, end) - lineOffset(table, first);
}

/** Whether [start, stop) of `bytes` is exactly lines first..end-1; only the newline of the last one may be missing. */
export function isRun(
  table: LineTable,
  first: number,
  end: number,
  bytes: Buffer,
  start: number,
  stop: number,
): boolean {
  const expectedBytes = runBytes(table, first, end);
  const isUnended = stop - start === expectedBytes - 1;
  if (!isUnended && stop - start !== expectedBytes) return false;
  const crc = crc32(bytes.subarray(start, stop), prefixCrc(table, first));
  return (isUnended ? crc32(newline, crc) : crc) === prefixCrc(table, end);
}

function entryAt(table: LineTable, position: number): number {
  const value = table.entries[position];
  if (value === undefined) throw new RangeError(`a line table of ${table.lines} lines has no entry ${position >>> 1}`);
  return value;
}
