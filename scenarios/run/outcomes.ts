/**
 * What became of each uploaded object, in times. The schedule and the sink give the outer moments (intended, settled), the streamer's log
 * only those inside: so a streamer that flatters itself gains nothing.
 */
import type { WaterfallBoundaries } from '#reports';
import type { CompletedObject } from './streamer-log.ts';
import type { Upload } from './uploads.ts';

/** An upload, and the part of the load that it belongs to. */
export interface PartUpload extends Upload {
  readonly part: string;
}

export interface ObjectOutcome {
  readonly upload: PartUpload;
  /** max(intended visible, file timestamp + delay window). */
  readonly eligibleMs: number;
  /** Null when not all its lines were settled. */
  readonly settled: SettledObject | null;
}

interface SettledObject {
  readonly settledMs: number;
  readonly lagMs: number;
  readonly fileAgeMs: number;
  /** Null when the streamer's log does not tell when it read the object. */
  readonly processingMs: number | null;
  readonly boundaries: WaterfallBoundaries | null;
}

export interface OutcomeSources {
  readonly uploads: readonly PartUpload[];
  readonly delayWindowMs: number;
  /** By object index, from the sink; null while a line is missing. */
  readonly settledMs: ReadonlyMap<number, number | null>;
  /** By key, from the streamer's log. */
  readonly completed: ReadonlyMap<string, CompletedObject>;
}

export function joinOutcomes(sources: OutcomeSources): readonly ObjectOutcome[] {
  return sources.uploads.map((upload) => {
    const eligibleMs = Math.max(upload.intendedMs, upload.fileTimestampMs + sources.delayWindowMs);
    const settledAtSinkMs = sources.settledMs.get(upload.index) ?? null;
    const completed = sources.completed.get(upload.key) ?? null;
    return {
      upload,
      eligibleMs,
      settled: settledAtSinkMs === null ? null : settle(upload, eligibleMs, settledAtSinkMs, completed),
    };
  });
}

function settle(
  upload: Upload,
  eligibleMs: number,
  settledAtSinkMs: number,
  completed: CompletedObject | null,
): SettledObject {
  // The sink sent its answer, then the streamer had it: the later of the two is when the line was acknowledged.
  const settledMs = Math.max(settledAtSinkMs, completed?.acknowledgedMs ?? 0);
  return {
    settledMs,
    lagMs: Math.max(0, settledMs - eligibleMs),
    fileAgeMs: Math.max(0, settledMs - upload.fileTimestampMs),
    processingMs: completed === null ? null : Math.max(0, settledMs - completed.getIssuedMs),
    boundaries:
      completed === null
        ? null
        : {
            fileTimestampMs: upload.fileTimestampMs,
            intendedVisibleMs: upload.intendedMs,
            visibleMs: upload.putEndMs,
            eligibleMs,
            listedMs: completed.listedMs,
            getIssuedMs: completed.getIssuedMs,
            inflatedMs: completed.inflatedMs,
            batchClosedMs: completed.batchClosedMs,
            firstSentMs: completed.firstSentMs,
            acknowledgedMs: settledMs,
          },
  };
}
