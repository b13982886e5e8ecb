/**
 * Bundles the streamer into one file: it starts faster and smaller than its sources, and needs no node_modules beside it.
 * `npm run build` writes `dist/streamer.js`; `node --import tsx build.ts FILE` writes FILE. `--readable` keeps the names and writes FILE.map, for profiles.
 * The licences of what is in it stand beside it, in `licenses.txt`.
 */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import * as z from 'zod';
import { licensesText } from './build-licenses.ts';

const [outfile = 'dist/streamer.js', flag] = process.argv.slice(2);
const isReadable = flag === '--readable';
const { engines } = z
  .object({ engines: z.object({ node: z.string().regex(/^>=\d+\.\d+\.\d+$/) }) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const [major, minor] = engines.node.slice(2).split('.').map(Number);

// V8 lets the young generation grow to 32 MB for what is mostly polling garbage: 2 MB cost no throughput and save 13 MB of memory. glibc keeps freed memory in
// an arena for each thread and raises its thresholds with every large buffer; fixed ones save 40 MB at full speed (both measured: docs/performance.md).
const shebang = '#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=2';
// The first thing that runs, in words that an old Node understands; some dependencies are CommonJS and call `require` for Node's own modules.
const head = `import { createRequire as __createRequire } from 'node:module';
const [__major, __minor] = process.versions.node.split('.').map(Number);
if (__major < ${major} || (__major === ${major} && __minor < ${minor})) {
  process.stderr.write('s3-edgedelta-streamer needs Node ${major}.${minor} or newer; this is ' + process.version + ' (' + process.execPath + '). Install a newer Node, or put it first on PATH.\\n');
  process.exit(2);
}
const require = __createRequire(import.meta.url);`;

/**
 * Node's own modules are required when the code that needs them runs. As static imports they would all be loaded before the first line runs: an old
 * Node would end with a stack trace about the first module that it lacks, and gRPC's modules would be loaded where no metrics are pushed.
 */
const builtinsOnDemand: Plugin = {
  name: 'builtins-on-demand',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, kind, namespace }) => {
      if (!isBuiltin(path)) return undefined;
      return kind === 'require-call' || namespace === 'builtin'
        ? { path, external: true }
        : { path, namespace: 'builtin' };
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/**
 * undici's entry loads all of it: fetch, WebSocket, cookies, mocks, caches. What we use of it is half as large, and starts with 5 MB less. A name that is
 * missing here fails the build.
 */
const undiciInParts: Plugin = {
  name: 'undici-in-parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'undici' }));
    onLoad({ filter: /.*/, namespace: 'undici' }, () => ({
      contents: `
        import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
        import api from 'undici/lib/api/index.js';
        Object.assign(Dispatcher.prototype, api);
        export { default as Pool } from 'undici/lib/dispatcher/pool.js';
        export { default as buildConnector } from 'undici/lib/core/connect.js';
        export { default as errors } from 'undici/lib/core/errors.js';`,
      resolveDir: import.meta.dirname,
      loader: 'js',
    }));
  },
};

const { metafile } = await build({
  entryPoints: ['streamer/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: `node${major}`,
  format: 'esm',
  minify: !isReadable,
  sourcemap: isReadable ? 'external' : false,
  legalComments: 'none',
  metafile: true,
  plugins: [undiciInParts, builtinsOnDemand],
  alias: {
    // Its ES module calls `createRequire(...)('@grpc/grpc-js')`, which no bundler can see; its CommonJS twin calls `require`.
    '@opentelemetry/otlp-grpc-exporter-base': createRequire(import.meta.url).resolve(
      '@opentelemetry/otlp-grpc-exporter-base',
    ),
  },
  banner: { js: `${shebang}\n${head}` },
});
// One character beyond Latin-1 and V8 holds the whole source with two bytes for each character. esbuild escapes those in strings, but not in patterns and templates.
writeFileSync(outfile, readFileSync(outfile, 'utf8').replaceAll(/[\u0080-\uffff]/g, escapeCodeUnit));
chmodSync(outfile, 0o755);
writeFileSync(join(dirname(outfile), 'licenses.txt'), licensesText(metafile));

function escapeCodeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
