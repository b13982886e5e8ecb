import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'renews-without-holding',
  why: 'A renewal does not say what is held.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'claims.ts',
      search: 'this.#shared.renew(this.#session, held, onAsk)',
      replace: 'this.#shared.renew(this.#session, [], onAsk)',
    },
  ],
};
