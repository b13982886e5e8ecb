import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'clock-delays-objects',
  why: 'When the clock is set back, what waits for another reading waits for that time too.',
  originalFault: null,
  edits: [
    {
      file: 'core/ready-queue.ts',
      search: `    if (nowMs < this.#latestMs) this.#hasten(this.#latestMs - nowMs);
`,
      replace: '',
    },
  ],
};
