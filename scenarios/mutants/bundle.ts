/** Bundles the hunt with a streamer: the sources as they are, with a mutant's edits on their way through. Nothing in `streamer/` is touched. */
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { huntScript } from '#simulator';
import { applyEdits, type Mutant } from './mutant.ts';

const streamerFolder = fileURLToPath(new URL('../../streamer', import.meta.url));

/** Null bundles the streamer as it is. */
export async function bundleHunt(mutant: Mutant | null, outfile: string): Promise<void> {
  const used = new Set<string>();
  await build({
    entryPoints: [huntScript],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'silent',
    // Some dependencies are CommonJS and call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: mutant === null ? [] : [edited(mutant, used)],
  });
  const unused = mutant?.edits.find(({ file }) => !used.has(file));
  if (mutant !== null && unused !== undefined)
    throw new Error(`Mutant ${mutant.name} edits streamer/${unused.file}, which the virtual world does not use.`);
}

function edited(mutant: Mutant, used: Set<string>): Plugin {
  const files = new Set(mutant.edits.map(({ file }) => file));
  return {
    name: 'mutant',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => {
        const file = relative(streamerFolder, path).split(sep).join('/');
        if (!files.has(file)) return null;
        used.add(file);
        return { contents: applyEdits(mutant, file, readFileSync(path, 'utf8')), loader: 'ts' };
      });
    },
  };
}
