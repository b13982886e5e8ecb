import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'estimate-of-the-sample',
  why: '`explain` tells how long the objects took that it has read, not how long all of them will take.',
  originalFault: null,
  edits: [
    {
      file: 'commands/sample-read.ts',
      search: '  const answerMs = (objects * sample.answerMs) / sample.objects / workers;',
      replace: '  const answerMs = (objects * sample.answerMs) / objects / workers;',
    },
    {
      file: 'commands/sample-read.ts',
      search: '  const bodyMs = (gzBytes * sample.bodyMs) / Math.max(1, sample.gzBytes) / Math.min(workers, cores);',
      replace: '  const bodyMs = (gzBytes * sample.bodyMs) / Math.max(1, gzBytes) / Math.min(workers, cores);',
    },
  ],
};
