import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'late-folder-not-entered',
  why: 'After a restart, a folder whose day ended before the object in it came is not entered.',
  originalFault: null,
  edits: [
    {
      file: 'discovery.ts',
      search: '      const foldersFromMs = isFirst ? fromMs - config.processing.lookbackMs : fromMs;',
      replace: '      const foldersFromMs = fromMs;',
    },
  ],
};
