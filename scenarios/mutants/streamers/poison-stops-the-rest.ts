import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'poison-stops-the-rest',
  why: 'A body that is refused is tried again for ever.',
  originalFault: null,
  edits: [
    {
      file: 'delivery.ts',
      search: `      if (outcome.kind === 'refused' && answer.kind === 'answered' && isProven(body, accepted)) {`,
      replace: `      if (outcome.kind === 'refused' && answer.kind === 'answered' && isProven(body, accepted) && attempt === 0) {`,
    },
  ],
};
