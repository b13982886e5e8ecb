import { describe, expect, it } from 'vitest';
import { createRandom } from '#simulator';
import type { Arm } from '../arm.ts';
import type { Pair } from '../pair.ts';
import { readGateSettings } from '../settings.ts';
import { estimatePower, pairsInTime } from './estimate.ts';
import { renderPower } from './render.ts';

const random = createRandom(1);
const settings = readGateSettings();
const options = { settings, pairsInTime: 60, drawings: 10, gatesPerDrawing: 10, random };

/** Noise of some percent in everything; `cpu` is a factor on what head uses. */
function storedPairs(kind: string, count: number, cpu: number): Pair[] {
  const noisy = (value: number, share: number): number => value * (1 + share * (2 * random.next() - 1));
  const arm = (factor: number): Arm => ({
    startedAtMs: 0,
    durationS: 5,
    figures: {
      start: noisy(600, 0.05),
      throughput: noisy(300, 0.05),
      cpu: noisy(2, 0.05) * factor,
      lagP50: noisy(150, 0.1),
      lagP99: noisy(300, 0.2),
      notified: noisy(20, 0.2),
      memory: noisy(200, 0.03),
      requests: noisy(2000, 0.01),
    },
    lostLines: 0,
    duplicateLines: 0,
    otherLines: 0,
    slipMaxMs: 5,
    loadAverage: 1,
  });
  return Array.from({ length: count }, () => ({ kind, base: arm(1), head: arm(cpu) }));
}

describe('estimatePower', () => {
  it('finds few false alarms in base with itself, and a slow-down nearly always', () => {
    const alike = estimatePower('none', storedPairs('none', 40, 1), options);
    expect(alike.verdicts.regressed.rate + alike.verdicts.improved.rate).toBeLessThanOrEqual(0.2);
    expect(alike.verdicts.pass.rate).toBeGreaterThan(0.5);
    const slower = estimatePower('cpu10', storedPairs('cpu10', 40, 1.1), options);
    expect(slower.verdicts.regressed.rate).toBe(1);
    expect(slower.worsePercent.cpu).toBeGreaterThan(8);
    expect(slower.worsePercent.cpu).toBeLessThan(12);
  });

  it('does not take a bias of the stored pairs for a false alarm: either side could have been base', () => {
    const biased = storedPairs('none', 20, 1.5);
    expect(estimatePower('none', biased, options).verdicts.regressed.rate).toBeLessThan(0.5);
    expect(estimatePower('cpu', biased, options).verdicts.regressed.rate).toBe(1);
  });

  it('is undecided where there is time for a few pairs only', () => {
    const { verdicts, pairsUsed } = estimatePower('cpu10', storedPairs('cpu10', 40, 1.1), {
      ...options,
      pairsInTime: 4,
    });
    expect(verdicts.inconclusive.rate).toBe(1);
    expect(pairsUsed).toBe(4);
  });

  it('gives each rate with an interval around it', () => {
    const power = estimatePower('cpu5', storedPairs('cpu5', 20, 1.05), options);
    for (const { rate, low, high } of Object.values(power.verdicts)) {
      expect(low).toBeLessThanOrEqual(high);
      expect(rate).toBeGreaterThanOrEqual(0);
    }
    expect(renderPower([power])).toContain('| 5 % more CPU per byte | 20 |');
  });
});

describe('pairsInTime', () => {
  it('counts what fits at the usual pace', () => {
    expect(pairsInTime(storedPairs('none', 3, 1), 95)).toBe(9);
  });
});
