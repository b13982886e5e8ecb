import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'foreign-key-moves-cursor',
  why: 'A foreign file in the folder moves the head scan past all objects that come.',
  originalFault: null,
  edits: [
    {
      file: 'discovery.ts',
      search: '      for (const { key } of page.objects) {',
      replace: '      for (const { key, lastModifiedMs } of page.objects) {',
    },
    {
      file: 'discovery.ts',
      search: '        if (fileTimestampMs !== null) listed.push({ key, fileTimestampMs });',
      replace: '        listed.push({ key, fileTimestampMs: fileTimestampMs ?? lastModifiedMs });',
    },
  ],
};
