import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'name-is-whole-key',
  why: 'Names are read from the whole key, so an object under a partition is never found.',
  originalFault: 11,
  edits: [
    {
      file: 'core/format.ts',
      search: '      const text = regex.exec(baseName(keyBelowPrefix))?.[1] ?? regex.exec(keyBelowPrefix)?.[1];',
      replace: '      const text = regex.exec(keyBelowPrefix)?.[1];',
    },
  ],
};
