import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'padded-days',
  why: 'The folder of the new day is looked for with a leading zero.',
  originalFault: null,
  edits: [
    {
      file: 'core/partitions.ts',
      search: '    const spellings = pattern.isPadded === null ? [false, true] : [pattern.isPadded];',
      replace: '    const spellings = [true];',
    },
  ],
};
