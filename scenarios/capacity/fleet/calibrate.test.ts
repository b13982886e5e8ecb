import { describe, expect, it } from 'vitest';
import { type Result, sampleResult } from '#reports';
import { samplePoint } from '../testing/sample-point.ts';
import { calibrate } from './calibrate.ts';
import type { MeasuredRun, MeasuredRuns } from './measured-runs.ts';

const observed = {
  inflateMsPerRawMB: 1.5,
  listMs: 4,
  listMsPer1000Keys: 60,
  redisMsPerCommand: 0.03,
  redisMsPerObject: 0.01,
  redisRoundTripMs: 0.1,
  journalMs: 1,
};

/** 100 objects of 2 MB raw in 200 POSTs of 1 MB, 5 ms of CPU time for a raw MB, 2 of the agents and 1 of S3. */
function measuredRun(
  instances: number,
  rawMBps: number,
  of: { readAndInflate: number; acknowledgement: number },
): MeasuredRun {
  const sample = sampleResult();
  const usage = (cpuS: number) => ({ ...sample.resources.streamer, cpuS });
  const parts = { schedule: 0, upload: 0, delayWindow: 0, discovery: 0, queue: 0, batching: 0, sendQueue: 0, ...of };
  return {
    point: { ...samplePoint({ experiment: 'scale', instances, offeredRawMBps: rawMBps }), agentLatencyMs: 200 },
    result: {
      ...sample,
      load: { ...sample.load, files: 100, rawBytes: 200e6, gzBytes: 10e6, lines: 200_000 },
      throughput: { ...sample.throughput, rawMBps },
      streamer: { ...sample.streamer, instances },
      resources: { streamer: usage(1), sink: usage(0.4), s3: usage(0.2), generator: usage(0) },
      waterfallMs: { n: 100, avg: parts, slowest: [] },
      requests: { ...sample.requests, post: 200 },
      observed,
    },
  };
}

function runs(...measured: readonly MeasuredRun[]): MeasuredRuns {
  return { folder: 'somewhere', experiment: 'scale', runs: measured, steps: [], drain: null };
}

describe('calibration', () => {
  const one = measuredRun(1, 8, { readAndInflate: 40, acknowledgement: 212 });
  const four = measuredRun(4, 30, { readAndInflate: 90, acknowledgement: 260 });
  const { times, otherMsPerRawMB, lineBytes, gzipRatio, inputs, runs: from } = calibrate(runs(four, one));

  it('takes the CPU times from what was observed and used', () => {
    expect(times.poolMsPerRawMB).toBe(1.5);
    // 5 ms in all.
    expect(times.loopMsPerRawMB).toBeCloseTo(3.5);
    expect(otherMsPerRawMB).toBeCloseTo(3);
    expect(times.agentRawMBps).toBeCloseTo(500);
  });

  it('takes the CPU times from the run that used least, where others were measured beside', () => {
    const { result } = measuredRun(1, 300, { readAndInflate: 40, acknowledgement: 12 });
    const usage = { ...result.resources.streamer, cpuS: 0.5 };
    const fast = { ...result, resources: { ...result.resources, streamer: usage } };
    const held = { ...fast, streamer: { ...fast.streamer, instances: 4 } };
    expect(calibrate({ ...runs(four, one), steps: [fast] }).times.loopMsPerRawMB).toBeCloseTo(1);
    expect(calibrate({ ...runs(four, one), steps: [held] }).times.loopMsPerRawMB).toBeCloseTo(3.5);
  });

  it('takes GET and POST without what has a share of its own', () => {
    // 40 ms, of which 2 MB x (1.5 + 3.5 / 2) are CPU time.
    expect(times.getMs).toBeCloseTo(40 - 6.5);
    // 212 ms, of which 200 are the agents', 1 MB x 3.5 / 2 CPU time, and 2 ms the agent's work.
    const postMs = 12 - 1.75 - 2;
    expect(times.postMs.min).toBeCloseTo(postMs / 2);
    expect(times.postMs.max).toBeCloseTo(postMs * 1.5);
    expect(from).toEqual([one]);
  });

  it('holds the largest number of instances out', () => {
    const two = measuredRun(2, 16, { readAndInflate: 50, acknowledgement: 230 });
    const quicker = measuredRun(4, 40, { readAndInflate: 10, acknowledgement: 205 });
    expect(calibrate(runs(one, two, quicker))).toMatchObject({ times, runs: [one, two] });
    expect(calibrate(runs(quicker)).runs).toEqual([quicker]);
  });

  it('takes the quickest of several: what is slower has waited for the machine', () => {
    const disturbed = measuredRun(1, 7, { readAndInflate: 640, acknowledgement: 242 });
    expect(calibrate(runs(disturbed, one, four)).times.getMs).toBeCloseTo(times.getMs);
    expect(calibrate(runs(disturbed, one, four)).quickest).toBe(one);
  });

  it('never takes a time below what can be told', () => {
    const fast = measuredRun(1, 8, { readAndInflate: 1, acknowledgement: 150 });
    const quick = calibrate(runs(fast)).times;
    expect(quick.getMs).toBeGreaterThan(0);
    expect(quick.postMs.min).toBeGreaterThan(0);
  });

  it('knows the load', () => {
    expect(lineBytes).toBe(1000);
    expect(gzipRatio).toBe(20);
  });

  it('says of each figure where it is from', () => {
    expect(inputs.map(({ name }) => name)).toContain('inflate, a raw MB on one core');
    for (const { source, note } of inputs) {
      expect(source).toBe('measured');
      expect(note).not.toBe('');
    }
  });

  it('asks for another measurement where a run does not tell what is needed', () => {
    const older = { ...one, result: { ...one.result, observed: {} } };
    expect(() => calibrate(runs(older))).toThrow(/inflateMsPerRawMB: measure again/);
  });

  it('refuses a run that does not tell its CPU time, and passes by another step that does not', () => {
    const silent = (result: Result, role: 'streamer' | 'sink' | 's3'): Result => ({
      ...result,
      resources: { ...result.resources, [role]: { ...result.resources[role], cpuS: null } },
    });
    for (const role of ['streamer', 'sink'] as const) {
      const unwatched = { ...one, result: silent(one.result, role) };
      expect(() => calibrate(runs(unwatched))).toThrow(/does not tell the CPU time .*Measure again/);
      expect(calibrate({ ...runs(four, one), steps: [unwatched.result] }).times).toEqual(times);
    }
    const far = calibrate(runs({ ...one, result: silent(one.result, 's3') }));
    expect(far.otherMsPerRawMB).toBeCloseTo(2);
    expect(far.inputs.find(({ name }) => name.startsWith('S3, CPU'))).toMatchObject({ value: 0, source: 'assumed' });
  });
});
