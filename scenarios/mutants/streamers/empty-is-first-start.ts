import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'empty-is-first-start',
  why: 'A Redis that has forgotten everything is taken for a first start.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'io/redis/shared-state.ts',
      search: `[before ?? '', this.#newEpoch(), this.#leaseInRedisMs]`,
      replace: `['', this.#newEpoch(), this.#leaseInRedisMs]`,
    },
    {
      file: 'io/redis/shared-state.ts',
      search: `      const objects = await this.#tell(epoch, -Infinity);
`,
      replace: `      const objects = 0;
`,
    },
  ],
};
