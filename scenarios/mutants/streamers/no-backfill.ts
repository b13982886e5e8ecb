import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'no-backfill',
  why: 'The first start begins now, whatever was asked for.',
  originalFault: 13,
  edits: [
    {
      file: 'work-start.ts',
      search: `  if (processing.startFrom === 'beginning') return 0;`,
      replace: `  if (processing.startFrom === 'beginning') return nowMs - processing.delayWindowMs - 60_000;`,
    },
  ],
};
