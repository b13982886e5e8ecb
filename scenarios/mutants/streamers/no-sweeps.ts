import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'no-sweeps',
  why: 'What comes late is never looked for.',
  originalFault: null,
  edits: [
    {
      file: 'discovery.ts',
      search: `        onFinished(startMs);
        isFirst = false;`,
      replace: `        onFinished(startMs);
        await ports.clock.sleep(2 ** 31 - 1, signal);
        isFirst = false;`,
    },
  ],
};
