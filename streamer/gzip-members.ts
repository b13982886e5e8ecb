/**
 * Reads a stored object member by member, each into memory and checked before any line of it is used.
 * Invariant: content of a member whose CRC or length is wrong is named as damaged, so that no garbled line is delivered.
 */
import { behindZeros } from './core/gzip-member.ts';
import { type Range, unionRanges } from './core/ranges.ts';
import type { GzipMember, Inflate } from './ports.ts';

export interface GzipMembers {
  readonly content: Uint8Array;
  /** What of the content stands in members whose CRC or length is wrong. */
  readonly damaged: readonly Range[];
  /** Where in the stored bytes something begins that is no whole member, or one that is too large; null at the end. */
  readonly restAt: number | null;
}

const NEWLINE = 10;
/** Of the content's length, at the end of a member. */
const LENGTH_BYTES = 4;

/** Null where not even the first member can be read so. `bytesMax`: of memory. */
export async function readMembers(inflate: Inflate, stored: Uint8Array, bytesMax: number): Promise<GzipMembers | null> {
  const members: GzipMember[] = [];
  const damaged: Range[] = [];
  let bytes = 0;
  let at = 0;
  while (at < stored.length) {
    // Several are joined in the end, and for a moment stand there twice.
    const freeBytes = members.length === 0 ? bytesMax : Math.floor(bytesMax / 2) - bytes;
    const member = await inflate.member(stored, at, freeBytes);
    if (member === null || isLost(member, stored)) break;
    members.push(member);
    if (!member.isSound && member.content.length > 0)
      damaged.push({ start: bytes, end: bytes + member.content.length });
    bytes += member.content.length;
    at = behindZeros(stored, member.end);
  }
  const [first] = members;
  if (first === undefined) return null;
  const content = members.length === 1 ? first.content : join(members, bytes);
  return { content, damaged, restAt: at < stored.length ? at : null };
}

/**
 * Nothing came of it, and its trailer counts bytes: what they were nobody can tell. Where the trailer, too, says that it is empty, only its CRC is wrong, and
 * nothing is missing.
 */
function isLost({ content, end, isSound }: GzipMember, stored: Uint8Array): boolean {
  return !isSound && content.length === 0 && stored.subarray(end - LENGTH_BYTES, end).some((byte) => byte !== 0);
}

/** The ranges of the lines that stand in the given ranges, be it in part. */
export function linesAround(content: Uint8Array, ranges: readonly Range[]): readonly Range[] {
  const lines = ranges.map(({ start, end }) => {
    const lineEnd = end === 0 ? -1 : content.indexOf(NEWLINE, end - 1);
    return {
      start: start === 0 ? 0 : content.lastIndexOf(NEWLINE, start - 1) + 1,
      end: lineEnd === -1 ? content.length : lineEnd + 1,
    };
  });
  return unionRanges(lines, []);
}

function join(members: readonly GzipMember[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const { content } of members) {
    whole.set(content, at);
    at += content.length;
  }
  return whole;
}
