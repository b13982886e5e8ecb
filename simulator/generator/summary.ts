/** What a generator's run came to. */
import type { UploadRecord } from './upload-record.ts';

export interface GeneratorSummary {
  readonly objects: number;
  readonly rawBytes: number;
  readonly gzBytes: number;
  readonly lines: number;
  /** How late PUTs began against the schedule. */
  readonly scheduleSlipMs: SlipSummary;
  readonly failed: number;
}

/** Null where there are too few uploads to tell. */
export interface SlipSummary {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** A percentile needs so many samples beyond it: p99 needs 300. */
const SAMPLES_BEYOND = 3;

export function summarizeUploads(uploads: readonly UploadRecord[], failed: number): GeneratorSummary {
  const slipsMs = uploads.map((upload) => upload.putStartMs - upload.intendedMs).toSorted((a, b) => a - b);
  return {
    objects: uploads.length,
    rawBytes: sum(uploads.map((upload) => upload.rawBytes)),
    gzBytes: sum(uploads.map((upload) => upload.gzBytes)),
    lines: sum(uploads.map((upload) => upload.lines)),
    scheduleSlipMs: { p50: percentile(slipsMs, 50), p99: percentile(slipsMs, 99), max: slipsMs.at(-1) ?? null },
    failed,
  };
}

export function describeSummary(summary: GeneratorSummary): string {
  const { objects, rawBytes, gzBytes, lines, scheduleSlipMs, failed } = summary;
  const slip = scheduleSlipMs.max === null ? '' : `; the latest began ${scheduleSlipMs.max.toFixed(1)} ms late`;
  const failures = failed === 0 ? '' : `; ${failed} failed`;
  return `uploaded ${objects} objects, ${megabytes(rawBytes)} raw, ${megabytes(gzBytes)} gz, ${lines} lines${slip}${failures}`;
}

/** By nearest rank. */
function percentile(sorted: readonly number[], percent: number): number | null {
  if (sorted.length * (100 - percent) < SAMPLES_BEYOND * 100) return null;
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
