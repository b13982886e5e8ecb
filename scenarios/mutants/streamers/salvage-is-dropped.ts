import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'salvage-is-dropped',
  why: 'What can be read of a damaged object is not delivered.',
  originalFault: null,
  edits: [
    {
      file: 'object-reader.ts',
      search: `      // What was cut before the damage is good: it is delivered, and the damage is what is reported.
      await this.#queue(flight, cutter?.flush() ?? [], signal);
`,
      replace: '',
    },
  ],
};
