import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'long-line-fails-object',
  why: 'A line over the limit fails its object after part of it was sent.',
  originalFault: 9,
  edits: [
    {
      file: 'object-reader.ts',
      search: `      const closedMs = clock.now();
      flight.launch(cut.bodyBytes);`,
      replace: `      if (cut.longLines.length > 0) throw new StreamerError('GZIP_CORRUPT', 'a line is too long');
      const closedMs = clock.now();
      flight.launch(cut.bodyBytes);`,
    },
  ],
};
