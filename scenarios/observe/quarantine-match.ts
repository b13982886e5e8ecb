/**
 * Whether what is in quarantine is what belongs there: each damage has one record, with its own reason, at its own place, and nothing else has any.
 * The place is the line's range. Where a refused line stood in a batch that is not the file's bytes as they are (stray commas, blank lines), the record names the
 * range of that batch and which of its records it is.
 */
import type { DamagePlace } from '#simulator';

export interface QuarantineRecord {
  readonly key: string;
  readonly reason: string;
  readonly detail: string;
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly firstLine: number | null;
}

export interface ExpectedRecord {
  readonly key: string;
  readonly reason: string;
  /** What the receiver said; null where it was not asked. */
  readonly answer: string | null;
  /** Null for the rest of the object. */
  readonly place: DamagePlace | null;
  /** The object's content as it is stored. */
  readonly content: Buffer;
}

export interface QuarantineMatch {
  /** Damage without a record of its own. */
  readonly missing: readonly ExpectedRecord[];
  /** Records that no damage explains, or that say once more what another one says. */
  readonly undeserved: readonly QuarantineRecord[];
}

/** `marker`: what stands in each record of the load, and in nothing else. */
export function matchQuarantine(
  expected: readonly ExpectedRecord[],
  found: readonly QuarantineRecord[],
  marker: string,
): QuarantineMatch {
  const left = [...found];
  const missing = expected.filter((wanted) => {
    const at = left.findIndex((record) => isRecordOf(wanted, record, marker));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { missing, undeserved: left };
}

function isRecordOf(wanted: ExpectedRecord, found: QuarantineRecord, marker: string): boolean {
  const { key, reason, answer, place } = wanted;
  if (found.key !== key || found.reason !== reason) return false;
  if (answer !== null && !found.detail.includes(answer)) return false;
  if (place === null || found.range === null) return place === null && found.range === null && found.firstLine === null;
  if (found.range.start === place.start && found.range.end === place.end) return found.firstLine === place.line;
  return answer !== null && isRecordOfRange(wanted, place, { ...found, range: found.range }, marker);
}

/** `(record N of the range)`: as many records of the load stand before it there, and the first line is the range's own. */
function isRecordOfRange(
  { content }: ExpectedRecord,
  place: DamagePlace,
  { range, firstLine, detail }: QuarantineRecord & { readonly range: { readonly start: number; readonly end: number } },
  marker: string,
): boolean {
  if (range.start > place.start || range.end < place.end) return false;
  const ordinal = /\(record (\d+) of the range\)$/.exec(detail)?.[1];
  const before = countOf(content.subarray(range.start, place.start), marker);
  return Number(ordinal) === before && firstLine === countOf(content.subarray(0, range.start), '\n');
}

function countOf(content: Buffer, text: string): number {
  return content.toString('latin1').split(text).length - 1;
}
