import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'completion-without-token',
  why: 'An object is completed without a word of who had it.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'object-end.ts',
      search: `  context.progress.complete(task.object, task.claim);
  if (task.wanted`,
      replace: `  context.progress.complete(task.object);
  if (task.wanted`,
    },
  ],
};
