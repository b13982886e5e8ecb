import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'retry-after-ignored',
  why: 'A batch is sent again, and an endpoint asked again, whatever its Retry-After says.',
  originalFault: null,
  edits: [
    {
      file: 'delivery.ts',
      search: `    return backoffMs(BACKOFF, failures, random, afterMs);`,
      replace: `    return backoffMs(BACKOFF, failures, random, null);`,
    },
    {
      file: 'delivery.ts',
      search: `    this.#picker.fail(booking, nowMs, reason, outcome.kind === 'retry' ? outcome.afterMs : null);`,
      replace: `    this.#picker.fail(booking, nowMs, reason, null);`,
    },
  ],
};
