import { describe, expect, it } from 'vitest';
import type { ObjectOutcome } from './outcomes.ts';
import { sampleUpload } from './sample-upload.ts';
import { buildTimeline, measurePace } from './timeline.ts';

const startMs = 1_000_000;

function outcome(index: number, intendedMs: number, lagMs: number | null): ObjectOutcome {
  const upload = sampleUpload(index, intendedMs);
  const settledMs = intendedMs + (lagMs ?? 0);
  return {
    upload,
    eligibleMs: intendedMs,
    settled:
      lagMs === null
        ? null
        : { settledMs, lagMs, fileAgeMs: settledMs - upload.fileTimestampMs, processingMs: null, boundaries: null },
  };
}

describe('buildTimeline', () => {
  const timeline = buildTimeline({
    startMs,
    endMs: startMs + 2300,
    agents: 2,
    outcomes: [outcome(0, startMs, 200), outcome(1, startMs + 900, 300), outcome(2, startMs + 1500, 800)],
    sink: [
      { tMs: startMs, posts: 10, bytes: 10_000_000, lines: 6500, agentBytes: [6_000_000, 4_000_000] },
      { tMs: startMs + 2000, posts: 1, bytes: 5, lines: 1, agentBytes: [0, 5] },
    ],
    streamers: [
      [
        { atMs: startMs + 900, cpuS: 1, mainThreadCpuS: null, rssMB: 90, rssMaxMB: 95 },
        { atMs: startMs + 1900, cpuS: 1.5, mainThreadCpuS: null, rssMB: 100, rssMaxMB: 101 },
      ],
    ],
    sinkUtilization: [{ atMs: startMs + 1000, utilization: 0.3 }],
  });

  it('has a point for every second, without gaps', () => {
    expect(timeline.map(({ tS }) => tS)).toEqual([0, 1, 2]);
  });

  it('puts arrivals, deliveries and completions into their seconds', () => {
    expect(timeline.map(({ offeredRawBytes }) => offeredRawBytes)).toEqual([20_000_000, 10_000_000, 0]);
    expect(timeline.map(({ files }) => files)).toEqual([1, 1, 1]);
    expect(timeline.map(({ agentRawBytes }) => agentRawBytes)).toEqual([
      [6_000_000, 4_000_000],
      [0, 0],
      [0, 5],
    ]);
    expect(timeline[2]?.lagAvgMs).toBe(800);
  });

  it('counts what was waiting at the end of each second', () => {
    expect(timeline.map(({ backlogFiles }) => backlogFiles)).toEqual([1, 1, 0]);
  });

  it('gives CPU as the difference of two samples', () => {
    expect(timeline.map(({ streamerCpuCores }) => streamerCpuCores)).toEqual([null, 0.5, null]);
  });

  it('adds up the processes that run, and has nothing of one that is dead', () => {
    const sampled = (atS: number, cpuS: number) => ({
      atMs: startMs + atS * 1000,
      cpuS,
      mainThreadCpuS: null,
      rssMB: 100,
      rssMaxMB: 100,
    });
    const points = buildTimeline({
      startMs,
      endMs: startMs + 2300,
      agents: 0,
      outcomes: [],
      sink: [],
      streamers: [
        [sampled(0.9, 1), sampled(1.9, 1.5)],
        [sampled(0.9, 3), sampled(1.9, 3.25), sampled(2.2, 3.5)],
      ],
      sinkUtilization: [],
    });
    expect(points.map(({ streamerRssMB }) => streamerRssMB)).toEqual([200, 200, 100]);
    expect(points.map(({ streamerCpuCores }) => streamerCpuCores?.toFixed(2))).toEqual([undefined, '0.75', '0.83']);
  });
});

describe('measurePace', () => {
  it('finds the most objects that waited at one moment', () => {
    const outcomes = [outcome(0, startMs, 100), outcome(1, startMs + 50, 100), outcome(2, startMs + 300, 100)];
    expect(measurePace(outcomes, startMs).backlogFilesMax).toBe(2);
  });

  it('has no drain time when something was never settled', () => {
    expect(measurePace([outcome(0, startMs, null)], startMs).drainS).toBeNull();
  });

  it('measures the drain from the end of the last upload', () => {
    expect(measurePace([outcome(0, startMs, 2011)], startMs)).toMatchObject({ drainS: 2, backlogFilesAtLoadEnd: 1 });
  });
});
