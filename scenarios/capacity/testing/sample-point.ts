/** A measured point as tests need it. Invented. */
import type { CapacityPoint } from '#reports';

export function samplePoint(of: {
  readonly experiment: string;
  readonly instances: number;
  readonly offeredRawMBps: number;
}): CapacityPoint {
  return {
    schemaVersion: 1,
    experiment: of.experiment,
    at: '2026-11-24T12:00:00.000Z',
    seed: 1,
    replay: 'npm run capacity -- max --seed 1',
    machine: { node: 'v26.10.0', cpu: 'a CPU', cores: 2, memoryMB: 8000, os: 'Linux', git: null },
    s3: 'embedded fauxqs 2.4.1',
    redis: null,
    settings: { 'processing.scan_interval': '250ms' },
    instances: of.instances,
    endpoints: 3,
    agentLatencyMs: 0,
    load: {
      kind: 'open loop',
      offeredRawMBps: of.offeredRawMBps,
      scheduleS: 30,
      objects: 300,
      rawMBPerObject: 10,
      gzipRatio: 15,
    },
    outcome: {
      kind: 'sustainable',
      reasons: [],
      backlogGrowthShare: 0,
      lagSlopeUpperSPerS: 0,
      lagHighMs: 400,
    },
    measured: {
      rawMBps: of.offeredRawMBps,
      steadyRawMBps: null,
      lagP50Ms: 200,
      lagP99Ms: 400,
      cpuSPerGB: 2,
      rssMaxMB: 150,
      listPerGB: 5,
      getPerGB: 100,
      postPerGB: 1000,
      redisCommandsPerGB: null,
    },
    stages: [],
  };
}
