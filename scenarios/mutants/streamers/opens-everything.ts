import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'opens-everything',
  why: 'Pass-through is asked for, and every object is inflated all the same.',
  originalFault: null,
  edits: [
    {
      file: 'pass-through.ts',
      search: `if (compression !== 'passthrough' ||`,
      replace: `if (compression === 'passthrough' ||`,
    },
  ],
};
