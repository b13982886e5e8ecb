import { describe, expect, it } from 'vitest';
import { type Result, sampleResult } from '#reports';
import { judgeSustainability } from './sustainable.ts';

const options = { sloLagMs: 60_000, warmupS: 5, scheduleS: 40 };
const rawBytesPerS = 100e6;

interface Shape {
  /** Of the offered rate, from the start of the judged part on. */
  readonly deliveredShare?: number;
  readonly lagMs?: (tS: number) => number | null;
  readonly lagHighMs?: number;
  readonly lostLines?: number;
  readonly failedCheck?: Pick<Result['checks'][number], 'kind' | 'path'>;
}

function resultOf(shape: Shape): Result {
  const { deliveredShare = 1, lagMs = () => 200, lagHighMs = 300, lostLines = 0, failedCheck } = shape;
  const point = sampleResult().timeline[0]!;
  const result = sampleResult();
  return {
    ...result,
    load: { ...result.load, files: 400, rawBytes: 4e9 },
    delivery: { ...result.delivery, lostLines },
    latencyMs: { ...result.latencyMs, lag: { ...result.latencyMs.lag, p99: lagHighMs } },
    checks: failedCheck === undefined ? [] : [{ ...result.checks[0]!, ...failedCheck, name: 'a check', ok: false }],
    timeline: Array.from({ length: 45 }, (_, tS) => ({
      ...point,
      tS,
      offeredRawBytes: tS < 40 ? rawBytesPerS : 0,
      rawBytes: rawBytesPerS * (tS < options.warmupS ? 1 : deliveredShare),
      lagAvgMs: lagMs(tS),
    })),
  };
}

describe('judgeSustainability', () => {
  it('holds a steady run for sustainable', () => {
    const noisy = (tS: number): number => 200 + (tS % 3) * 20;
    expect(judgeSustainability(resultOf({ lagMs: noisy }), options)).toMatchObject({
      kind: 'sustainable',
      reasons: [],
    });
  });

  it.each<[string, Shape]>([
    ['the backlog grows by', { deliveredShare: 0.97 }],
    ['lag may rise by', { lagMs: (tS) => 200 + tS * 15 }],
    ['is over the SLO', { lagHighMs: 61_000 }],
    ['lines were not settled', { lostLines: 3 }],
    ['too few seconds with a completed object', { lagMs: (tS) => (tS % 20 === 0 ? 200 : null) }],
  ])('says why a run is not: %s', (reason, shape) => {
    const { kind, reasons } = judgeSustainability(resultOf(shape), options);
    expect(kind).toBe('unsustainable');
    expect(reasons).toEqual([expect.stringContaining(reason)]);
  });

  it('does not take the grain of a single object for growth', () => {
    expect(judgeSustainability(resultOf({ deliveredShare: 0.998 }), options)).toMatchObject({ kind: 'sustainable' });
  });

  it('judges neither the warm-up nor what comes after the schedule', () => {
    const spikes = (tS: number): number => (tS < options.warmupS || tS >= options.scheduleS ? 5000 : 200);
    expect(judgeSustainability(resultOf({ lagMs: spikes }), options).kind).toBe('sustainable');
  });

  it('is of no use when the harness could not offer the load, or when lines were altered', () => {
    const slipped = { kind: 'validity', path: 'load.scheduleSlipMs.max' } as const;
    expect(judgeSustainability(resultOf({ failedCheck: slipped }), options).kind).toBe('invalid');
    const corrupt = { kind: 'integrity', path: 'delivery.corruptLines' } as const;
    expect(judgeSustainability(resultOf({ failedCheck: corrupt }), options).kind).toBe('invalid');
  });
});
