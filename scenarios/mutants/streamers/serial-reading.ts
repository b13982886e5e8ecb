import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'serial-reading',
  why: 'An object is read only when the one before it is saved.',
  originalFault: null,
  edits: [
    {
      file: 'pipeline.ts',
      search: `    while (reading.size >= context.readLimit.limit) await Promise.race(reading);`,
      replace: `    await Promise.all(reading);
    await context.ports.clock.sleep(context.config.state.saveIntervalMs, signal);`,
    },
  ],
};
