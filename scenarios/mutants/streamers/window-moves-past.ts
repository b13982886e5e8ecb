import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'window-moves-past',
  why: 'A sweep that waited for a full queue moves the look-back window past what was never listed.',
  originalFault: null,
  edits: [
    {
      file: 'discovery.ts',
      search: `      sinceMs = lookbackMs;
`,
      replace: `      sinceMs = Infinity;
`,
    },
  ],
};
