import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'ack-before-delivery',
  why: 'Lines count as settled before they are sent.',
  originalFault: null,
  edits: [
    {
      file: 'sender.ts',
      search: '  const members = group.map(',
      replace: `  for (const { owner, cut } of group) context.progress.settle(owner.task.object, cut.range);
  const members = group.map(`,
    },
  ],
};
