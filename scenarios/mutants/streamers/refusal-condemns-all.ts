import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'refusal-condemns-all',
  why: 'A line is set aside when it is refused once, even by an endpoint that refuses everything.',
  originalFault: null,
  edits: [
    {
      file: 'sender.ts',
      search: '    if (isProven) {',
      replace: '    if (isProven || refusal.status > 0) {',
    },
  ],
};
