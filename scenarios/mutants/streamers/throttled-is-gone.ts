import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'throttled-is-gone',
  why: 'An object whose GET is throttled counts as gone.',
  originalFault: null,
  edits: [
    {
      file: 'reading-failure.ts',
      search: `      return { kind: 'retry', backoff: THROTTLED, isDamage: false };`,
      replace: `      return { kind: 'quarantine', reason: 'object-gone', detail: error.message };`,
    },
  ],
};
