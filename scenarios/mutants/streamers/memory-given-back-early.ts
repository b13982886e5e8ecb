import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'memory-given-back-early',
  why: 'The memory of a body is used again while an attempt may still read it.',
  originalFault: null,
  edits: [
    {
      file: 'object-flight.ts',
      search: `    if (!settlement.isBodyReleased) this.#isMemoryFree = false;
`,
      replace: '',
    },
  ],
};
