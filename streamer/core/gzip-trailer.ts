/** What a gzip object says of its own size (RFC 1952), before anything is inflated. */

const HEADER_AND_TRAILER_BYTES = 18;

export function isGzip(stored: Uint8Array): boolean {
  return stored[0] === 0x1f && stored[1] === 0x8b;
}

/**
 * The uncompressed length: ISIZE, the last four bytes, little-endian. It is true for a single member below 4 GiB; for anything else (several
 * members, trailing garbage, a bomb) it is only a guess, which the inflate checks. Content without the gzip magic is its own length.
 */
export function rawBytesFromTrailer(stored: Uint8Array): number {
  if (!isGzip(stored)) return stored.length;
  if (stored.length < HEADER_AND_TRAILER_BYTES) return 0;
  return new DataView(stored.buffer, stored.byteOffset, stored.byteLength).getUint32(stored.byteLength - 4, true);
}
