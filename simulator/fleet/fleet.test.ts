import { describe, expect, it } from 'vitest';
import { runFleet } from './fleet.ts';
import type { FleetFault, FleetPlan } from './plan.ts';

const times = {
  getMs: 30,
  listMs: 5,
  listMsPer1000: 20,
  loopMsPerRawMB: 1.2,
  poolMsPerRawMB: 0.7,
  postMs: { min: 5, max: 15 },
  agentRawMBps: 300,
  redisMs: 0.03,
  redisMsPerObject: 0.01,
  redisRoundTripMs: 0.5,
  journalMs: 1,
};

function configurationOf(httpWorkers: number): string {
  return `
s3: { bucket: fleet, prefix: logs/, region: eu-central-1 }
http: { endpoints: ['http://a.example:8080', 'http://b.example:8080'], workers: ${httpWorkers} }
processing: { start_from: beginning, scan_interval: 1s, delay_window: 0s }
`;
}

const plan: FleetPlan = {
  seed: 7,
  instances: 3,
  configuration: configurationOf(10),
  load: {
    backlogObjects: 0,
    objectsPerS: 10,
    liveFromS: 0,
    liveForS: 20,
    rawBytesPerObject: 10e6,
    sizeSpread: 0.1,
    lineBytes: 1500,
    gridLossMax: 0.01,
    gzipRatio: 15,
    prefixes: 1,
  },
  times,
  machine: { cores: 2, isShared: false, otherMsPerRawMB: 0 },
  getPerSPerPrefix: 5500,
  fault: null,
  steadyFromS: 0,
  durationS: 120,
};

const watch = { onProgress: () => undefined, isStopped: () => false };

describe('a simulated fleet', () => {
  it('delivers every object once, by all of its instances', async () => {
    const run = await runFleet(plan, watch);
    expect(run.offeredObjects).toBeGreaterThan(150);
    expect(run.completedObjects).toBe(run.offeredObjects);
    expect(run.repeatedObjects).toBe(0);
    expect(run.gets).toBe(run.offeredObjects);
    expect(Math.min(...run.inFlightMBMax)).toBeGreaterThan(0);
    expect(run.simulatedS).toBeLessThan(30);
  });

  it('does the same again with the same seed, and something else with another', async () => {
    const first = await runFleet(plan, watch);
    expect(await runFleet(plan, watch)).toEqual(first);
    expect(await runFleet({ ...plan, seed: 8 }, watch)).not.toEqual(first);
  });

  it('ends where it is stopped, with what it has', async () => {
    let asked = 0;
    const run = await runFleet(plan, { ...watch, isStopped: () => (asked += 1) > 2000 });
    expect(run.steps).toBe(2000);
    expect(run.completedObjects).toBeGreaterThan(0);
    expect(run.completedObjects).toBeLessThan(run.offeredObjects);
  });

  it('claims nothing while Redis is away, and makes up for it', async () => {
    const fault: FleetFault = { kind: 'redis-failover', atS: 8, forS: 8 };
    const run = await runFleet({ ...plan, fault }, watch);
    const during = run.intervals.find(({ fromS }) => fromS === 10);
    expect(during?.redisCommandsPerS).toBe(0);
    expect(run.completedObjects).toBe(run.offeredObjects);
  });

  it('is asked to slow down by an S3 in trouble, and reads again what it was refused', async () => {
    const fault: FleetFault = { kind: 's3-slow', atS: 5, forS: 10, slowdown: 5, limitShare: 0.001 };
    const run = await runFleet({ ...plan, fault }, watch);
    expect(run.throttledGets).toBeGreaterThan(0);
    expect(run.retriedObjects).toBe(run.throttledGets);
    expect(run.completedObjects).toBe(run.offeredObjects);
  });

  it('delivers no more than what its slowest stage lets through', async () => {
    // Two POSTs at a time of 1 MB each, 100 ms each: 20 MB/s for an instance.
    const slow = { ...times, postMs: { min: 100, max: 100 }, loopMsPerRawMB: 0, agentRawMBps: 1e9 };
    const load = { ...plan.load, backlogObjects: 60, objectsPerS: 0 };
    const run = await runFleet({ ...plan, configuration: configurationOf(2), times: slow, load, instances: 1 }, watch);
    expect(run.rawMBps).toBeGreaterThan(0.9 * 20);
    expect(run.rawMBps).toBeLessThan(1.05 * 20);
    expect(run.uses.find(({ stage }) => stage === 'POST concurrency')?.share).toBeGreaterThan(0.9);
  });
});
