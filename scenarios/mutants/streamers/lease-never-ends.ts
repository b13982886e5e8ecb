import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'lease-never-ends',
  why: 'An instance that cannot renew its lease goes on with what it had.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'claims.ts',
      search: `    if (this.#ports.clock.elapsed() < this.#leaseEndMs) return;
`,
      replace: `    if (this.#leaseEndMs > -Infinity) return;
`,
    },
  ],
};
