import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'full-queue-forgets',
  why: 'An object that finds the ready queue full is forgotten.',
  originalFault: 8,
  edits: [
    {
      file: 'source-intake.ts',
      search: `    found.push({ ...asIfListedAt(nowMs, task, config.processing.delayWindowMs), settled }, nowMs);`,
      replace: `    if (found.length < this.#readyMax(task, motion) / 2) found.push({ ...asIfListedAt(nowMs, task, config.processing.delayWindowMs), settled }, nowMs);`,
    },
  ],
};
