import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'late-renewal-counts',
  why: 'A renewal that comes late gives back what was claimed since.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'io/redis/shared-state.ts',
      search: `    this.#turns += 1;
    return this.#turns;`,
      replace: '    return this.#turns;',
    },
  ],
};
