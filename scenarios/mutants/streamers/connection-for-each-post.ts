import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'connection-for-each-post',
  why: 'Connections to endpoints are not kept.',
  originalFault: null,
  edits: [
    {
      file: 'io/http-sink.ts',
      search: `      method: 'POST',
`,
      replace: `      method: 'POST',
      reset: true,
`,
    },
  ],
};
