import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Processes } from '../process/processes.ts';
import { ProcessClock } from './process-clock.ts';

const hourMs = 3_600_000;
/** What it says of the time, and whether other dates are left alone. */
const program = `
  setInterval(() => console.log(JSON.stringify({
    ready: true,
    now: Date.now(), made: new Date().getTime(), text: Date.parse(Date()), steady: performance.timeOrigin + performance.now(),
    known: new Date(5).getTime(), isDate: structuredClone(new Date(7)) instanceof Date,
  })), 20);`;

describe('a clock of its own', () => {
  let folder = '';
  let processes: Processes;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-clock-'));
    processes = new Processes(folder);
  });
  afterEach(async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  it('is ahead from the start, is set back while the process runs, and leaves everything else alone', async () => {
    const clock = new ProcessClock(join(folder, 'clock.json'), hourMs);
    const child = await processes.start({
      name: 'clocked',
      command: process.execPath,
      args: [...clock.nodeFlags, '--eval', program],
      env: clock.env,
    });
    const said = (wanted: (now: number) => boolean) =>
      child.waitForLine((line) => {
        const words: Readonly<Record<string, unknown>> = JSON.parse(line);
        return wanted(Number(words['now'])) ? words : null;
      }, 20_000);

    const before = await said(() => true);
    const shownMs = Number(before['now']);
    expect(shownMs - Number(before['steady'])).toBeCloseTo(hourMs, -2);
    expect(Number(before['made']) - shownMs).toBeLessThan(1_000);
    // In whole seconds.
    expect(Math.abs(Number(before['text']) - shownMs)).toBeLessThan(2_000);
    expect(before).toMatchObject({ known: 5, isDate: true });
    expect(clock.toMachineMs(shownMs)).toBe(shownMs - hourMs);

    const fromMs = clock.set(-hourMs);
    const after = await said((nowMs) => nowMs < Date.now() - hourMs / 2);
    expect(clock.toMachineMs(Number(after['now']))).toBeGreaterThanOrEqual(fromMs);
    await sleep(Math.max(0, fromMs - Date.now()));
    expect(clock.aheadMs()).toBe(-hourMs);
  });
});
