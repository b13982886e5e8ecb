import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'refused-names-wrong-line',
  why: 'The record of a refused line names the first line of its batch, whichever it was.',
  originalFault: null,
  edits: [
    {
      file: 'sender.ts',
      search: 'firstLine: isVerbatim ? cut.firstLine + part.firstRecord : cut.firstLine,',
      replace: 'firstLine: cut.firstLine,',
    },
    {
      file: 'sender.ts',
      search: '(record ${part.firstRecord} of the range)',
      replace: '(record 0 of the range)',
    },
  ],
};
