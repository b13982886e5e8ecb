/** A simulated fleet as tests need it. Invented. */
import type { FleetResult } from './fleet-model.ts';

export function sampleFleet(replay: string): FleetResult {
  const point = (fromS: number, lagMs: number | null): FleetResult['timeline'][number] => ({
    fromS,
    offeredObjects: 50,
    completedObjects: 50,
    rawMBps: 115,
    lagP50Ms: lagMs,
    lagP99Ms: lagMs,
    lagMaxMs: lagMs,
    backlogObjects: 3,
    redisCommandsPerS: 70,
    claimsPerS: 50,
    throttledGets: 0,
  });
  const check = { unit: 'MB/s', low: null, high: null };
  return {
    experiment: 'fleet',
    seed: 1,
    instances: 10,
    rawTBPerDay: 100,
    offeredRawMBps: 1157,
    askedS: 600,
    simulatedS: 600,
    tookS: 60,
    objects: { offered: 69_444, completed: 69_440, completedTwice: 2 },
    rawMBps: 1150,
    lagMs: { n: 60_000, p50: 700, p99: 1600, max: 3000 },
    backlogObjectsAtEnd: 4,
    timeline: [point(0, null), point(5, 700), point(10, 900)],
    fault: {
      label: 'Redis away for 30 s, as in a fail-over',
      fromS: 240,
      toS: 270,
      recoveredAfterS: 15,
      lagMaxMs: 33_000,
      backlogObjectsMax: 4000,
    },
    redis: { commandsPerS: 70, claimsPerS: 50, objectsPerClaim: 1.4 },
    s3: { getsPerS: 116, listsPerS: 0.5, throttledGets: 0 },
    postsPerS: 1160,
    retriedObjects: 0,
    memoryMB: { median: 200, max: 268, limit: 268.4 },
    stages: [
      { stage: 'event loop', share: 0.8 },
      { stage: 'Redis', share: 0.01 },
    ],
    limiting: { stage: 'event loop', share: 0.8 },
    settings: { 'processing.queue_size': 13_889 },
    inputs: [{ name: 'agent', value: 564, unit: 'MB/s raw', source: 'measured', note: 'resources.sink.cpuS' }],
    checks: [
      { ...check, what: '1 instance', predicted: 7.75, measured: [8.08], error: -0.04, isCalibratedOn: true },
      { ...check, what: '8 instances', predicted: 55.3, measured: [57.1], error: -0.031, isCalibratedOn: false },
    ],
    errorMax: 0.15,
    warnings: ['bodies are a size'],
    machine: '2 cores',
    replay,
  };
}
