import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'version-mixed-up',
  why: 'An overwritten object is read again under its old ETag for ever.',
  originalFault: null,
  edits: [
    {
      file: 'reading-failure.ts',
      search: `    case 'S3_CHANGED':
      return { kind: 'overwritten' };
    case 'S3_THROTTLED':`,
      replace: `    case 'S3_CHANGED':
    case 'S3_THROTTLED':`,
    },
  ],
};
