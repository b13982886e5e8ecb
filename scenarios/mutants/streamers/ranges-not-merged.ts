import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'ranges-not-merged',
  why: 'Of the settled ranges of an object only the last is saved.',
  originalFault: null,
  edits: [
    {
      file: 'progress-writer.ts',
      search: '    unsaved.settled = unionRanges(unsaved.settled, [range]);',
      replace: '    unsaved.settled = [range];',
    },
  ],
};
