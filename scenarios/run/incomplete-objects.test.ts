import { describe, expect, it } from 'vitest';
import { incompleteObjects } from './incomplete-objects.ts';

const settled = [{ start: 0, end: 100 }];

describe('incompleteObjects', () => {
  it('names what arrived whole and is not known to be complete, even where all of its lines are known to be settled', () => {
    const delivered = [0, 1, 2].map((index) => ({ index, lines: 5, acknowledgedLines: 5 }));
    const durable = [
      { index: 0, key: 'a', record: { kind: 'complete' } },
      { index: 1, key: 'b', record: { kind: 'partial', settled } },
      { index: 2, key: 'c', record: { kind: 'unknown' } },
    ] as const;
    expect(incompleteObjects(delivered, durable)).toEqual(['b', 'c']);
  });

  it('leaves to the ledger what did not arrive, or only in part', () => {
    const delivered = [{ index: 0, lines: 5, acknowledgedLines: 4 }];
    const durable = [
      { index: 0, key: 'a', record: { kind: 'partial', settled } },
      { index: 1, key: 'b', record: { kind: 'unknown' } },
    ] as const;
    expect(incompleteObjects(delivered, durable)).toEqual([]);
  });
});
