import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'watermark-is-maximum',
  why: 'The state says that all is done up to the newest sweep, and a restart looks no further back.',
  originalFault: 5,
  edits: [
    {
      file: 'pipeline.ts',
      search:
        '    const floorMs = Math.min(lookbackMs, known.oldestUnderWayMs() ?? lookbackMs, oldestOfferedMs() ?? lookbackMs);',
      replace: '    const floorMs = Math.max(lookbackMs, earliestMs);',
    },
    {
      file: 'discovery.ts',
      search: '      const fromMs = Math.min(sinceMs, lookbackMs);',
      replace: '      const fromMs = sinceMs;',
    },
  ],
};
