import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'never-compresses',
  why: '`http.compression: gzip` is accepted and ignored.',
  originalFault: null,
  edits: [
    {
      file: 'io/http-sink.ts',
      search: `    const isCompressed = options.compression !== 'none' && request.encoding === undefined;`,
      replace: '    const isCompressed = options.compression !== options.compression;',
    },
  ],
};
