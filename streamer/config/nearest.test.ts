import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['bucket', 'bukcet', 1],
    ['workers', 'wrokres', 2],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %d', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
  });

  it('is the same in both directions, and 0 only for equal texts', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (left, right) => {
        expect(editDistance(left, right)).toBe(editDistance(right, left));
        expect(editDistance(left, right) === 0).toBe(left === right);
      }),
    );
  });

  it('grows by one at most with each edit', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 12 }),
        fc.nat(12),
        fc.string({ minLength: 1, maxLength: 1 }),
        (word, place, letter) => {
          const at = Math.min(place, word.length);
          expect(editDistance(word, word.slice(0, at) + letter + word.slice(at))).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('nearest', () => {
  const keys = ['batch_lines', 'batch_bytes', 'workers', 'timeout'];

  it.each([
    ['batch_line', 'batch_lines'],
    ['batchBytes', 'batch_bytes'],
    ['batch-lines', 'batch_lines'],
    ['wrokers', 'workers'],
    ['time_out', 'timeout'],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, keys)).toBe(expected);
  });

  it('is nothing when nothing is near', () => {
    expect(nearest('compression', keys)).toBeNull();
    expect(nearest('x', [])).toBeNull();
  });
});
