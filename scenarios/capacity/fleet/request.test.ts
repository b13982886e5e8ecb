import { describe, expect, it } from 'vitest';
import { sampleResult } from '#reports';
import { sampleTimes } from '../testing/sample-calibration.ts';
import { samplePoint } from '../testing/sample-point.ts';
import type { Calibration } from './calibrate.ts';
import { describeFault, type FleetRequest, planFleet } from './request.ts';

const calibration: Calibration = {
  times: sampleTimes(),
  otherMsPerRawMB: 3,
  lineBytes: 1500,
  gzipRatio: 15,
  inputs: [{ name: 'GET, to its last byte', value: 30, unit: 'ms', source: 'measured', note: 'a run' }],
  runs: [],
  quickest: {
    point: samplePoint({ experiment: 'scale', instances: 1, offeredRawMBps: 8 }),
    result: sampleResult(),
  },
};

const request: FleetRequest = {
  seed: 1,
  instances: 100,
  rawTBPerDay: 1000,
  durationS: 600,
  fault: 'none',
  faultAtS: 240,
  faultForS: 30,
  coresPerInstance: 2,
  endpointsPerInstance: 3,
  rawMBPerObject: 10,
  prefixes: 1,
  getPerSPerPrefix: 5500,
  s3LatencyMs: null,
  listMsPer1000: null,
  agentLatencyMs: null,
  agentRawMBps: null,
  redisRoundTripMs: null,
  settings: {},
};

describe('the plan of a fleet', () => {
  it('offers a petabyte a day as 4.2 million objects an hour', () => {
    const { plan, offeredRawMBps } = planFleet(request, calibration);
    expect(offeredRawMBps).toBeCloseTo(11_574, 0);
    expect((plan.load.objectsPerS * 3600) / 1e6).toBeCloseTo(4.17, 2);
    expect(plan.machine).toEqual({ cores: 2, isShared: false, otherMsPerRawMB: 0 });
  });

  it('has room in the ready queue for what is found and not yet eligible, unless it is set', () => {
    const { plan, settings } = planFleet(request, calibration);
    const found = plan.load.objectsPerS * (60 + 15);
    expect(settings['processing.queue_size']).toBeGreaterThan(found);
    expect(plan.configuration).toContain(`queue_size: ${settings['processing.queue_size']}`);
    const set = planFleet({ ...request, settings: { 'processing.queue_size': 1000 } }, calibration);
    expect(set.settings['processing.queue_size']).toBe(1000);
  });

  it('takes what was given over what was measured, and says so', () => {
    const { plan, inputs } = planFleet({ ...request, s3LatencyMs: 80, agentLatencyMs: 20 }, calibration);
    expect(plan.times.getMs).toBe(80);
    expect(plan.times.postMs).toEqual({ min: 10, max: 30 });
    expect(inputs[0]).toMatchObject({ value: 80, source: 'assumed', note: 'given; measured were 30.0 ms' });
    expect(planFleet(request, calibration).inputs[0]).toMatchObject({ value: 30, source: 'measured' });
  });

  it('knows what goes wrong', () => {
    expect(planFleet(request, calibration).plan.fault).toBeNull();
    const { fault } = planFleet({ ...request, fault: 's3-slow' }, calibration).plan;
    expect(fault).toMatchObject({ kind: 's3-slow', atS: 240, forS: 30 });
    expect(describeFault({ kind: 'redis-failover', atS: 1, forS: 30 })).toBe('Redis away for 30 s, as in a fail-over');
  });
});
