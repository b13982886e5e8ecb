import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'progress-without-claim',
  why: 'What is settled is told without a word of the reading: of an object that is read again on request nothing counts before its end.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'settle.ts',
      search: '  context.progress.settle(object, cut.range, claim);',
      replace: '  context.progress.settle(object, cut.range);',
    },
  ],
};
