import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectRecord } from '#streamer';
import { mergeRecords } from './durable-state.ts';

const range = fc
  .tuple(fc.nat(50), fc.integer({ min: 1, max: 20 }))
  .map(([start, length]) => ({ start, end: start + length }));
const record: fc.Arbitrary<ObjectRecord> = fc.oneof(
  fc.constant<ObjectRecord>({ kind: 'unknown' }),
  fc.constant<ObjectRecord>({ kind: 'complete' }),
  range.map((settled): ObjectRecord => ({ kind: 'partial', settled: [settled] })),
);

function knows(known: ObjectRecord, offset: number): boolean {
  switch (known.kind) {
    case 'unknown':
      return false;
    case 'complete':
      return true;
    case 'partial':
      return known.settled.some(({ start, end }) => start <= offset && offset < end);
  }
}

describe('mergeRecords', () => {
  it('knows what any of them knows, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), fc.nat(80), (records, offset) => {
        expect(knows(mergeRecords(records), offset)).toBe(records.some((one) => knows(one, offset)));
      }),
    );
  });

  it('takes an object that a memory never heard of for unknown', () => {
    expect(mergeRecords([undefined])).toEqual({ kind: 'unknown' });
  });
});
