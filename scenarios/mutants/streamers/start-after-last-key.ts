import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'start-after-last-key',
  why: 'A head scan starts after the last key in string order, so `_10` is skipped after `_2`.',
  originalFault: 4,
  edits: [
    {
      file: 'core/head-cursor.ts',
      search: `      if (fileTimestampMs >= boundaryMs) return;
`,
      replace: `      if (fileTimestampMs === boundaryMs) continue;
`,
    },
  ],
};
