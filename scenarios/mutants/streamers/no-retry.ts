import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'no-retry',
  why: 'A batch that fails once counts as delivered: it is gone.',
  originalFault: 1,
  edits: [
    {
      file: 'delivery.ts',
      search: `      if (outcome.kind === 'delivered') {`,
      replace: `      if (outcome.kind === 'delivered' || outcome.kind === 'retry') {`,
    },
  ],
};
