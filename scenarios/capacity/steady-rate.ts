/** How fast a backlog drains while all that drain it have work. At its start they look for some, and at its end one runs dry before another. */
import type { Result } from '#reports';

/** Of the bytes: what goes before and after is start and end. */
const fromShare = 0.1;
const toShare = 0.9;
/** The timeline counts by the second: in less, a moment cannot be told from its neighbour. */
const durationSMin = 5;

/** MB/s raw; null where the drain was too short to tell. */
export function steadyRawMBps(timeline: Result['timeline']): number | null {
  const total = timeline.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  const durationS = momentOf(timeline, total * toShare) - momentOf(timeline, total * fromShare);
  return durationS < durationSMin ? null : (total * (toShare - fromShare)) / 1e6 / durationS;
}

/** Seconds after which so many bytes were acknowledged, as if each second's had come evenly. */
function momentOf(timeline: Result['timeline'], bytes: number): number {
  let before = 0;
  for (const { tS, rawBytes } of timeline) {
    if (before + rawBytes >= bytes) return rawBytes === 0 ? tS : tS + (bytes - before) / rawBytes;
    before += rawBytes;
  }
  return timeline.length;
}
