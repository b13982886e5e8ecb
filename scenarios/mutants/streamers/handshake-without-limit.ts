import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'handshake-without-limit',
  why: 'A new connection to Redis that is silent before it is ready is waited for, for ever.',
  originalFault: null,
  edits: [
    {
      file: 'io/redis/connection.ts',
      search: `    this.#limitHandshake();
`,
      replace: '',
    },
  ],
};
