import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'no-back-pressure',
  why: 'Reading goes on whatever is held: neither the queue nor the memory is ever full.',
  originalFault: null,
  edits: [
    {
      file: 'core/send-queue.ts',
      search: '    if (this.isEmpty) return true;\n    return (',
      replace: '    if (batch.cut.bodyBytes >= 0) return true;\n    return (',
    },
    {
      file: 'core/byte-budget.ts',
      search: '    if (isFirst && this.#heldBytes + askedBytes <= this.#bytesMax) return this.#grant(askedBytes);',
      replace: '    if (isFirst || askedBytes > 0) return this.#grant(askedBytes);',
    },
  ],
};
