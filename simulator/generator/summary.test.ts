import { describe, expect, it } from 'vitest';
import { describeSummary, summarizeUploads, type SlipSummary } from './summary.ts';
import type { UploadRecord } from './upload-record.ts';

const late = (slipMs: number, index: number): UploadRecord => ({
  index,
  key: `k${index}`,
  etag: 'e',
  intendedMs: 1_000,
  putStartMs: 1_000 + slipMs,
  putEndMs: 2_000,
  fileTimestampMs: 1_000,
  gzBytes: 2,
  rawBytes: 30,
  lines: 4,
});

const slipOf = (count: number): SlipSummary =>
  summarizeUploads(
    Array.from({ length: count }, (_, index) => late(7, index)),
    0,
  ).scheduleSlipMs;

describe('summarizeUploads', () => {
  it('adds up what was uploaded and ranks how late it began', () => {
    const uploads = Array.from({ length: 300 }, (_, index) => late(300 - index, index));
    expect(summarizeUploads(uploads, 1)).toEqual({
      objects: 300,
      rawBytes: 9_000,
      gzBytes: 600,
      lines: 1_200,
      scheduleSlipMs: { p50: 150, p99: 297, max: 300 },
      failed: 1,
    });
  });

  it('gives no percentile that too few uploads support', () => {
    expect(slipOf(299)).toEqual({ p50: 7, p99: null, max: 7 });
    expect(slipOf(5)).toEqual({ p50: null, p99: null, max: 7 });
    expect(slipOf(0)).toEqual({ p50: null, p99: null, max: null });
  });

  it('says in a sentence what happened', () => {
    expect(describeSummary(summarizeUploads([late(3, 0)], 2))).toBe(
      'uploaded 1 objects, 0.0 MB raw, 0.0 MB gz, 4 lines; the latest began 3.0 ms late; 2 failed',
    );
    expect(describeSummary(summarizeUploads([], 0))).toBe('uploaded 0 objects, 0.0 MB raw, 0.0 MB gz, 0 lines');
  });
});
