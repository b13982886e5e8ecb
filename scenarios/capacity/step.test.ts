import { describe, expect, it } from 'vitest';
import { judge, type Result, sampleResult } from '#reports';
import { damageOf, pointOf, scenarioOf, singleInstance, type StepPlan } from './step.ts';

const plan: StepPlan = {
  ...singleInstance,
  settings: [],
  endpoints: 3,
  objects: 60,
  offeredRawMBps: 20,
  sloLagMs: 60_000,
};

/** 20 MB/s for 30 s, after four objects of 10 MB that warm up; `deliveredShare` of it comes through in time, and the rest after the end. */
function resultOf(deliveredShare: number): Result {
  const result = sampleResult();
  const [second] = result.timeline;
  return {
    ...result,
    checks: [],
    load: { ...result.load, files: 64, rawBytes: 640e6 },
    delivery: { ...result.delivery, lostLines: 0 },
    latencyMs: { ...result.latencyMs, lag: { ...result.latencyMs.lag, p99: 300 } },
    timeline: Array.from({ length: 32 }, (_, tS) => ({
      ...second!,
      tS,
      offeredRawBytes: tS < 30 ? 20e6 : 0,
      rawBytes: tS < 30 ? 20e6 * deliveredShare : (600e6 * (1 - deliveredShare)) / 2,
      lagAvgMs: 200,
    })),
  };
}

describe('the run of a step', () => {
  it('is valid below 70 % of what the sink takes alone, which is measured where agents are next door', () => {
    const ceilingOf = (of: StepPlan) => scenarioOf(of).expect.find(({ path }) => path === 'sinkCeiling.shareUsed');
    expect(ceilingOf(plan)).toMatchObject({ kind: 'validity', op: '<=', limit: 0.7 });
    expect(ceilingOf({ ...plan, offeredRawMBps: null })).toBeDefined();
    expect(ceilingOf({ ...plan, agentLatencyMs: 200 })).toBeUndefined();
  });

  it('proves nothing above that', () => {
    const near = { ...resultOf(1), sinkCeiling: { rawMBps: 25, shareUsed: 0.8 } };
    const { outcome } = pointOf(plan, 'max', judge(near, scenarioOf(plan).expect));
    expect(outcome).toMatchObject({
      kind: 'invalid',
      reasons: ['rate over what the sink takes alone: 0.8 (limit 0.7)'],
    });
  });
});

describe('a step whose lines came twice or altered', () => {
  it('is a failure of the streamer, and none of its capacity; one that is not done in time may be over the edge', () => {
    const checks = scenarioOf(plan).expect;
    const { delivery } = resultOf(1);
    const judged = (changed: Partial<Result['delivery']>) =>
      damageOf(judge({ ...resultOf(1), delivery: { ...delivery, ...changed } }, checks));
    expect(judged({})).toEqual([]);
    expect(judged({ lostLines: 7 })).toEqual([]);
    expect(judged({ corruptLines: 3 })).toEqual(['corrupt lines: 3']);
    expect(judged({ unexpectedLines: 2 })).toEqual(['unexpected lines: 2']);
    const copies = judged({ duplicateLines: 5, duplicateBound: 0 });
    expect(copies).toEqual([expect.stringContaining(': 5')]);
  });
});

describe('the point of a step', () => {
  it('has a schedule as long as the measured load, without the warm-up', () => {
    expect(pointOf(plan, 'max', resultOf(1)).load.scheduleS).toBeCloseTo(30);
  });

  it('is not sustained where the backlog grows, though it drains right after the end', () => {
    const { outcome } = pointOf(plan, 'max', resultOf(0.96));
    expect(outcome.kind).toBe('unsustainable');
    expect(outcome.reasons).toEqual([expect.stringContaining('the backlog grows by')]);
    expect(pointOf(plan, 'max', resultOf(1)).outcome.kind).toBe('sustainable');
  });
});
