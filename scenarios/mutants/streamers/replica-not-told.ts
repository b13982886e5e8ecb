import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'replica-not-told',
  why: 'After a fail-over to a replica that lagged, nobody tells what is missing there.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'io/redis/shared-state.ts',
      search: `    if (Number(mark) < acknowledged) await this.#tellAgain(Number(mark));
`,
      replace: '',
    },
  ],
};
