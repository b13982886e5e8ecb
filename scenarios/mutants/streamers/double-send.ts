import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'double-send',
  why: 'Each body is sent twice.',
  originalFault: null,
  edits: [
    {
      file: 'delivery.ts',
      search: `        this.#succeed(booking);
        this.#accepted[endpoint]`,
      replace: `        await this.#ports.sink.post({ endpoint, ...body }, signal);
        this.#succeed(booking);
        this.#accepted[endpoint]`,
    },
  ],
};
