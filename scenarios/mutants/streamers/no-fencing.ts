import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'no-fencing',
  why: 'What Redis refuses is taken for granted: claims are never lost, and a zombie goes on.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'io/redis/shared-state.ts',
      search: `    for (const { claim } of held) if (lostTokens.has(claim.token)) claim.lose();
`,
      replace: '',
    },
    {
      file: 'io/redis/shared-state.ts',
      search: `      if (refused.has(claim.token)) claim.lose();
`,
      replace: '',
    },
    {
      file: 'claims.ts',
      search: `    for (const claim of this.#held.keys()) if (tokens.includes(claim.token)) claim.lose();
`,
      replace: '',
    },
  ],
};
