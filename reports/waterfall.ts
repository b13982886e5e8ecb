/**
 * The lag waterfall: where an object's file age went, boundary by boundary.
 * Invariant: the parts of an object add up to its file age, and the averages of the parts to the average file age.
 */
import { WATERFALL_PARTS } from './model-latency.ts';
import type { Waterfall, WaterfallPart, WaterfallPartsMs } from './model-latency.ts';

const SLOWEST_MAX = 5;

/** Boundaries of an object's last-settled line, epoch ms with fractions, in the order in which they should happen. */
export interface WaterfallBoundaries {
  readonly fileTimestampMs: number;
  readonly intendedVisibleMs: number;
  readonly visibleMs: number;
  readonly eligibleMs: number;
  readonly listedMs: number;
  readonly getIssuedMs: number;
  readonly inflatedMs: number;
  readonly batchClosedMs: number;
  readonly firstSentMs: number;
  readonly acknowledgedMs: number;
}

export interface WaterfallObject {
  readonly key: string;
  readonly lagMs: number;
  readonly boundaries: WaterfallBoundaries;
}

const ENDS = {
  schedule: 'intendedVisibleMs',
  upload: 'visibleMs',
  delayWindow: 'eligibleMs',
  discovery: 'listedMs',
  queue: 'getIssuedMs',
  readAndInflate: 'inflatedMs',
  batching: 'batchClosedMs',
  sendQueue: 'firstSentMs',
  acknowledgement: 'acknowledgedMs',
} as const satisfies Record<WaterfallPart, keyof WaterfallBoundaries>;

/**
 * Each boundary is clamped to the one before, because clocks of several processes meet here: a part is never negative.
 * It is also clamped to the acknowledgement, which ends the file age, so that the parts add up to exactly that.
 */
export function waterfallParts(boundaries: WaterfallBoundaries): WaterfallPartsMs {
  const endMs = Math.max(boundaries.acknowledgedMs, boundaries.fileTimestampMs);
  const parts = emptyParts();
  let previousMs = boundaries.fileTimestampMs;
  for (const part of WATERFALL_PARTS) {
    const boundaryMs = Math.min(endMs, Math.max(previousMs, boundaries[ENDS[part]]));
    parts[part] = boundaryMs - previousMs;
    previousMs = boundaryMs;
  }
  return parts;
}

export function summarizeWaterfall(objects: readonly WaterfallObject[]): Waterfall {
  const withParts = objects.map(({ key, lagMs, boundaries }) => {
    const fileAgeMs = Math.max(0, boundaries.acknowledgedMs - boundaries.fileTimestampMs);
    return { key, fileAgeMs, lagMs, parts: waterfallParts(boundaries) };
  });
  const avg = emptyParts();
  for (const part of WATERFALL_PARTS) {
    for (const object of withParts) avg[part] += object.parts[part] / withParts.length;
  }
  return {
    n: withParts.length,
    avg: withParts.length === 0 ? null : avg,
    slowest: withParts.toSorted((a, b) => b.lagMs - a.lagMs).slice(0, SLOWEST_MAX),
  };
}

function emptyParts(): Record<WaterfallPart, number> {
  return {
    schedule: 0,
    upload: 0,
    delayWindow: 0,
    discovery: 0,
    queue: 0,
    readAndInflate: 0,
    batching: 0,
    sendQueue: 0,
    acknowledgement: 0,
  };
}
