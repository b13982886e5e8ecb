/** `--s3 minio`: a container when a Docker engine answers, else a binary, else a message with what is missing. */
import { isDockerAnswering } from '../process/docker.ts';
import { HarnessError } from '../process/errors.ts';
import type { Processes } from '../process/processes.ts';
import { createBucket } from './bucket.ts';
import { findMinioBinary, startMinioBinary } from './minio-binary.ts';
import { type RunningMinio, startMinioContainer } from './minio-container.ts';
import type { S3Service } from './service.ts';

const credentials = { user: 'minioadmin', password: 'minioadmin' };
const bucket = 'weblog';

/** Whether `--s3 minio` would work here, for a test run that wants to know beforehand. */
export async function isMinioAvailable(env: NodeJS.ProcessEnv): Promise<boolean> {
  return findMinioBinary(env) !== null || isDockerAnswering(env['DOCKER_HOST']);
}

export async function startMinio(processes: Processes, env: NodeJS.ProcessEnv): Promise<S3Service> {
  const minio = await startEither(processes, env);
  const connection = {
    endpoint: minio.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    env: { AWS_ACCESS_KEY_ID: credentials.user, AWS_SECRET_ACCESS_KEY: credentials.password },
  };
  await createBucket(connection, bucket);
  return {
    ...connection,
    kind: minio.kind,
    version: parseMinioVersion(minio.versionText),
    bucket,
    prefix: '',
    pid: minio.pid,
  };
}

async function startEither(processes: Processes, env: NodeJS.ProcessEnv): Promise<RunningMinio> {
  const binary = findMinioBinary(env);
  // A binary named by hand is meant; one that merely lies on PATH comes after the container.
  const isNamed = (env['MINIO_BINARY'] ?? '') !== '';
  if (binary !== null && isNamed) return startMinioBinary(processes, binary, credentials);
  if (await isDockerAnswering(env['DOCKER_HOST'])) return startMinioContainer(processes, credentials);
  if (binary !== null) return startMinioBinary(processes, binary, credentials);
  throw new HarnessError(
    'usage',
    '--s3 minio needs a Docker engine or a minio binary, and neither is here.\n' +
      'Start Docker; or put `minio` on PATH or its path into MINIO_BINARY (with Go: go install github.com/minio/minio@latest);\n' +
      'or use --s3 embedded, which needs nothing, or --s3 URL for an S3 that already runs.',
  );
}

/** From `minio version RELEASE.2025-... (commit-id=...)`. */
export function parseMinioVersion(text: string): string {
  return /minio version (\S+)/.exec(text)?.[1] ?? 'unknown';
}
