import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WorkQueue } from './work-queue.ts';

describe('WorkQueue', () => {
  it('never works faster than its rate and never holds more than its limit', () => {
    const arrivals = fc.array(fc.record({ afterMs: fc.nat(500), bytes: fc.integer({ min: 1, max: 1_000 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        arrivals,
        fc.integer({ min: 100, max: 5_000 }),
        fc.integer({ min: 1_000, max: 4_000 }),
        (offers, bytesPerS, queueBytes) => {
          const queue = new WorkQueue();
          let nowMs = 1_000;
          let takenBytes = 0;
          let lastDoneMs = 0;
          for (const { afterMs, bytes } of offers) {
            nowMs += afterMs;
            const doneMs = queue.offer(bytes, { bytesPerS, queueBytes }, nowMs);
            if (doneMs === null) continue;
            takenBytes += bytes;
            expect(doneMs).toBeGreaterThan(lastDoneMs);
            // All that is queued now is what will be worked off until then.
            expect(((doneMs - nowMs) / 1_000) * bytesPerS).toBeLessThanOrEqual(queueBytes + 1e-6);
            lastDoneMs = doneMs;
          }
          expect(((lastDoneMs - 1_000) / 1_000) * bytesPerS).toBeGreaterThanOrEqual(
            takenBytes === 0 ? -Infinity : takenBytes - 1e-6,
          );
        },
      ),
    );
  });

  it('has room again when something was worked off', () => {
    const queue = new WorkQueue();
    const limits = { bytesPerS: 1_000, queueBytes: 1_000 };
    expect(queue.offer(600, limits, 0)).toBe(600);
    expect(queue.offer(600, limits, 0)).toBeNull();
    expect(queue.offer(600, limits, 200)).toBe(1_200);
  });

  it('takes a batch larger than its queue when it is idle, for it could never pass otherwise', () => {
    const queue = new WorkQueue();
    expect(queue.offer(5_000, { bytesPerS: 1_000, queueBytes: 1_000 }, 0)).toBe(5_000);
  });
});
