import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'waits-for-file-time',
  why: 'An object waits until the clock here shows the time in its name.',
  originalFault: null,
  edits: [
    {
      file: 'core/selection.ts',
      search: `      notBeforeMs: Math.min(fileTimestampMs, listedMs) + delayWindowMs,`,
      replace: `      notBeforeMs: fileTimestampMs + delayWindowMs,`,
    },
  ],
};
