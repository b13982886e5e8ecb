import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeDecimal, writePadded } from './decimal.ts';
import { byPopularity, SegmentPool } from './segment-pool.ts';

const written = (pool: SegmentPool, bits: number): string => {
  const target = Buffer.alloc(pool.segmentBytesMax + 1);
  return target.toString('utf8', 1, pool.write(target, 1, bits));
};

describe('SegmentPool', () => {
  it('takes each piece as often as its weight says', () => {
    const pool = new SegmentPool([
      { text: 'common', weight: 3 },
      { text: 'rare', weight: 1 },
    ]);
    const taken = Array.from({ length: 4_096 }, (_, bits) => written(pool, bits));
    expect(taken.filter((text) => text === 'common')).toHaveLength(3_072);
    expect(taken.filter((text) => text === 'rare')).toHaveLength(1_024);
  });

  it('copies pieces whole, whatever their bytes, and knows the longest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 50 }),
        fc.nat(),
        (texts, bits) => {
          const pool = new SegmentPool(byPopularity(texts, 1));
          expect(texts).toContain(written(pool, bits));
          expect(pool.segmentBytesMax).toBe(Math.max(...texts.map((text) => Buffer.byteLength(text))));
        },
      ),
    );
  });
});

describe('decimals', () => {
  it('are written as String() and padStart() would', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), (value) => {
        const target = Buffer.alloc(12);
        expect(target.toString('latin1', 2, writeDecimal(target, 2, value))).toBe(String(value));
        expect(target.toString('latin1', 2, writePadded(target, 2, value, 9))).toBe(String(value).padStart(9, '0'));
      }),
    );
  });
});
