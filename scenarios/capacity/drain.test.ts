import { describe, expect, it } from 'vitest';
import { type Result, sampleResult } from '#reports';
import { drainOf } from './drain.ts';

/** Objects of 1 MB; two live ones a second for six seconds, beside a backlog of 20, five of which were gone before. */
function drain(backlogFiles: readonly number[]): Result {
  const sample = sampleResult();
  const [second] = sample.timeline;
  if (second === undefined) throw new Error('the sample has no timeline');
  return {
    ...sample,
    load: { ...sample.load, files: 32, rawBytes: 32e6 },
    timeline: backlogFiles.map((backlog, tS) => ({
      ...second,
      tS,
      files: 6,
      backlogFiles: backlog,
      offeredRawBytes: tS === 0 ? 22e6 : tS < 6 ? 2e6 : 0,
    })),
  };
}

describe('a drain beside live traffic', () => {
  it('is counted from what was left when the first live object was due', () => {
    const { backlogObjects, leftObjects, drainedObjects, liveObjectsPerS, liveS, drainedS } = drainOf(
      drain([11, 7, 3, 2, 2, 2, 0]),
    );
    expect(backlogObjects).toBe(20);
    expect(leftObjects).toBe(15);
    expect(liveObjectsPerS).toBe(2);
    expect(liveS).toBe(6);
    // Not more than live traffic has in hand anyway: four objects.
    expect(drainedS).toBe(3);
    expect(drainedObjects).toBe(11);
  });

  it('has no end where the backlog stays', () => {
    expect(drainOf(drain([11, 12, 13])).drainedS).toBeNull();
  });
});
