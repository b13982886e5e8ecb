import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'credentials-not-sent',
  why: '`http.auth` is accepted and not sent.',
  originalFault: null,
  edits: [
    {
      file: 'request-headers.ts',
      search: '  return { ...headers, ...authorization(auth) };',
      replace: '  return { ...headers, ...(headers.authorization === "" ? authorization(auth) : {}) };',
    },
  ],
};
