import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'refused-batch-dropped',
  why: 'A batch that is refused counts as settled, good lines and all.',
  originalFault: null,
  edits: [
    {
      file: 'sender.ts',
      search: '      else for (const batch of group) aside.refused(batch, result.refusal);',
      replace: `      else for (const { owner, cut, closedMs } of group)
          settleBatch(context, owner, cut, { closedMs, firstSentMs: closedMs, acknowledgedMs: closedMs, isBodyReleased: false });`,
    },
  ],
};
