/** Invented traffic for sample-result.ts: objects on a constant schedule, and what a sink would have seen of them. */
import type { Agent, TimelinePoint } from './model.ts';
import type { WaterfallObject } from './waterfall.ts';

export interface SampleOptions {
  readonly durationS: number;
  readonly filesPerMin: number;
  readonly scanIntervalMs: number;
  readonly delayWindowMs: number;
}

export const START_MS = Date.UTC(2000, 0, 1);
export const RAW_BYTES = 10_000_000;
export const GZ_BYTES = 650_000;
export const LINES = 6500;

export function sampleObjects(options: SampleOptions): (WaterfallObject & { readonly endS: number })[] {
  const random = seededRandom(1234);
  const count = Math.round((options.durationS / 60) * options.filesPerMin);
  return Array.from({ length: count }, (_, index) => {
    const intendedVisibleMs = START_MS + (index + 1) * (60_000 / options.filesPerMin);
    const fileTimestampMs = Math.floor(intendedVisibleMs / 1000) * 1000;
    const visibleMs = intendedVisibleMs + 4 + random() * 5;
    const eligibleMs = Math.max(intendedVisibleMs, fileTimestampMs + options.delayWindowMs);
    const listedMs = Math.max(visibleMs, eligibleMs) + random() * options.scanIntervalMs;
    const getIssuedMs = listedMs + 0.6 + random();
    const inflatedMs = getIssuedMs + 16 + random() * 8;
    const batchClosedMs = inflatedMs + 1 + random() * 2;
    const firstSentMs = batchClosedMs + 2 + random() * 4;
    const acknowledgedMs = firstSentMs + 5 + random() * 12;
    const boundaries = {
      fileTimestampMs,
      intendedVisibleMs,
      visibleMs,
      eligibleMs,
      listedMs,
      getIssuedMs,
      inflatedMs,
      batchClosedMs,
      firstSentMs,
      acknowledgedMs,
    };
    return {
      key: `year=2000/month=1/day=1/0${fileTimestampMs / 1000}_56442_130_1.gz`,
      lagMs: acknowledgedMs - eligibleMs,
      boundaries,
      endS: (acknowledgedMs - START_MS) / 1000,
    };
  });
}

export function sampleTimeline(
  objects: readonly {
    readonly endS: number;
    readonly lagMs: number;
    readonly boundaries: { readonly intendedVisibleMs: number };
  }[],
  agentCount: number,
): TimelinePoint[] {
  const random = seededRandom(99);
  return Array.from({ length: Math.ceil(objects.at(-1)?.endS ?? 0) }, (_, tS) => {
    const done = objects.filter((object) => Math.floor(object.endS) === tS);
    const offered = objects.filter(
      (object) => Math.floor((object.boundaries.intendedVisibleMs - START_MS) / 1000) === tS,
    );
    const lagsMs = done.map((object) => object.lagMs);
    const warmUp = 1 - Math.exp(-tS / 8);
    return {
      tS,
      offeredRawBytes: offered.length * RAW_BYTES,
      files: done.length,
      posts: done.length * 10,
      rawBytes: done.length * RAW_BYTES,
      lines: done.length * LINES,
      agentRawBytes: Array.from({ length: agentCount }, () => Math.floor((done.length * RAW_BYTES) / agentCount)),
      lagAvgMs: done.length === 0 ? null : lagsMs.reduce((sum, lagMs) => sum + lagMs, 0) / done.length,
      lagMaxMs: done.length === 0 ? null : Math.max(...lagsMs),
      backlogFiles: offered.length > done.length ? 1 : 0,
      httpErrors: 0,
      streamerRssMB: 88 + warmUp * 30 + random() * 9,
      streamerCpuCores: tS === 0 ? 0.4 : 0.02 + done.length * 0.035 + random() * 0.02,
      sinkEventLoopUtilization: done.length * 0.02 + random() * 0.01,
    };
  });
}

export function sampleAgents(files: number): Agent[] {
  return [0.3318, 0.3402, 0.328].map((shareOfBytes, index) => ({
    endpoint: `http://127.0.0.1:808${index}`,
    posts: Math.round(files * 10 * shareOfBytes),
    rawBytes: Math.round(files * RAW_BYTES * shareOfBytes),
    lines: Math.round(files * LINES * shareOfBytes),
    shareOfBytes,
    active: true,
  }));
}

/** A linear congruential generator: all that test data needs. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
