import { summarizeLatency } from '#reports';
import { describe, expect, it } from 'vitest';
import { isMet } from '../judged-figures.ts';
import { figuresOf, whyInvalid } from './lag.ts';
import type { LagRound } from './round.ts';
import { lagRows } from './rows.ts';

const [row] = lagRows(['burst'], ['poll']);
if (row === undefined) throw new RangeError('no row');
const round: LagRound = {
  row,
  lag: summarizeLatency([100, 120]),
  processing: summarizeLatency([50, 60]),
  waterfallMs: null,
  slipMaxMs: 3,
  sinkUtilization: 0.3,
  lostLines: 0,
  otherLines: 0,
};

describe('a row of the lag bench', () => {
  it('is judged by its lag, and by the lines that came', () => {
    expect(figuresOf(round).map(({ name }) => name)).toEqual([
      `${row.name}: slowest burst`,
      `${row.name}: lines lost, twice, or not as they were`,
    ]);
    expect(figuresOf(round).every(isMet)).toBe(true);
  });

  it('fails, and does not only prove nothing, where lines were doubled or altered', () => {
    const doubled = { ...round, otherLines: 6 };
    expect(figuresOf(doubled).filter((figure) => !isMet(figure))).toMatchObject([{ actual: 6, limit: 0 }]);
    expect(whyInvalid(doubled)).toEqual([]);
  });
});
