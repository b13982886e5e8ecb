import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'turn-forgotten',
  why: 'A body that is handed back between two attempts goes to the endpoint that refused it, again and again, and never to those that could prove it wrong.',
  originalFault: null,
  world: 'refused-in-storms',
  edits: [
    {
      file: 'delivery.ts',
      search: `    const failures = [...(body.sentBefore?.failures ?? [])];
`,
      replace: `    const failures = [...failedAt];
`,
    },
  ],
};
