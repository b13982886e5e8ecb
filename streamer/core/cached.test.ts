import { describe, expect, it } from 'vitest';
import { cached } from './cached.ts';

function counting(keepMs: number) {
  const clock = { nowMs: 1000 };
  let asked = 0;
  const ask = cached(
    () => (asked += 1),
    keepMs,
    () => clock.nowMs,
  );
  return { clock, ask };
}

describe('cached', () => {
  it('asks once in each span, and again after it', () => {
    const { clock, ask } = counting(500);
    expect([ask(), ask()]).toEqual([1, 1]);
    clock.nowMs += 499;
    expect(ask()).toBe(1);
    clock.nowMs += 1;
    expect(ask()).toBe(2);
  });

  it('asks again when the clock was set back', () => {
    const { clock, ask } = counting(500);
    ask();
    clock.nowMs -= 1;
    expect(ask()).toBe(2);
  });
});
