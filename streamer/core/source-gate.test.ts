import { describe, expect, it } from 'vitest';
import { SourceGate } from './source-gate.ts';

const LIMITS = { refusalsInRowMax: 3, restMs: 1000 };

describe('a SourceGate', () => {
  it('sends a source to rest at the third refusal in a row, once for each rest', () => {
    const gate = new SourceGate(LIMITS);
    expect([gate.refuse(10), gate.refuse(20), gate.refuse(30), gate.refuse(40)]).toEqual([false, false, true, false]);
    expect(gate.restsUntilMs(40)).toBe(1030);
    expect(gate.isRefusing).toBe(true);
  });

  it('does not count refusals that an allowed object parts: they are a matter of those objects', () => {
    const gate = new SourceGate(LIMITS);
    for (let round = 0; round < 10; round += 1) {
      expect(gate.refuse(round)).toBe(false);
      expect(gate.refuse(round)).toBe(false);
      gate.allow();
    }
    expect(gate.isRefusing).toBe(false);
  });

  it('rests again when the first object after the rest is refused too', () => {
    const gate = new SourceGate(LIMITS);
    for (const nowMs of [1, 2, 3]) gate.refuse(nowMs);
    expect(gate.refuse(2000)).toBe(true);
    expect(gate.restsUntilMs(2000)).toBe(3000);
  });

  // Found by the virtual world: after a clock was set back by hours, nothing was read for as long.
  it('ends a rest when the clock is set back', () => {
    const gate = new SourceGate(LIMITS);
    for (const nowMs of [50_001, 50_002, 50_003]) gate.refuse(nowMs);
    expect(gate.restsUntilMs(10)).toBeLessThan(10);
    expect(gate.refuse(20)).toBe(true);
    expect(gate.restsUntilMs(30)).toBe(1020);
  });
});
