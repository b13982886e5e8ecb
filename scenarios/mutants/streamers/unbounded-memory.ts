import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'unbounded-memory',
  why: 'The reserved bytes are given back when an object is read, not when its lines are settled.',
  originalFault: null,
  edits: [
    {
      file: 'object-flight.ts',
      search: '    if (error === null) this.#tracker.endAt(this.rawBytes);',
      replace: `    this.reservation.release();
    if (error === null) this.#tracker.endAt(this.rawBytes);`,
    },
  ],
};
