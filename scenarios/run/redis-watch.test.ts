import { describe, expect, it } from 'vitest';
import { writeRates, countWrites } from './redis-watch.ts';

const stats = [
  '# Commandstats',
  'cmdstat_evalsha:calls=7,usec=100,usec_per_call=14.3',
  'cmdstat_hset:calls=20,usec=20,usec_per_call=1.00',
  'cmdstat_hget:calls=300,usec=1,usec_per_call=0.50',
  'cmdstat_zremrangebyscore:calls=2,usec=1,usec_per_call=0.50',
  'cmdstat_info:calls=400,usec=9000,usec_per_call=22.50',
].join('\r\n');

describe('writes of Redis', () => {
  it('are those inside scripts too, and neither the scripts themselves nor questions', () => {
    expect(countWrites(stats)).toBe(22);
  });

  it('give rates between two looks, however far they are apart', () => {
    const counts = [
      { atMs: 0, writes: 10 },
      { atMs: 1000, writes: 110 },
      { atMs: 3000, writes: 150 },
    ];
    expect(writeRates(counts)).toEqual([100, 20]);
    expect(writeRates(counts.slice(0, 1))).toEqual([]);
  });
});
