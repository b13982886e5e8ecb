import { SAMPLES_NEEDED } from '#reports';
import { describe, expect, it } from 'vitest';
import { lagRows } from './rows.ts';

const all = lagRows(['1x', '10x', 'burst'], ['poll', 'sqs']);

describe('the rows of the lag bench', () => {
  it('have as many objects as the percentiles that they are judged by need', () => {
    const judged = all.filter(({ limits }) => limits.lagP99 !== null);
    expect(judged.map(({ name }) => name)).toHaveLength(4);
    expect(judged.filter(({ objects }) => objects < SAMPLES_NEEDED.p99)).toEqual([]);
  });

  it('are each judged by something, and named once', () => {
    expect(all.filter(({ limits }) => Object.values(limits).every((limit) => limit === null))).toEqual([]);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('can be had by rate, and by the way objects are found', () => {
    expect(lagRows(['10x'], ['sqs']).map(({ finding, objects }) => [finding, objects])).toEqual([['sqs', 300]]);
  });
});
