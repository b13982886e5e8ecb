import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'lease-by-wall-clock',
  why: 'The end of a lease is a moment of a clock that can be set.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'claims.ts',
      search: 'const untilMs = this.#leaseEndMs - clock.elapsed();',
      replace: 'const untilMs = this.#leaseEndMs - clock.now();',
    },
    {
      file: 'claims.ts',
      search: 'if (this.#ports.clock.elapsed() < this.#leaseEndMs) return;',
      replace: 'if (this.#ports.clock.now() < this.#leaseEndMs) return;',
    },
    {
      file: 'claims.ts',
      search: 'const untilMs = clock.elapsed() + this.#shared.leaseTtlMs;',
      replace: 'const untilMs = clock.now() + this.#shared.leaseTtlMs;',
    },
  ],
};
