import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostClock, type Life, VirtualTime } from './virtual-time.ts';

const FOR_EVER: Life = { isAlive: true };
const NO_SIGNAL = new AbortController().signal;

describe('virtual time', () => {
  it('fires timers in the order of their moments, and equal ones in the order in which they were made', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20)), async (moments) => {
        const time = new VirtualTime(1000);
        const fired: { ms: number; index: number; nowMs: number }[] = [];
        for (const [index, ms] of moments.entries())
          time.after(ms, null, () => fired.push({ ms, index, nowMs: time.nowMs }));
        expect(await time.run(() => false, 1000)).toBe('idle');
        const expected = moments.map((ms, index) => ({ ms, index, nowMs: 1000 + ms }));
        expect(fired).toEqual(expected.toSorted((left, right) => left.ms - right.ms || left.index - right.index));
      }),
      { numRuns: 50 },
    );
  });

  it('moves on only when all that follows from a step has run', async () => {
    const time = new VirtualTime(0);
    const seen: string[] = [];
    time.after(1, null, () => {
      void (async () => {
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
        seen.push(`followed at ${time.nowMs}`);
      })();
    });
    time.after(2, null, () => seen.push('next'));
    await time.run(() => false, 10);
    expect(seen).toEqual(['followed at 1', 'next']);
  });

  it('costs nothing where nothing happens', async () => {
    const time = new VirtualTime(0);
    time.after(365 * 86_400_000, null, () => undefined);
    await time.run(() => false, 10);
    expect({ nowMs: time.nowMs, steps: time.steps }).toEqual({ nowMs: 365 * 86_400_000, steps: 1 });
  });

  it('fires nothing of a life that has ended, nor what was cancelled', async () => {
    const time = new VirtualTime(0);
    const life = { isAlive: true };
    const fired: string[] = [];
    time.after(1, life, () => fired.push('before'));
    time.after(2, null, () => {
      life.isAlive = false;
    });
    time.after(3, life, () => fired.push('after'));
    time.after(4, null, () => fired.push('cancelled')).cancel();
    await time.run(() => false, 10);
    expect(fired).toEqual(['before']);
  });

  it('tells what ended a run', async () => {
    const time = new VirtualTime(0);
    const again = (): void => {
      time.after(1, null, again);
    };
    again();
    expect(await time.run(() => time.nowMs >= 5, 100)).toBe('over');
    expect(await time.run(() => false, 100)).toBe('steps-exhausted');
  });
});

describe('the clock of a host', () => {
  it('can be set, while its sleeps last as long as they last', async () => {
    const time = new VirtualTime(1000);
    const host = new HostClock(time);
    const clock = host.portFor(FOR_EVER);
    const woken: number[] = [];
    void clock.sleep(100, NO_SIGNAL).then(() => woken.push(time.nowMs));
    time.after(50, null, () => host.step(-500));
    await time.run(() => false, 10);
    expect(woken).toEqual([1100]);
    expect(clock.now()).toBe(600);
  });

  it('lets an abort end a sleep early, and a dead process sleep for ever', async () => {
    const time = new VirtualTime(0);
    const host = new HostClock(time);
    const life = { isAlive: true };
    const abort = new AbortController();
    const woken: string[] = [];
    void host
      .portFor(life)
      .sleep(100, abort.signal)
      .then(() => woken.push(`aborted at ${time.nowMs}`));
    void host
      .portFor(life)
      .sleep(100, NO_SIGNAL)
      .then(() => woken.push('dead'));
    time.after(10, null, () => abort.abort());
    time.after(20, null, () => {
      life.isAlive = false;
    });
    await time.run(() => false, 10);
    expect(woken).toEqual(['aborted at 10']);
  });

  it('refuses a sleep that Node would cut short', async () => {
    const clock = new HostClock(new VirtualTime(0)).portFor(FOR_EVER);
    await expect(clock.sleep(2 ** 31, NO_SIGNAL)).rejects.toThrow('longer than');
  });
});
