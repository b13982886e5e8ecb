import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'any-trailer-passes',
  why: 'An object is passed through whatever its end says of its length.',
  originalFault: null,
  edits: [
    {
      file: 'core/gzip-member.ts',
      search: `return length >= stored.length && length <= stored.length * RATIO_MAX ? length : null;`,
      replace: `return Math.max(1, length);`,
    },
  ],
};
