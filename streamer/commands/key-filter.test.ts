import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesKey } from './key-filter.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '='), maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 6 });

describe('matchesKey', () => {
  it('agrees with the regular expression that says the same', () => {
    fc.assert(
      fc.property(pattern, text, (wanted, key) => {
        const regex = new RegExp(`^${wanted.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`, 's');
        expect(matchesKey(wanted, key)).toBe(regex.test(key));
      }),
      { numRuns: 2000 },
    );
  });

  it('without a * takes the key as it is, whatever characters are in it', () => {
    expect(matchesKey('a/year=2025/(1).gz', 'a/year=2025/(1).gz')).toBe(true);
    expect(matchesKey('a', 'a/b')).toBe(false);
    expect(matchesKey('a/*', 'a/b')).toBe(true);
  });
});
