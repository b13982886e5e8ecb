import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'lease-shorter-in-redis',
  why: 'A lease ends in Redis a second before its holder thinks.',
  originalFault: null,
  world: 'redis',
  edits: [{ file: 'io/redis/shared-state.ts', search: 'const ROUNDED_MS = 1;', replace: 'const ROUNDED_MS = -1_000;' }],
};
