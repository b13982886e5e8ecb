import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'plain-set',
  why: 'Instances share what they know, but not who does what: each reads everything.',
  originalFault: 6,
  world: 'redis',
  edits: [
    {
      file: 'pipeline.ts',
      search: `  const isShared = ports.shared !== undefined;
`,
      replace: `  const isShared = false;
`,
    },
    {
      file: 'pipeline.ts',
      search: `  const claims = ports.shared === undefined ? null : new Claims(ports, ports.shared, config);
`,
      replace: `  const claims = null;
`,
    },
  ],
};
