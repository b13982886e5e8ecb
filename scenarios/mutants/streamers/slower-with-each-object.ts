import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'slower-with-each-object',
  why: 'After each object something is gone through that grows with the objects read so far.',
  originalFault: null,
  edits: [
    {
      file: 'pipeline.ts',
      search: '  const reading = new Set<Promise<void>>();',
      replace: `  const reading = new Set<Promise<void>>();
  let objectsRead = 0;`,
    },
    {
      file: 'pipeline.ts',
      search: '    reading.add(slot);',
      replace: `    reading.add(slot);
    objectsRead += 1;
    await context.ports.clock.sleep(objectsRead ** 2 / 40, signal);`,
    },
  ],
};
