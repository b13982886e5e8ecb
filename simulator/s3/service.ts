/** An S3 that a run works on, whoever provides it. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';

export interface S3Service {
  /** `minio` is a process of this machine. */
  readonly kind: 'embedded' | 'minio' | 'minio-container' | 'url';
  /** With the product's name where the kind does not say it: `fauxqs 2.4.1`, `SeaweedFS 3.97`. */
  readonly version: string;
  readonly endpoint: string;
  readonly region: string;
  readonly forcePathStyle: boolean;
  readonly bucket: string;
  /** Where in the bucket the run may write: empty, or ends in `/`. */
  readonly prefix: string;
  /** Credentials for the processes that use it; empty when they find their own in the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Null when it is no process of this machine. */
  readonly pid: number | null;
}

export type S3Connection = Pick<S3Service, 'endpoint' | 'region' | 'forcePathStyle' | 'env'>;

/** Options of a client for the harness's own few requests. Without credentials in `env` the SDK's default chain looks for them. */
export function clientOptions(connection: S3Connection): S3ClientConfig {
  const accessKeyId = connection.env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = connection.env['AWS_SECRET_ACCESS_KEY'];
  return {
    endpoint: connection.endpoint,
    region: connection.region,
    forcePathStyle: connection.forcePathStyle,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000 },
    ...(accessKeyId !== undefined && secretAccessKey !== undefined
      ? { credentials: { accessKeyId, secretAccessKey } }
      : {}),
  };
}
