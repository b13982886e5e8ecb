import { describe, expect, it } from 'vitest';
import { utilizationSamples } from './sink-watch.ts';

describe('utilizationSamples', () => {
  it('gives the busy share from look to look', () => {
    const marks = [
      { atMs: 0, activeMs: 0, idleMs: 0 },
      { atMs: 3000, activeMs: 750, idleMs: 2250 },
      { atMs: 6000, activeMs: 3000, idleMs: 3000 },
    ];
    expect(utilizationSamples(marks)).toEqual([
      { atMs: 3000, utilization: 0.25 },
      { atMs: 6000, utilization: 0.75 },
    ]);
  });

  it('does not take one busy moment at the end for a saturated sink', () => {
    const marks = [
      { atMs: 0, activeMs: 0, idleMs: 0 },
      { atMs: 3000, activeMs: 300, idleMs: 2700 },
      { atMs: 3500, activeMs: 800, idleMs: 2700 },
    ];
    expect(utilizationSamples(marks).at(-1)?.utilization).toBeCloseTo(0.23, 2);
  });
});
