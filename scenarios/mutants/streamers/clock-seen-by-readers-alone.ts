import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'clock-seen-by-readers-alone',
  why: 'What is added while a clock is set forward waits for that time where no reader looked at the clock before it was set back.',
  originalFault: null,
  world: 'clock-ahead-while-busy',
  edits: [
    {
      file: 'core/ready-queue.ts',
      search: `    this.#follow(nowMs);
    this.#waiting.push(task);
`,
      replace: `    this.#waiting.push(task);
`,
    },
  ],
};
