import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'complete-before-last-batch',
  why: 'An object is complete when it was read, whatever is still under way.',
  originalFault: null,
  edits: [
    {
      file: 'object-flight.ts',
      search: '    if (this.#readEnd === null || this.#pendingBatches > 0) return;',
      replace: '    if (this.#readEnd === null) return;',
    },
    {
      file: 'object-flight.ts',
      search: '    else if (this.#tracker.isComplete) this.#onEnd',
      replace: '    else if (!this.isLost) this.#onEnd',
    },
  ],
};
