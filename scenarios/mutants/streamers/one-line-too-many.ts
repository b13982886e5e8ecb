import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'one-line-too-many',
  why: 'A batch is closed by the line after the one that fills it.',
  originalFault: null,
  edits: [
    {
      file: 'core/batch-cutter.ts',
      search: '      (this.#cellLines >= this.#limits.linesMax ||',
      replace: '      (this.#cellLines > this.#limits.linesMax ||',
    },
  ],
};
