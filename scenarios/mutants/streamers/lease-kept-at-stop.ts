import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'lease-kept-at-stop',
  why: 'An instance that ends does not give back what it holds: others wait until its lease is over.',
  originalFault: null,
  edits: [
    {
      file: 'pipeline.ts',
      search: `    await claims?.leave();
`,
      replace: '',
    },
  ],
};
