import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'never-complete',
  why: 'An object that is delivered is said to be complete, and never remembered as that.',
  originalFault: null,
  edits: [
    {
      file: 'object-end.ts',
      search: `  context.progress.complete(task.object, task.claim);
`,
      replace: '',
    },
  ],
};
