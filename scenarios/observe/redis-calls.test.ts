import { describe, expect, it } from 'vitest';
import { scriptStats } from './redis-calls.ts';

describe('scriptStats', () => {
  it('counts scripts, by their text and by their hash, and nothing else', () => {
    const stats =
      '# Commandstats\r\ncmdstat_evalsha:calls=17,usec=3\r\ncmdstat_eval:calls=2,usec=9\r\ncmdstat_hget:calls=400,usec=1\r\n';
    expect(scriptStats(stats)).toEqual({ calls: 19, usec: 12 });
  });
});
