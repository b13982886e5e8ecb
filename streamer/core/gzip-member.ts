/** The members of a gzip object (RFC 1952): each has a header, a compressed body, and a trailer with the CRC and the length of its content. */
import { isGzip } from './gzip-trailer.ts';

export const TRAILER_BYTES = 8;
const FIXED_HEADER_BYTES = 10;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;
const FLAGS_RESERVED = 0xe0;

/** Logs inflate 5 to 50 times. */
const RATIO_MAX = 100;

/** Where the compressed body of the member that begins at `at` begins; null where no whole header stands there. */
export function memberBodyAt(stored: Uint8Array, at: number): number | null {
  const flags = stored[at + 3];
  if (!isGzip(stored.subarray(at, at + 2)) || stored[at + 2] !== 8 || flags === undefined) return null;
  let bodyAt = at + FIXED_HEADER_BYTES;
  if ((flags & FLAG.extra) !== 0) bodyAt += 2 + (stored[bodyAt] ?? 0) + 256 * (stored[bodyAt + 1] ?? 0);
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    const end = stored.indexOf(0, bodyAt);
    if (end === -1) return null;
    bodyAt = end + 1;
  }
  if ((flags & FLAG.headerCrc) !== 0) bodyAt += 2;
  return bodyAt < stored.length ? bodyAt : null;
}

/**
 * Where the next member may begin: behind zeros, which are padding, or a hole that a power cut left; the end where nothing else follows. zlib itself stops at
 * the first zero and says that all is well.
 */
export function behindZeros(stored: Uint8Array, at: number): number {
  let next = at;
  while (stored[next] === 0) next += 1;
  return next;
}

/** What the trailer says. Its length is modulo 2^32. */
export function memberTrailer(
  stored: Uint8Array,
  trailerAt: number,
): { readonly crc: number; readonly length: number } {
  const view = new DataView(stored.buffer, stored.byteOffset + trailerAt, TRAILER_BYTES);
  return { crc: view.getUint32(0, true), length: view.getUint32(4, true) };
}

/**
 * The uncompressed length of what looks like one whole member; null where it cannot be one, or none of a log. Without inflating no more can be told: the length
 * must be one that so many stored bytes can hold. Behind several members, garbage or zeros, or where the end is missing, stand other bytes than a length, and most
 * of them name none of these.
 */
export function singleMemberRawBytes(stored: Uint8Array): number | null {
  const bodyAt = memberBodyAt(stored, 0);
  if (bodyAt === null || bodyAt + TRAILER_BYTES >= stored.length || ((stored[3] ?? 0) & FLAGS_RESERVED) !== 0)
    return null;
  const { length } = memberTrailer(stored, stored.length - TRAILER_BYTES);
  return length >= stored.length && length <= stored.length * RATIO_MAX ? length : null;
}
