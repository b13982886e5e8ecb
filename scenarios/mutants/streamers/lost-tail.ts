import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'lost-tail',
  why: 'A last line without a newline is skipped.',
  originalFault: null,
  edits: [
    {
      file: 'core/batch-cutter.ts',
      search: `      this.#takeTail(false);
`,
      replace: `      this.#offset += this.#tailBytes;
`,
    },
  ],
};
