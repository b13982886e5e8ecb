import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'stop-breaks-off',
  why: 'A stop aborts the requests in flight.',
  originalFault: 7,
  edits: [
    {
      file: 'pipeline.ts',
      search: '  const killOrFault = AbortSignal.any([kill, fault.signal]);',
      replace: '  const killOrFault = AbortSignal.any([stop, kill, fault.signal]);',
    },
  ],
};
