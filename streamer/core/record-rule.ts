/** What a format makes of one line: the record in it, or none. Invariant: a record is a piece of its line; bytes are taken off its ends, never changed. */

/** What a format does to each line before it is a record. */
export interface RecordRule {
  /** JSON-array leftovers: drops one stray leading `,`, and lines that hold only `[` or `]`. */
  readonly dropsArrayPunctuation: boolean;
  /** Lines at the object's beginning that are no records (a CSV heading). */
  readonly headerLines: number;
}

/** Whether lines of the object are not delivered as they stand: then somebody has to look at each. */
export function hasLineRule({ dropsArrayPunctuation, headerLines }: RecordRule): boolean {
  return dropsArrayPunctuation || headerLines > 0;
}

export const BYTE = { newline: 10, carriageReturn: 13, space: 32, tab: 9, comma: 44, open: 91, close: 93 } as const;

export function isBlank(byte: number | undefined): boolean {
  return byte === BYTE.space || byte === BYTE.tab || byte === BYTE.carriageReturn;
}

/** Without blanks and a comma at its beginning, if there is a comma. */
export function withoutStrayComma(line: Uint8Array): Uint8Array {
  let start = 0;
  while (isBlank(line[start])) start += 1;
  return line[start] === BYTE.comma ? line.subarray(start + 1) : line;
}

export function withoutCarriageReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === BYTE.carriageReturn ? line.subarray(0, -1) : line;
}

/** The record in a line (without its newline), or null when the rule says that it holds none. Other bytes are never touched. */
export function recordOf(line: Uint8Array, rule: RecordRule): Uint8Array | null {
  const end = line.at(-1) === BYTE.carriageReturn ? line.length - 1 : line.length;
  if (end === 0) return null;
  if (!rule.dropsArrayPunctuation) return line.subarray(0, end);
  let start = 0;
  while (start < end && isBlank(line[start])) start += 1;
  if (start === end) return null;
  let last = end - 1;
  while (isBlank(line[last])) last -= 1;
  const isLoneByte = start === last;
  if (isLoneByte && (line[start] === BYTE.open || line[start] === BYTE.close || line[start] === BYTE.comma))
    return null;
  return withoutStrayComma(line.subarray(0, end));
}
