import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'counts-what-failed',
  why: 'Lines count as sent also when the POST has failed.',
  originalFault: null,
  edits: [
    {
      file: 'events.ts',
      search: `    case 'delivery retried':
`,
      replace: `    case 'delivery retried':
      totals.httpLinesSent += 1;
`,
    },
  ],
};
