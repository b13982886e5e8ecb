import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'any-failure-is-damage',
  why: 'After three failed readings of any kind, damage on the wire condemns an object.',
  originalFault: null,
  edits: [
    {
      file: 'reading-failure.ts',
      search: '  return task.damagedReadings + 1 >= DAMAGE_READINGS_MAX',
      replace: '  return task.failures + 1 >= DAMAGE_READINGS_MAX',
    },
  ],
};
