import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'stop-without-saving',
  why: 'A stop does not save the last progress.',
  originalFault: null,
  edits: [
    {
      file: 'pipeline.ts',
      search: `    await progress.flush();
`,
      replace: `    await Promise.resolve();
`,
    },
  ],
};
