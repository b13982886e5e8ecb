/**
 * Gives the memory of a large buffer back at once. Left to the garbage collector it stays until the next full collection, and those are rare where little else
 * is allocated: at full speed dead buffers were a third of the process.
 */

/** A smaller one may be a piece of a slab that others use, and is not worth it. */
export const FREED_BYTES_MIN = 64 * 1024;

/** Nobody may read or write `bytes` any more, neither a thread nor the kernel. Views of a larger buffer are left alone. */
export function freeMemory(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (bytes.length < FREED_BYTES_MIN || bytes.length !== buffer.byteLength) return;
  // A transfer detaches the memory from its owner; one to length 0 frees it.
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
