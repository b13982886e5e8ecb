/**
 * `--s3 URL`: an S3 that already runs. Without a path in the URL the run makes a bucket and deletes it afterwards;
 * with one (`http://host:9000/bucket`) it uses that bucket, under a prefix of its own that it empties afterwards.
 */
import { randomBytes } from 'node:crypto';
import { HarnessError } from '../process/errors.ts';
import type { Processes } from '../process/processes.ts';
import { createBucket, deleteBucket, emptyPrefix, requireBucket } from './bucket.ts';
import type { S3Connection, S3Service } from './service.ts';

export async function useExternalS3(processes: Processes, text: string, env: NodeJS.ProcessEnv): Promise<S3Service> {
  const { endpoint, bucket: named } = parseS3Url(text);
  const connection: S3Connection = {
    endpoint,
    region: env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    forcePathStyle: !new URL(endpoint).hostname.endsWith('.amazonaws.com'),
    env: {},
  };
  const name = `s3es-run-${randomBytes(6).toString('hex')}`;
  const bucket = named ?? name;
  const prefix = named === null ? '' : `${name}/`;
  if (named === null) await createBucket(connection, bucket);
  else await requireBucket(connection, bucket);
  processes.onEnd(async () => {
    await emptyPrefix(connection, bucket, prefix);
    if (named === null) await deleteBucket(connection, bucket);
  });
  const version = await identify(endpoint);
  const isAnswering = async (): Promise<boolean> =>
    identify(endpoint).then(
      () => true,
      () => false,
    );
  processes.need({ name: `S3 at ${endpoint}`, isAnswering });
  return { ...connection, kind: 'url', version, bucket, prefix, pid: null };
}

/** Splits `http://host:port[/bucket]`. */
export function parseS3Url(text: string): { readonly endpoint: string; readonly bucket: string | null } {
  const problem = `--s3 ${text}: expected embedded, minio, or a URL like http://host:9000 or http://host:9000/bucket.`;
  if (!URL.canParse(text)) throw new HarnessError('usage', problem);
  const url = new URL(text);
  const path = url.pathname.split('/').filter((part) => part !== '');
  if (!['http:', 'https:'].includes(url.protocol) || path.length > 1) throw new HarnessError('usage', problem);
  return { endpoint: url.origin, bucket: path[0] ?? null };
}

/** What the server calls itself (`Server: MinIO`, `SeaweedFS 3.97`, `AmazonS3`): S3 has no request for its version. */
async function identify(endpoint: string): Promise<string> {
  const response = await fetch(endpoint, { method: 'HEAD', signal: AbortSignal.timeout(5000) });
  return response.headers.get('server') ?? 'the server does not say';
}
