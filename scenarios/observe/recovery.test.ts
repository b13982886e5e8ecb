import { describe, expect, it } from 'vitest';
import { worstLagInCalm } from './recovery.ts';

const faults = [
  { fromMs: 10_000, toMs: 20_000 },
  { fromMs: 50_000, toMs: 60_000 },
];

function file(eligibleMs: number, lagMs: number) {
  const times = { settledMs: eligibleMs + lagMs, lagMs, fileAgeMs: lagMs, processingMs: null, boundaries: null };
  return { eligibleMs, settled: times };
}

describe('worstLagInCalm', () => {
  it('is that of what came before a fault, or after its recovery', () => {
    const outcomes = [file(1_000, 300), file(12_000, 9_000), file(24_000, 8_000), file(31_000, 700), file(71_000, 400)];
    expect(worstLagInCalm(outcomes, faults, 5_000)).toBe(700);
  });

  it('leaves out what a fault overtook', () => {
    expect(worstLagInCalm([file(9_000, 12_000), file(30_000, 500)], faults, 5_000)).toBe(500);
  });

  it('is unknown where nothing came in a calm', () => {
    expect(worstLagInCalm([file(12_000, 100), { eligibleMs: 30_000, settled: null }], faults, 5_000)).toBeNull();
  });
});
