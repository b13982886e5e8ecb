import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'lost-is-left-to-others',
  why: 'An object whose claim was lost is not told of again: the others are taken to know of it.',
  originalFault: null,
  world: 'lister-loses-its-own',
  edits: [
    {
      file: 'object-end.ts',
      search: `  known.add(identityOf(task.object), knownOf(task));
  const nowMs = ports.clock.now();
  found.push({ ...task, notBeforeMs: nowMs }, nowMs);
  foundChanged.notify();
`,
      replace: '  known.forget(identityOf(task.object));\n',
    },
  ],
};
