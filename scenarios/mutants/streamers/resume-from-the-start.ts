import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'resume-from-the-start',
  why: 'An object that was interrupted is sent from its beginning again.',
  originalFault: null,
  edits: [
    {
      file: 'object-reader.ts',
      search: '    return new BatchCutter(flight.format.recordRule, limits, flight.task.settled, spoilt);',
      replace: '    return new BatchCutter(flight.format.recordRule, limits, [], spoilt);',
    },
  ],
};
