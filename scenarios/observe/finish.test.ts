import { describe, expect, it } from 'vitest';
import { factorBetween, foretell } from './finish.ts';

const startedMs = 50_000;
const all = { rawBytes: 9, startedMs };

/** One byte at each of these seconds after the start. */
function settledAt(seconds: readonly number[]) {
  return seconds.map((s) => ({ rawBytes: 1, settledMs: startedMs + s * 1000 }));
}

describe('foretell', () => {
  it('is right about what goes on as it began, in whatever order the objects are listed', () => {
    expect(foretell(settledAt([9, 2, 3, 1, 5, 4, 7, 8, 6]), all)).toBe(9);
  });

  it('knows nothing of what slows down later', () => {
    expect(foretell(settledAt([1, 2, 3, 10, 20, 30, 40, 50, 60]), all)).toBe(9);
  });

  it('says nothing where a third was never settled', () => {
    expect(foretell(settledAt([1, 2]), all)).toBeNull();
  });
});

describe('factorBetween', () => {
  it('is the same for too early and too late', () => {
    expect([factorBetween(10, 30), factorBetween(30, 10), factorBetween(5, 5)]).toEqual([3, 3, 1]);
  });

  it.each([
    [null, 1],
    [1, null],
    [0, 1],
  ])('is not known of %s and %s', (one, other) => {
    expect(factorBetween(one, other)).toBeNull();
  });
});
