import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteFinder } from './byte-finder.ts';

describe('ByteFinder', () => {
  it('finds what a search of the whole finds, wherever the chunks are cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 });
    const wanted = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(letters), wanted, (chunks, needle) => {
        const finder = new ByteFinder(needle);
        for (const chunk of chunks) finder.push(Buffer.from(chunk));
        expect(finder.isFound).toBe(chunks.join('').includes(needle));
      }),
    );
  });
});
