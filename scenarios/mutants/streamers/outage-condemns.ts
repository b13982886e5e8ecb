import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'outage-condemns',
  why: 'An object whose reading fails three times is given up, also when S3 is at fault.',
  originalFault: null,
  edits: [
    {
      file: 'reading-failure.ts',
      search: `    case 'S3_UNAVAILABLE':
`,
      replace: `    case 'S3_UNAVAILABLE':
      if (task.failures + 1 >= DAMAGE_READINGS_MAX)
        return { kind: 'quarantine', reason: 'object-gone', detail: error.message };
      return { kind: 'retry', backoff: SOON, isDamage: false };
`,
    },
  ],
};
