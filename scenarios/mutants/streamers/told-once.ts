import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'told-once',
  why: 'What was found is told of once: when Redis forgets it, nobody tells again.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'offers.ts',
      search: 'const TELL_AGAIN_MS = 5_000;',
      replace: 'const TELL_AGAIN_MS = 1_000_000_000;',
    },
  ],
};
