import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allowance } from './allowance.ts';

describe('Allowance', () => {
  it('never lets through more than its rate and the second that was saved up', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 700, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), gaps, (perS, gapsMs) => {
        const allowance = new Allowance(perS);
        let nowMs = 0;
        let taken = 0;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          if (allowance.take(nowMs)) taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(perS + (nowMs / 1000) * perS + 1e-6);
      }),
    );
  });

  it('refuses nothing to who stays below it', () => {
    const allowance = new Allowance(4);
    const answers = Array.from({ length: 40 }, (_, request) => allowance.take(request * 250));
    expect(answers).not.toContain(false);
  });

  it('saves up no more than a second of it, however long nobody came', () => {
    const allowance = new Allowance(3);
    allowance.take(0);
    const answers = Array.from({ length: 5 }, () => allowance.take(60_000));
    expect(answers).toEqual([true, true, true, false, false]);
  });

  it('gives back what a refusal did not use', () => {
    const allowance = new Allowance(1);
    expect([allowance.take(0), allowance.take(100), allowance.take(1100)]).toEqual([true, false, true]);
  });
});
