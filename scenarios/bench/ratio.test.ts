import { describe, expect, it } from 'vitest';
import { ratiosOf } from './ratio.ts';
import type { Round } from './rounds.ts';

function round(program: Round['program'], rawMBps: number): Round {
  return {
    program,
    rawMBps,
    rawMBPerCpuS: rawMBps / 2,
    cpuSPerGB: 1,
    rssMaxMB: 100,
    threadCpuSPerGB: null,
    sinkShareOfMachine: 0.2,
    s3ShareOfMachine: null,
    sinkUtilization: 0.4,
    lostLines: 0,
    duplicateLines: 0,
    otherLines: 0,
  };
}

describe('ratiosOf', () => {
  it('compares pair by pair, so that a machine that slows down changes nothing', () => {
    const pairs = [1, 0.5, 0.1].map((speed) => ({
      streamer: round('streamer', 600 * speed),
      barePipe: round('bare pipe', 500 * speed),
    }));
    expect(ratiosOf(pairs).rawMBps.min).toBeCloseTo(1.2);
    expect(ratiosOf(pairs).rawMBps.max).toBeCloseTo(1.2);
  });

  it('gives the middle pair, not the mean', () => {
    const pairs = [100, 200, 900].map((rawMBps) => ({
      streamer: round('streamer', rawMBps),
      barePipe: round('bare pipe', 100),
    }));
    expect(ratiosOf(pairs).rawMBps).toEqual({ median: 2, min: 1, max: 9 });
  });
});
