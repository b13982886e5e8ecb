import { describe, expect, it } from 'vitest';
import { parseProcStat, parseProcStatus, parsePs } from './usage.ts';

describe('usage', () => {
  it('finds the times behind a process name with spaces and brackets', () => {
    const text = '4242 (node (a) b) S 1 4242 4242 0 -1 4194304 9 9 9 9 250 50 7 7 20 0 11 0 1 1 1';
    expect(parseProcStat(text, 100)).toBe(3);
  });

  it('gives memory in MB of 10^6 bytes', () => {
    expect(parseProcStatus('Name:\tnode\nVmHWM:\t    2000 kB\nVmRSS:\t    1000 kB\n')).toEqual({
      rssMB: 1.024,
      rssMaxMB: 2.048,
    });
  });

  it('takes a zombie, which has no memory any more, for gone', () => {
    expect(parseProcStatus('Name:\tnode\nState:\tZ (zombie)\n')).toBeNull();
  });

  it.each([
    ['  0:01.25   2000', 1.25],
    ['   01:02:03 2000', 3723],
    ['1-01:02:03 2000', 90_123],
  ])('reads the time of ps: %s', (text, cpuS) => {
    expect(parsePs(text)).toMatchObject({ cpuS, mainThreadCpuS: null });
  });

  it('takes an empty answer of ps for a process that is gone', () => {
    expect(parsePs('')).toBeNull();
  });
});
