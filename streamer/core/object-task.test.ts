import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../ports.ts';
import { identityOf, SettledTracker } from './object-task.ts';

function ref(bucket: string, key: string, etag: string): ObjectRef {
  return { bucket, key, etag, sizeBytes: 1, lastModifiedMs: 0 };
}

describe('identityOf', () => {
  // Keys may hold anything, line breaks too; bucket names and ETags hold none.
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-'), maxLength: 4 });
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\n'), maxLength: 6 });

  it('is equal only for the same bucket, key and ETag', () => {
    fc.assert(
      fc.property(word, key, word, word, key, word, (bucket, one, etag, otherBucket, other, otherEtag) => {
        const isSame = bucket === otherBucket && one === other && etag === otherEtag;
        expect(identityOf(ref(bucket, one, etag)) === identityOf(ref(otherBucket, other, otherEtag))).toBe(isSame);
      }),
      { numRuns: 5000 },
    );
  });

  it('does not depend on size and LastModified, which say nothing of the version', () => {
    const object = ref('logs', 'a', 'e');
    expect(identityOf({ ...object, sizeBytes: 99, lastModifiedMs: 99 })).toBe(identityOf(object));
  });
});

describe('SettledTracker', () => {
  it('calls an object complete when its end is known and every byte up to it is settled, in whatever order', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 10 });
    fc.assert(
      fc.property(pieces, fc.infiniteStream(fc.nat(9)), fc.nat(10), (lengths, order, endAfter) => {
        let end = 0;
        const ranges = lengths.map((length) => {
          const start = end;
          end += length;
          return { start, end };
        });
        const shuffled = ranges.toSorted(() => (order.next().value ?? 0) - 4);
        const tracker = new SettledTracker([]);
        for (const [index, range] of shuffled.entries()) {
          if (index === endAfter) tracker.endAt(end);
          expect(tracker.isComplete).toBe(false);
          tracker.settle(range);
          tracker.settle(range);
        }
        tracker.endAt(end);
        expect(tracker.isComplete).toBe(true);
      }),
    );
  });

  it('counts what an earlier reading settled', () => {
    const tracker = new SettledTracker([{ start: 0, end: 6 }]);
    tracker.settle({ start: 6, end: 9 });
    expect(tracker.settled).toEqual([{ start: 0, end: 9 }]);
    tracker.endAt(10);
    expect(tracker.isComplete).toBe(false);
  });

  it('calls an empty object complete at its end', () => {
    const tracker = new SettledTracker([]);
    expect(tracker.isComplete).toBe(false);
    tracker.endAt(0);
    expect(tracker.isComplete).toBe(true);
  });
});
