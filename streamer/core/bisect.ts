/** Halving a refused body, down to the line that is refused alone. */

export interface BodyPart {
  /** Whole records, each followed by \n. */
  readonly body: Uint8Array;
  /** Ordinal of the first record in the whole body, from 0. */
  readonly firstRecord: number;
  readonly records: number;
}

const NEWLINE = 10;

function countNewlines(body: Uint8Array): number {
  let count = 0;
  for (let at = body.indexOf(NEWLINE); at !== -1; at = body.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** Two non-empty halves at the line break nearest after the middle (or before it); null when the part is a single record. */
export function halve(part: BodyPart): readonly [BodyPart, BodyPart] | null {
  if (part.records < 2) return null;
  const { body } = part;
  const middle = body.length >> 1;
  let end = body.indexOf(NEWLINE, middle) + 1;
  if (end === 0 || end === body.length) end = body.lastIndexOf(NEWLINE, middle - 1) + 1;
  const left = body.subarray(0, end);
  const leftRecords = countNewlines(left);
  return [
    { body: left, firstRecord: part.firstRecord, records: leftRecords },
    { body: body.subarray(end), firstRecord: part.firstRecord + leftRecords, records: part.records - leftRecords },
  ];
}
