import { describe, expect, it } from 'vitest';
import { backlogEachS, type FleetInterval, intervalsOf, recoveryS } from './fleet-run.ts';
import type { Second } from './recorder.ts';

const fault = { kind: 'redis-failover', atS: 60, forS: 30 } as const;

/** Lag and backlog over time, in intervals of five seconds. */
function intervals(lagMsAt: (fromS: number) => number, untilS: number): readonly FleetInterval[] {
  return Array.from({ length: untilS / 5 }, (_, index): FleetInterval => {
    const fromS = index * 5;
    const lagMs = lagMsAt(fromS);
    return {
      fromS,
      offeredObjects: 10,
      completedObjects: 10,
      rawMBps: 20,
      lagP50Ms: lagMs,
      lagP99Ms: lagMs,
      lagMaxMs: lagMs,
      backlogObjects: lagMs / 10,
      redisCommandsPerS: 1,
      claimsPerS: 1,
      throttledGets: 0,
    };
  });
}

describe('the time to recover', () => {
  it('ends when lag and backlog are what they were, and stay so', () => {
    const lagMs = (fromS: number): number => (fromS >= 60 && fromS < 110 ? 9000 : 500);
    expect(recoveryS(intervals(lagMs, 300), fault)).toBe(20);
  });

  it('is nothing where the fault did not show', () => {
    expect(
      recoveryS(
        intervals(() => 500, 300),
        fault,
      ),
    ).toBe(0);
  });

  it('is not over with a calm that does not last', () => {
    const lagMs = (fromS: number): number => ((fromS >= 60 && fromS < 95) || fromS === 110 ? 9000 : 500);
    expect(recoveryS(intervals(lagMs, 300), fault)).toBe(25);
  });

  it('is not known where the run ended before', () => {
    expect(
      recoveryS(
        intervals((fromS) => (fromS >= 60 ? 9000 : 500), 300),
        fault,
      ),
    ).toBeNull();
    expect(
      recoveryS(
        intervals((fromS) => (fromS >= 60 && fromS < 110 ? 9000 : 500), 120),
        fault,
      ),
    ).toBeNull();
  });
});

describe('seconds', () => {
  const second = (eligible: number, lagsMs: readonly number[], redisCommands: number): Second => ({
    offered: eligible,
    eligible,
    completed: lagsMs.length,
    rawBytes: lagsMs.length * 1e6,
    lagsMs: [...lagsMs],
    counters: { redisCommands, claims: 0, throttledGets: 0 },
  });
  const seconds = [
    second(3, [], 10),
    second(1, [100], 20),
    second(0, [200, 300], 20),
    second(0, [], 20),
    second(0, [], 30),
    second(5, [400], 40),
  ];

  it('become intervals of five, with what waits at their ends', () => {
    const [first, second5] = intervalsOf(seconds);
    expect(first).toMatchObject({ fromS: 0, offeredObjects: 4, completedObjects: 3, rawMBps: 0.6, backlogObjects: 1 });
    expect(first).toMatchObject({ lagP50Ms: 200, lagP99Ms: 300, lagMaxMs: 300, redisCommandsPerS: 6 });
    expect(second5).toMatchObject({ fromS: 5, backlogObjects: 5, redisCommandsPerS: 10, rawMBps: 1 });
  });

  it('tell what waits at the end of each', () => {
    expect(backlogEachS(seconds)).toEqual([3, 3, 1, 1, 1, 5]);
  });
});
