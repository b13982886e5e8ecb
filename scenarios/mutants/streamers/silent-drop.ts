import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'silent-drop',
  why: 'A batch that finds the send queue full is dropped, and nothing tells of it.',
  originalFault: 3,
  edits: [
    {
      file: 'core/send-queue.ts',
      search: `      this.#enqueue(batch);
      return true;
    }
`,
      replace: `      this.#enqueue(batch);
      return true;
    }
    if (!this.#isClosed) return false;
`,
    },
    {
      file: 'object-reader.ts',
      search: '      else dropBatch(this.#context, flight, cut);',
      replace: `      else {
        const times = { closedMs, firstSentMs: closedMs, acknowledgedMs: closedMs };
        settleBatch(this.#context, flight, cut, { ...times, isBodyReleased: true });
      }`,
    },
  ],
};
