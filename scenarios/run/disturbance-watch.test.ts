import { describe, expect, it } from 'vitest';
import { DisturbanceWatch, parseCpuTicks, stealShare } from './disturbance-watch.ts';

describe('stealShare', () => {
  it('is the stolen part of all CPU time', () => {
    const before = parseCpuTicks('cpu  100 0 50 800 10 0 5 20 7 7\ncpu0 1 2 3\n');
    const after = parseCpuTicks('cpu  150 0 60 810 10 0 5 50 7 7\ncpu0 1 2 3\n');
    expect(before).toEqual({ total: 985, stolen: 20 });
    expect(before !== null && after !== null && stealShare(before, after)).toBeCloseTo(30 / 100);
  });

  it('is not known where the system does not tell', () => {
    expect(parseCpuTicks('intr 1 2 3\n')).toBeNull();
  });
});

describe('DisturbanceWatch', () => {
  it('tells a clock that was set from one that only goes on', () => {
    const clocks = { now: 5_000, set: 1_000_000 };
    const watch = new DisturbanceWatch({ wallMs: () => clocks.now + clocks.set, steadyMs: () => clocks.now });
    clocks.now += 60_000;
    watch.look();
    expect(watch.clockJumpMsMax).toBe(0);
    clocks.set -= 2_000;
    watch.look();
    expect(watch.clockJumpMsMax).toBe(2_000);
    watch.stop();
  });
});
