import { describe, expect, it } from 'vitest';
import type { Clock } from '../ports.ts';
import { Wakeup } from './wakeup.ts';

/** Sleeps until the test says so, or the signal aborts. */
function manualClock() {
  const sleeping: { ms: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    elapsed: () => 0,
    sleep: async (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        sleeping.push({ ms, wake: resolve });
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  return { clock, sleeping };
}

/** Whether the promise has settled once all that can run without the outside world has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  return settled;
}

const never = new AbortController().signal;

describe('Wakeup', () => {
  it('sleeps for the time that it is told', async () => {
    const { clock, sleeping } = manualClock();
    const waiting = new Wakeup().wait(clock, 250, never);
    expect(await isSettled(waiting)).toBe(false);
    expect(sleeping[0]?.ms).toBe(250);
    sleeping[0]?.wake();
    expect(await isSettled(waiting)).toBe(true);
  });

  it('wakes when it is notified', async () => {
    const { clock } = manualClock();
    const wakeup = new Wakeup();
    const waiting = wakeup.wait(clock, 250, never);
    wakeup.notify();
    expect(await isSettled(waiting)).toBe(true);
  });

  it('remembers a notification that came while nobody waited, but only once', async () => {
    const { clock } = manualClock();
    const wakeup = new Wakeup();
    wakeup.notify();
    wakeup.notify();
    expect(await isSettled(wakeup.wait(clock, 250, never))).toBe(true);
    expect(await isSettled(wakeup.wait(clock, 250, never))).toBe(false);
  });

  it('does not take the notification that woke it for a second one', async () => {
    const { clock } = manualClock();
    const wakeup = new Wakeup();
    const waiting = wakeup.wait(clock, 250, never);
    wakeup.notify();
    await waiting;
    expect(await isSettled(wakeup.wait(clock, 250, never))).toBe(false);
  });

  it('wakes when the signal aborts, and does not sleep at all when it already has', async () => {
    const { clock, sleeping } = manualClock();
    const stop = new AbortController();
    const waiting = new Wakeup().wait(clock, 250, stop.signal);
    stop.abort();
    expect(await isSettled(waiting)).toBe(true);
    expect(await isSettled(new Wakeup().wait(clock, 250, stop.signal))).toBe(true);
    expect(sleeping).toHaveLength(1);
  });
});
