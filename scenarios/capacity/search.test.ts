import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextStep, type SearchOptions, type SearchStep, type Trial } from './search.ts';

const options: SearchOptions = { startRawMBps: 400, floorRawMBps: 1, tolerance: 0.05, repetitions: 3 };

function search(
  holds: (rawMBps: number, trial: number) => boolean,
  from = options,
): { end: SearchStep; trials: Trial[] } {
  const trials: Trial[] = [];
  for (;;) {
    const step = nextStep(trials, from);
    if (step.kind !== 'try') return { end: step, trials };
    const kind = holds(step.rawMBps, trials.length) ? 'sustainable' : 'unsustainable';
    trials.push({ rawMBps: step.rawMBps, kind });
    if (trials.length > 100) throw new Error('the search does not end');
  }
}

describe('the search for the highest sustainable rate', () => {
  it('ends in a narrow bracket around the edge, wherever that is and wherever it starts', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 5, max: 2000, noNaN: true }),
        fc.double({ min: 20, max: 1000, noNaN: true }),
        (edge, startRawMBps) => {
          const { end, trials } = search((rate) => rate <= edge, { ...options, startRawMBps });
          if (end.kind !== 'done') throw new Error(`it ended in ${end.kind}`);
          const { sustainedRawMBps: low, brokenRawMBps: high } = end.bracket;
          expect(low).toBeLessThanOrEqual(edge);
          expect(high).toBeGreaterThan(edge);
          expect((high! - low) / (high! + low)).toBeLessThanOrEqual(0.05);
          expect(trials.length).toBeLessThan(35);
        },
      ),
    );
  });

  it('starts high, comes down, and repeats both ends of the bracket', () => {
    const { trials } = search((rate) => rate <= 300);
    expect(trials.map(({ rawMBps }) => rawMBps)).toEqual([400, 320, 256, 288, 304, 288, 288, 304, 304]);
  });

  it('trusts no rate that broke once, whatever held above it', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (coin) => {
        // Below 100 it holds, above 300 it breaks, between them luck decides.
        const { end, trials } = search((rate) => rate < 100 || (rate < 300 && coin.next().value === true));
        if (end.kind !== 'done') throw new Error(`it ended in ${end.kind}`);
        const { sustainedRawMBps } = end.bracket;
        const atOrBelow = trials.filter(({ rawMBps }) => rawMBps <= sustainedRawMBps);
        expect(atOrBelow.every(({ kind }) => kind === 'sustainable')).toBe(true);
        expect(trials.filter(({ rawMBps }) => rawMBps === sustainedRawMBps)).toHaveLength(3);
      }),
    );
  });

  it('goes on from its record as if it had never been cut off', () => {
    const { trials } = search((rate) => rate <= 217);
    for (let cut = 0; cut < trials.length; cut += 1) {
      expect(nextStep(trials.slice(0, cut), options)).toMatchObject({ kind: 'try', rawMBps: trials[cut]?.rawMBps });
    }
  });

  it('goes up when the start was too low, and gives up, with the reason, when nothing holds or nothing breaks', () => {
    expect(search((rate) => rate <= 900).end).toMatchObject({ kind: 'done' });
    expect(search(() => false).end).toEqual({ kind: 'failed', why: 'no rate from 1 MB/s on was sustained' });
    expect(search(() => true).end).toMatchObject({ kind: 'failed', why: expect.stringContaining('start higher') });
  });
});
