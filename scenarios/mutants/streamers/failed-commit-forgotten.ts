import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'failed-commit-forgotten',
  why: 'What a failed commit held is not written again.',
  originalFault: null,
  edits: [
    {
      file: 'progress-writer.ts',
      search: `      this.#putBack(unsaved, quarantined, fulfilled, head, bytes);
`,
      replace: '',
    },
  ],
};
