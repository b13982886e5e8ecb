import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'whole-object-in-memory',
  why: 'Every object is inflated in one piece, however large.',
  originalFault: null,
  edits: [
    {
      file: 'object-reader.ts',
      search: `    return Math.min(WHOLE_STORED_BYTES_MAX, this.#context.budget.bytesMax * WHOLE_BUDGET_SHARE);`,
      replace: `    return WHOLE_STORED_BYTES_MAX * 1000;`,
    },
    {
      file: 'object-reader.ts',
      search: `    if (neededBytes > this.#context.budget.bytesMax * WHOLE_BUDGET_SHARE) return false;`,
      replace: `    if (neededBytes > 0) return true;`,
    },
  ],
};
