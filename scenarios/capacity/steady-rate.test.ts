import { describe, expect, it } from 'vitest';
import { type Result, sampleResult } from '#reports';
import { steadyRawMBps } from './steady-rate.ts';

function timelineOf(rawMBEachS: readonly number[]): Result['timeline'] {
  const [second] = sampleResult().timeline;
  if (second === undefined) throw new Error('the sample has no timeline');
  return rawMBEachS.map((rawMB, tS) => ({ ...second, tS, rawBytes: rawMB * 1e6 }));
}

describe('steadyRawMBps', () => {
  it('leaves out how a drain begins and how it ends', () => {
    const drain = [0, 4, ...Array.from({ length: 18 }, () => 10), 4, 2, 0, 0];
    expect(steadyRawMBps(timelineOf(drain))).toBeCloseTo(10);
  });

  it('counts parts of a second', () => {
    expect(steadyRawMBps(timelineOf([25, 25, 25, 25, 25, 25, 25, 25]))).toBeCloseTo(25);
  });

  it('is unknown where the drain was over too soon', () => {
    expect(steadyRawMBps(timelineOf([100, 100, 100]))).toBeNull();
    expect(steadyRawMBps([])).toBeNull();
  });
});
