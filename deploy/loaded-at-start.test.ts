import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Packages that `streamer/main.ts` loads before it has looked at the configuration. */
async function packagesAtStart(): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['streamer/main.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
    write: false,
  });
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: imported, kind, external } of importsOf(metafile, path)) {
      if (kind === 'dynamic-import') continue;
      if (external === true) packages.add(imported);
      else visit(imported);
    }
  };
  visit('streamer/main.ts');
  return packages;
}

function importsOf({ inputs }: Metafile, path: string): Metafile['inputs'][string]['imports'] {
  const input = inputs[path];
  if (input === undefined) throw new Error(`${path} is not in the bundle`);
  return input.imports;
}

describe('the start of the streamer', () => {
  it('loads what every run needs, and nothing that only some configurations do', async () => {
    const packages = await packagesAtStart();
    expect(packages).toContain('undici');
    expect(packages).toContain('@aws-sdk/client-s3');
    // 8 MB and 25 ms each, or more.
    const onDemand = /^(ioredis|@aws-sdk\/(client-sqs|credential-providers)|@opentelemetry\/|@grpc\/)/;
    expect([...packages].filter((name) => onDemand.test(name))).toEqual([]);
  });
});
