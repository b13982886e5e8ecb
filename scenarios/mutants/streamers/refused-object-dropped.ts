import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'refused-object-dropped',
  why: 'An object that was passed through and refused counts as delivered.',
  originalFault: null,
  edits: [
    {
      file: 'sender.ts',
      search: `group[0].owner.refuse(group[0].cut.bodyBytes, result.refusal);`,
      replace: `for (const { owner, cut, closedMs } of group)
          settleBatch(context, owner, cut, { closedMs, firstSentMs: closedMs, acknowledgedMs: closedMs, isBodyReleased: false });`,
    },
  ],
};
