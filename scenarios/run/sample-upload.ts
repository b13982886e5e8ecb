/** For tests: an upload at a time, with the fields that do not matter filled in. */
import type { PartUpload } from './outcomes.ts';

export function sampleUpload(index: number, intendedMs: number): PartUpload {
  return {
    part: 'objects',
    index,
    key: `year=2025/month=10/day=12/${index}.gz`,
    intendedMs,
    putStartMs: intendedMs + 1,
    putEndMs: intendedMs + 11,
    fileTimestampMs: Math.floor(intendedMs / 1000) * 1000,
    gzBytes: 650_000,
    rawBytes: 10_000_000,
    lines: 6500,
  };
}
