import { describe, expect, it } from 'vitest';
import type { TimelinePoint } from './model.ts';
import { lagSlopeSPerS, recentWindowS, summarizeAgentBalance, summarizePipelineStatus } from './pipeline-status.ts';
import { sampleMeasurements } from './sample-result.ts';

function timelineOf(rawBytes: readonly number[]): TimelinePoint[] {
  const [point] = sampleMeasurements().timeline;
  if (point === undefined) throw new Error('the sample has no timeline');
  return rawBytes.map((bytes, tS) => ({ ...point, tS, rawBytes: bytes }));
}

describe('summarizePipelineStatus', () => {
  it('compares the halves of the run, and the recent window with the one before', () => {
    // Eight seconds: halves of four, recent windows of two.
    const status = summarizePipelineStatus(timelineOf([25, 5, 5, 5, 10, 10, 20, 20]), []);
    expect(status).toMatchObject({ processedRawBytes: 100, growthPercent: 50, growthHalfS: 4 });
    expect(status).toMatchObject({ recentRawBytes: 40, recentPercent: 100, recentWindowS: 2 });
  });

  it('gives no percentage of growth from nothing', () => {
    const status = summarizePipelineStatus(timelineOf([0, 0, 5, 5]), []);
    expect(status.growthPercent).toBeNull();
  });

  it('says that nothing was measured when there is no timeline', () => {
    expect(summarizePipelineStatus([], [])).toEqual({
      processedRawBytes: null,
      growthPercent: null,
      growthHalfS: null,
      recentRawBytes: null,
      recentPercent: null,
      recentWindowS: null,
      activeAgents: 0,
      configuredAgents: 0,
    });
  });

  it('counts an idle agent as configured, not as active', () => {
    const [idle, ...others] = sampleMeasurements().agents;
    if (idle === undefined) throw new Error('the sample has no agents');
    const status = summarizePipelineStatus(timelineOf([1]), [{ ...idle, active: false }, ...others]);
    expect(status).toMatchObject({ activeAgents: 2, configuredAgents: 3 });
  });

  it('looks back a minute, or a quarter of a short run', () => {
    expect([1, 60, 300].map(recentWindowS)).toEqual([1, 15, 60]);
  });
});

describe('summarizeAgentBalance', () => {
  it('gives the largest distance from an even share', () => {
    const balance = summarizeAgentBalance([{ rawBytes: 90 }, { rawBytes: 100 }, { rawBytes: 110 }]);
    expect(balance.evenShare).toBeCloseTo(1 / 3);
    expect(balance.worstDeviation).toBeCloseTo(0.1);
  });

  it('is not measured when nothing was sent', () => {
    expect(summarizeAgentBalance([{ rawBytes: 0 }, { rawBytes: 0 }])).toEqual({ evenShare: 0.5, worstDeviation: null });
    expect(summarizeAgentBalance([])).toEqual({ evenShare: null, worstDeviation: null });
  });
});

describe('lagSlopeSPerS', () => {
  it('is the slope of lag in seconds per second', () => {
    const objects = Array.from({ length: 20 }, (_, atS) => ({ atS, lagMs: 300 + atS * 250 }));
    expect(lagSlopeSPerS(objects)).toBeCloseTo(0.25);
  });

  it('is not measured from two objects, or from one moment', () => {
    expect(
      lagSlopeSPerS([
        { atS: 0, lagMs: 1 },
        { atS: 1, lagMs: 2 },
      ]),
    ).toBeNull();
    expect(lagSlopeSPerS(Array.from({ length: 5 }, () => ({ atS: 3, lagMs: 1 })))).toBeNull();
  });
});
