import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'proof-from-before',
  why: 'What an endpoint accepted before it refused a line counts as proof against the line.',
  originalFault: null,
  edits: [
    {
      file: 'sender.ts',
      search:
        '    const result = await postPiece(context, delivery, pieceOf(context, batch, part, refusal.sends), signal);',
      replace: '    const result = await postPiece(context, delivery, pieceOf(context, batch, part, 0), signal);',
    },
    {
      file: 'sender.ts',
      search: '        const isProven = endpoint === next.refusal.endpoint && endpoint === acceptedBy;',
      replace: '        const isProven = acceptedBy !== null && endpoint === next.refusal.endpoint;',
    },
  ],
};
