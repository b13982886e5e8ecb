import { describe, expect, it } from 'vitest';
import { missedOtherwise } from './dropped.ts';

const whole = { key: 'whole', lines: 10, arrived: 10, sent: 10 };

describe('missedOtherwise', () => {
  it('has nothing against an object that misses what was dropped', () => {
    expect(missedOtherwise([whole, { ...whole, arrived: 4, sent: 4 }])).toEqual([]);
  });

  // The sums are equal: two lines are missing, and two were counted.
  it('tells a silent loss in one object from a line that was counted without being dropped in another', () => {
    const lost = { ...whole, key: 'lost', arrived: 9 };
    const overcounted = { ...whole, key: 'overcounted', arrived: 10, sent: 9 };
    const dropped = { ...whole, key: 'dropped', arrived: 9, sent: 9 };
    expect(missedOtherwise([lost, overcounted, dropped])).toEqual(['lost', 'overcounted']);
  });

  it('wants all of an object that was never complete', () => {
    expect(missedOtherwise([{ ...whole, arrived: 3, sent: null }])).toEqual(['whole']);
  });
});
