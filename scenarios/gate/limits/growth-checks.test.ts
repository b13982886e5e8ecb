import { describe, expect, it } from 'vitest';
import type { JudgedFigure } from '../../bench/judged-figures.ts';
import { growthChecks } from './growth-checks.ts';

function ratio(name: string, actual: number): JudgedFigure {
  return { name, actual, op: '<=', limit: 2.5, unit: '' };
}

/** One measurement after the other; the last is repeated. */
function measuring(...rounds: readonly (readonly JudgedFigure[])[]) {
  let round = 0;
  return {
    measure: async () => rounds[Math.min(round++, rounds.length - 1)] ?? [],
    rounds: () => round,
  };
}

describe('growth', () => {
  it('is measured once where every ratio is kept', async () => {
    const { measure, rounds } = measuring([ratio('sweep', 1.1)]);
    expect(await growthChecks(measure)).toMatchObject([{ name: 'sweep', actual: 1.1, ok: true, kind: 'performance' }]);
    expect(rounds()).toBe(1);
  });

  it('is measured again where a ratio is not kept, and that passes which is kept once', async () => {
    const { measure, rounds } = measuring(
      [ratio('sweep', 2.7), ratio('settle', 1)],
      [ratio('sweep', 1.2), ratio('settle', 3)],
    );
    expect(await growthChecks(measure)).toMatchObject([
      { name: 'sweep', actual: 1.2, ok: true },
      { name: 'settle', actual: 1, ok: true },
    ]);
    expect(rounds()).toBe(2);
  });

  it('breaks the limit where it shows each time', async () => {
    const { measure, rounds } = measuring([ratio('sweep', 90)], [ratio('sweep', 80)], [ratio('sweep', 100)]);
    expect(await growthChecks(measure)).toMatchObject([{ name: 'sweep', actual: 80, limit: 2.5, ok: false }]);
    expect(rounds()).toBe(3);
  });

  it('leaves out what is shown and not judged', async () => {
    const { measure } = measuring([{ name: 'sweep, of 1000', actual: 50, op: '>=', limit: 0, unit: 'us' }]);
    expect(await growthChecks(measure)).toEqual([]);
  });
});
