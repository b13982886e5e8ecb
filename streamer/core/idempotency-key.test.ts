import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../ports.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { Range } from './ranges.ts';

interface Member {
  readonly object: ObjectRef;
  readonly range: Range;
}

function member(
  key: string,
  { etag = '9b2cf535f27731c974343645a3985328', start = 0, end = 1000, bucket = 'logs' } = {},
): Member {
  return { object: { bucket, key, etag, sizeBytes: 1, lastModifiedMs: 0 }, range: { start, end } };
}

const anyMember = fc
  .record({ key: fc.string(), etag: fc.string(), start: fc.nat(), length: fc.nat(), bucket: fc.string() })
  .map(({ key, etag, start, length, bucket }) => member(key, { etag, start, end: start + length, bucket }));

describe('idempotencyKey', () => {
  it('is the same for the same objects and ranges, whatever LIST said beside', () => {
    fc.assert(
      fc.property(fc.array(anyMember, { minLength: 1, maxLength: 5 }), fc.nat(), (members, sizeBytes) => {
        const again = members.map(({ object, range }) => ({
          object: { ...object, sizeBytes, lastModifiedMs: sizeBytes },
          range,
        }));
        expect(idempotencyKey(again)).toBe(idempotencyKey(members));
      }),
    );
  });

  it('is a short header value, whatever the key and ETag hold', () => {
    fc.assert(
      fc.property(fc.array(anyMember, { minLength: 1, maxLength: 50 }), (members) => {
        expect(idempotencyKey(members)).toMatch(/^[\w-]*-[\w-]+$/);
      }),
    );
    expect(idempotencyKey(Array.from({ length: 500 }, (_, index) => member(`k${index}`))).length).toBeLessThan(64);
  });

  it('differs when object or range differs', () => {
    const keys = [
      member('a'),
      member('b'),
      member('a', { etag: 'd41d8cd98f00b204e9800998ecf8427e' }),
      member('a', { bucket: 'other' }),
      member('a', { start: 1 }),
      member('a', { end: 999 }),
    ].map((one) => idempotencyKey([one]));
    expect(new Set(keys).size).toBe(keys.length);
  });

  // Two halves that follow from each other would make a 32-bit hash of the whole: at 200,000 groups about five pairs would share a key.
  it('tells 200,000 groups of tiny objects apart', () => {
    const keys = new Set<string>();
    for (let index = 0; index < 200_000; index += 1) {
      keys.add(idempotencyKey([member(`year=2025/${index}.gz`), member(`year=2025/${index}_2.gz`)]));
    }
    expect(keys.size).toBe(200_000);
  });
});
