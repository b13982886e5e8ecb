/** PUTs prepared bodies, at as little CPU per byte as the SDK allows: uploading must out-run the streamer that is being measured. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clientOptions, type S3Connection } from '../s3/service.ts';

export interface S3Uploader {
  /** Resolves to the ETag, without its quotes. The store checks the body against the MD5 (hex). */
  put(key: string, body: Buffer, md5: string): Promise<string>;
  close(): void;
}

export interface UploadTarget extends S3Connection {
  readonly bucket: string;
  readonly connectionsMax: number;
}

/** The SDK retries what may heal, so that one reset does not void a run. */
const PUT_ATTEMPTS_MAX = 4;
const CONNECT_TIMEOUT_MS = 5_000;
const PUT_TIMEOUT_MS = 60_000;

export function createS3Uploader(target: UploadTarget): S3Uploader {
  const client = new S3Client({
    ...clientOptions(target),
    maxAttempts: PUT_ATTEMPTS_MAX,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: PUT_TIMEOUT_MS,
      httpAgent: { keepAlive: true, maxSockets: target.connectionsMax },
      httpsAgent: { keepAlive: true, maxSockets: target.connectionsMax },
    },
    // The MD5 of every body is known from the build, and checked by the store: no second checksum.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  // Nor a third: over plain HTTP the SDK would hash each body with SHA-256 for its signature.
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (isWithHeaders(request)) request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'leavePayloadUnsigned' },
  );
  return {
    async put(key, body, md5) {
      const answer = await client.send(
        new PutObjectCommand({
          Bucket: target.bucket,
          Key: key,
          Body: body,
          ContentLength: body.length,
          ContentMD5: Buffer.from(md5, 'hex').toString('base64'),
          ContentType: 'application/gzip',
        }),
      );
      return (answer.ETag ?? '').replaceAll('"', '');
    },
    close: () => client.destroy(),
  };
}

function isWithHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request;
}
