import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'flush-skips-batch',
  why: 'What `flush_interval` closes is settled without being sent.',
  originalFault: null,
  edits: [
    {
      file: 'object-reader.ts',
      search: `        if (next === null) {
          await this.#queue(flight, cutter?.flush() ?? [], signal);`,
      replace: `        if (next === null) {
          const times = { closedMs: 0, firstSentMs: 0, acknowledgedMs: 0 };
          for (const cut of cutter?.flush() ?? []) {
            flight.launch(cut.bodyBytes);
            settleBatch(this.#context, flight, cut, { ...times, isBodyReleased: true });
          }`,
    },
  ],
};
