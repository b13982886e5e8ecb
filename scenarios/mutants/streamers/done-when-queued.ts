import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'done-when-queued',
  why: `An object's lines count as settled when they are queued, not when they are acknowledged.`,
  originalFault: 2,
  edits: [
    {
      file: 'object-reader.ts',
      search: '        flight.batches += 1;',
      replace: `        flight.batches += 1;
        this.#context.progress.settle(flight.task.object, cut.range);`,
    },
  ],
};
