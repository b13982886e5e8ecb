import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'refused-batch-holds-worker',
  why: 'A refused line that waits for proof holds its worker, and all workers can end so.',
  originalFault: null,
  edits: [
    {
      file: 'sender.ts',
      search: '    if (group !== null) await sendGroup(context, delivery, group, aside, signal);',
      replace: `    if (group !== null) {
      await sendGroup(context, delivery, group, aside, signal);
      await proving;
    }`,
    },
  ],
};
