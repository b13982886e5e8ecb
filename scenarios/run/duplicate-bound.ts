/**
 * The most lines that a kill may cause to be sent twice: those that had reached the sink and were not in durable state at that moment.
 * Both sides are taken as found after the kill: the sink's ledger and a copy of the state file. Neither is the streamer's own word.
 */
import type { LineTable } from '#simulator';
import type { ObjectRecord } from '#streamer';

export interface DeliveredObject {
  readonly index: number;
  /** Distinct lines at the sink. */
  readonly deliveredLines: number;
}

/** Lines of the object that lie wholly inside the settled ranges. */
export function settledLines(durable: ObjectRecord, table: LineTable): number {
  switch (durable.kind) {
    case 'unknown':
      return 0;
    case 'complete':
      return table.lines;
    case 'partial':
      return durable.settled.reduce((lines, range) => lines + linesWithin(range, table), 0);
  }
}

/** Offsets of a clean object are the same in its raw and in its delivered stream. */
function linesWithin({ start, end }: { readonly start: number; readonly end: number }, table: LineTable): number {
  return Math.max(0, lastLineAt(end, table) - firstLineAt(start, table));
}

/** The first line that begins at or after the offset. */
function firstLineAt(offset: number, { lines, entries }: LineTable): number {
  let low = 0;
  let high = lines;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[2 * middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The number of lines that end at or before the offset. */
function lastLineAt(offset: number, table: LineTable): number {
  const line = firstLineAt(offset, table);
  return (table.entries[2 * line] ?? 0) > offset ? line - 1 : line;
}

/** Lines at the sink beyond those in durable state, over all objects. */
export function linesNotDurable(
  objects: readonly DeliveredObject[],
  durable: ReadonlyMap<number, ObjectRecord>,
  readTable: (index: number) => LineTable,
): number {
  return objects.reduce((lines, { index, deliveredLines }) => {
    const settled = settledLines(durable.get(index) ?? { kind: 'unknown' }, readTable(index));
    return lines + Math.max(0, deliveredLines - settled);
  }, 0);
}
