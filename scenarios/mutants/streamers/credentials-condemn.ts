import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'credentials-condemn',
  why: 'A batch that is answered 401 is refused data: its lines are set aside.',
  originalFault: null,
  edits: [
    {
      file: 'core/response.ts',
      search: '  if (status === 400 ||',
      replace: '  if (status === 401 || status === 400 ||',
    },
    {
      file: 'sender.ts',
      search: '    if (isProven) {',
      replace: '    if (isProven || refusal.status === 401) {',
    },
  ],
};
