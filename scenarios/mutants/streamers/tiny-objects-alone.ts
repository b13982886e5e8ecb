import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'tiny-objects-alone',
  why: 'No object shares a POST with another, however many wait.',
  originalFault: null,
  edits: [
    {
      file: 'core/send-queue.ts',
      search: '    while (first.isWholeObject) {',
      replace: '    while (first.isWholeObject && group.length < 1) {',
    },
  ],
};
