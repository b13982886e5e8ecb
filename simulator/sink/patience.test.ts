import { describe, expect, it } from 'vitest';
import { Patience } from './patience.ts';

describe('Patience', () => {
  it('is lost with a batch that comes back before it was asked to, and with no other', () => {
    const patience = new Patience();
    patience.askToWait('a', 1_000);
    patience.askToWait('b', 1_000);
    patience.askToWait(null, 1_000);
    expect(patience.isTooSoon('c', 10)).toBe(false);
    expect(patience.isTooSoon(null, 10)).toBe(false);
    expect(patience.isTooSoon('a', 999)).toBe(true);
    expect(patience.isTooSoon('b', 1_000)).toBe(false);
  });

  it('is over when the batch has come again', () => {
    const patience = new Patience();
    patience.askToWait('a', 1_000);
    expect(patience.isTooSoon('a', 2_000)).toBe(false);
    expect(patience.isTooSoon('a', 10)).toBe(false);
  });

  it('holds so many batches and no more', () => {
    const patience = new Patience();
    for (let batch = 0; batch <= 10_000; batch += 1) patience.askToWait(String(batch), 1_000);
    expect(patience.isTooSoon('0', 10)).toBe(false);
    expect(patience.isTooSoon('1', 10)).toBe(true);
  });
});
