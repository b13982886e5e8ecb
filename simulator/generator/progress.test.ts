import { describe, expect, it } from 'vitest';
import { createProgressLog } from './progress.ts';

function logTo(isTTY: boolean) {
  const shown: string[] = [];
  const clock = { nowMs: 0 };
  const stream = { isTTY, write: (text: string) => shown.push(text) };
  return { log: createProgressLog(stream, () => clock.nowMs), shown, clock };
}

describe('createProgressLog', () => {
  it('writes a plain line at first and now and then where there is no terminal, and the last state at the end', () => {
    const { log, shown, clock } = logTo(false);
    for (let second = 0; second <= 12; second += 1) {
      clock.nowMs = second * 1_000;
      log.update(`${second} done`);
    }
    log.end();
    log.end();
    expect(shown).toEqual(['0 done\n', '5 done\n', '10 done\n', '12 done\n']);
  });

  it('renews one line in a terminal, and leaves it for a message', () => {
    const { log, shown, clock } = logTo(true);
    clock.nowMs = 1_000;
    log.update('1 done');
    log.update('2 done');
    log.say('one failed');
    log.end();
    expect(shown).toEqual(['\r\u001B[K1 done', '\r\u001B[Kone failed\n', '\r\u001B[K2 done', '\n']);
  });
});
