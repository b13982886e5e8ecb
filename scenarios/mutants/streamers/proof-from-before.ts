import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'proof-from-before',
  why: 'What an endpoint accepted before it refused a line counts as proof against the line.',
  originalFault: null,
  edits: [
    {
      file: 'sender.ts',
      search: '    const result = await post(part, firstRefusal.sends);',
      replace: '    const result = await post(part, refusal.sends);',
    },
    {
      file: 'sender.ts',
      search: '        const isProven = endpoint === next.refusal.endpoint && endpoint === acceptedBy;',
      replace: '        const isProven = acceptedBy !== null && endpoint === next.refusal.endpoint;',
    },
  ],
};
