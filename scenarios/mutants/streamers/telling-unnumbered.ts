import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'telling-unnumbered',
  why: 'What a journal tells has no number: where a replica that lagged takes over, nobody sees that it is missing there.',
  originalFault: null,
  world: 'redis',
  edits: [
    {
      file: 'io/redis/shared-state.ts',
      search: `      await this.#send(epoch, encodeRemembered(remembered));
`,
      replace: `      await this.#connection.run(this.#scripts.commit, [epoch, '', 0, encodeRemembered(remembered)]);
      this.#acknowledged = 0;
`,
    },
  ],
};
