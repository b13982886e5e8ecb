/** `--s3 embedded`: fauxqs, which needs nothing but npm. */
import { readFileSync } from 'node:fs';
import { readReadyLine } from '../process/child.ts';
import type { Processes } from '../process/processes.ts';
import { createBucket } from './bucket.ts';
import type { S3Service } from './service.ts';

const startMs = 20_000;
const bucket = 'weblog';

export async function startEmbeddedS3(processes: Processes): Promise<S3Service> {
  const child = await processes.startScript('s3', new URL('embedded-main.ts', import.meta.url), []);
  const ready = await child.waitForLine(readReadyLine, startMs);
  const connection = {
    endpoint: String(ready['endpoint']),
    region: 'us-east-1',
    forcePathStyle: true,
    env: { AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' },
  };
  await createBucket(connection, bucket);
  return { ...connection, kind: 'embedded', version: `fauxqs ${readVersion()}`, bucket, prefix: '', pid: child.pid };
}

/** The package exports no package.json, so it is read beside its entry file. */
function readVersion(): string {
  const manifest = new URL('../package.json', import.meta.resolve('fauxqs'));
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return version;
}
