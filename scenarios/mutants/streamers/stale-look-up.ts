import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'stale-look-up',
  why: 'A look-up of a whole page is trusted for the last object of the page, however long the others had to wait.',
  originalFault: null,
  edits: [
    {
      file: 'source-intake.ts',
      search: '      const isFresh = Math.abs(this.#context.ports.clock.now() - lookedMs) < LOOKUP_FRESH_MS;',
      replace: '      const isFresh = lookedMs > 0;',
    },
  ],
};
