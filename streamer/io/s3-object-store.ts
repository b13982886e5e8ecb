/**
 * S3 through the AWS SDK. Every failure becomes a `StreamerError` with an `S3_*` code and a cure in its message.
 * The SDK listens to a signal only once it sends: a stop does not wait for credentials that do not come (a role is assumed over the same network).
 */
import { Readable } from 'node:stream';
import { HeadObjectCommand, ListObjectsV2Command, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { StreamerError } from '../errors.ts';
import type { ListPage, ListRequest, ObjectBody, ObjectRef, ObjectStore } from '../ports.ts';
import { FREED_BYTES_MIN } from './free-memory.ts';
import { CREDENTIALS_CURE, isMissingCredentials } from './missing-credentials.ts';
import { orAbort } from './or-abort.ts';
import { credentialsOf } from './role-credentials.ts';
import { AnsweredHandler, CONNECTION_TIMEOUT_MS, SignedGets, SOCKET_TIMEOUT_MS } from './signed-gets.ts';

export interface S3Options {
  readonly region: string;
  readonly endpoint: string | null;
  readonly forcePathStyle: boolean;
  /** Null: the credentials of the SDK's default chain are used as they are; else they are used to assume this role. */
  readonly roleArn: string | null;
  /** At least the number of concurrent GETs, LISTs and HEADs, else they wait for each other's sockets. */
  readonly socketsMax: number;
}

/** Retries are ours: with their own back-off, counted, and without holding a reader. */
const ATTEMPTS_MAX = 1;

const NO_CONTINUATION =
  'it says that there are more keys (IsTruncated) and gives no NextContinuationToken: use a server at s3.endpoint that speaks ListObjectsV2';

export function createS3Client(options: S3Options): S3Client {
  const agentOptions = { keepAlive: true, maxSockets: options.socketsMax };
  return new S3Client({
    region: options.region,
    ...(options.endpoint === null ? {} : { endpoint: options.endpoint }),
    forcePathStyle: options.forcePathStyle,
    ...credentialsOf(options.roleArn),
    maxAttempts: ATTEMPTS_MAX,
    // gzip carries its own CRC; hashing every body once more in JavaScript would only cost.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    requestHandler: new AnsweredHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      httpAgent: agentOptions,
      httpsAgent: agentOptions,
    }),
  });
}

/** `socketsMax`: as of the client; GETs have sockets of their own. */
export function createS3ObjectStore(client: S3Client, socketsMax: number): ObjectStore {
  const gets = new SignedGets(client, socketsMax);
  return {
    list: async (request, signal) => list(client, request, signal),
    head: async (object, signal) => head(client, object, signal),
    get: async (ref, signal) => get(gets, ref, signal),
  };
}

async function list(client: S3Client, request: ListRequest, signal: AbortSignal): Promise<ListPage> {
  try {
    const command = new ListObjectsV2Command({
      Bucket: request.bucket,
      Prefix: request.prefix,
      MaxKeys: request.keysMax,
      ...(request.delimiter === null ? {} : { Delimiter: request.delimiter }),
      ...(request.continuationToken === null ? {} : { ContinuationToken: request.continuationToken }),
      ...(request.startAfter === null ? {} : { StartAfter: request.startAfter }),
    });
    const page = await whateverOurClock(async () => orAbort(client.send(command, { abortSignal: signal }), signal));
    const continuationToken = page.IsTruncated === true ? (page.NextContinuationToken ?? '') : null;
    // Taken for the last page, it would hide all keys behind it for good.
    if (continuationToken === '') throw new Error(NO_CONTINUATION);
    return {
      objects: (page.Contents ?? []).map((entry) => ({
        bucket: request.bucket,
        key: entry.Key ?? '',
        etag: bareEtag(entry.ETag),
        sizeBytes: entry.Size ?? 0,
        lastModifiedMs: entry.LastModified?.getTime() ?? 0,
      })),
      prefixes: (page.CommonPrefixes ?? []).flatMap(({ Prefix }) => (Prefix === undefined ? [] : [Prefix])),
      continuationToken,
    };
  } catch (error) {
    // A LIST names no object: what is missing can only be the bucket.
    throw asS3Error(error, `LIST s3://${request.bucket}/${request.prefix}`, signal, 'S3_NO_BUCKET');
  }
}

async function head(
  client: S3Client,
  { bucket, key }: Pick<ObjectRef, 'bucket' | 'key'>,
  signal: AbortSignal,
): Promise<ObjectRef> {
  try {
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
    const answer = await whateverOurClock(async () => orAbort(client.send(command, { abortSignal: signal }), signal));
    return {
      bucket,
      key,
      etag: bareEtag(answer.ETag),
      sizeBytes: answer.ContentLength ?? 0,
      lastModifiedMs: answer.LastModified?.getTime() ?? 0,
    };
  } catch (error) {
    // The answer to a HEAD has no body that could name what is missing.
    throw asS3Error(error, `HEAD s3://${bucket}/${key}`, signal, 'S3_NOT_FOUND');
  }
}

async function get(gets: SignedGets, ref: ObjectRef, signal: AbortSignal): Promise<ObjectBody> {
  const place = `GET s3://${ref.bucket}/${ref.key}`;
  try {
    const { body, etag, sizeBytes } = await whateverOurClock(async () => orAbort(gets.get(ref, signal), signal));
    if (!(body instanceof Readable)) throw new TypeError('there is no readable body');
    return bodyOf(body, bareEtag(etag), sizeBytes, place, signal);
  } catch (error) {
    throw asS3Error(error, place, signal);
  }
}

/**
 * S3 refuses what was signed by a clock that is a quarter of an hour away from its own. From that answer the SDK learns what time it is there, and
 * signs by that from then on: so once more.
 */
async function whateverOurClock<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const isClockCorrected = error instanceof S3ServiceException && 'clockSkewCorrected' in error.$metadata;
    if (!isClockCorrected) throw error;
    return request();
  }
}

function bodyOf(
  body: Readable,
  etag: string,
  sizeBytes: number | null,
  place: string,
  signal: AbortSignal,
): ObjectBody {
  // A body that is dropped may still fail; nobody listens then.
  body.on('error', () => undefined);
  return {
    etag,
    sizeBytes,
    async readAll() {
      try {
        return sizeBytes === null ? await readUnsized(body) : await readSized(body, sizeBytes, place);
      } catch (error) {
        throw asS3Error(error, place, signal);
      }
    },
    async *stream() {
      let bytes = 0;
      try {
        for await (const piece of bytesOf(body)) {
          bytes += piece.length;
          yield piece;
        }
      } catch (error) {
        throw asS3Error(error, place, signal);
      }
      if (sizeBytes !== null && bytes !== sizeBytes) throw cutBody(place, bytes, sizeBytes);
    },
    discard() {
      body.destroy();
    },
  };
}

/** A stream of the SDK is untyped; its pieces are buffers. */
function bytesOf(body: Readable): AsyncIterable<Uint8Array> {
  return body;
}

/** One buffer of the announced length, filled as the bytes come; a large one has its memory for itself, so that it can be freed. */
async function readSized(body: Readable, sizeBytes: number, place: string): Promise<Uint8Array> {
  const whole = sizeBytes < FREED_BYTES_MIN ? Buffer.allocUnsafe(sizeBytes) : Buffer.allocUnsafeSlow(sizeBytes);
  let bytes = 0;
  for await (const piece of bytesOf(body)) {
    if (bytes + piece.length > sizeBytes) throw cutBody(place, bytes + piece.length, sizeBytes);
    whole.set(piece, bytes);
    bytes += piece.length;
  }
  if (bytes !== sizeBytes) throw cutBody(place, bytes, sizeBytes);
  return whole;
}

async function readUnsized(body: Readable): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytesOf(body)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function cutBody(place: string, bytes: number, sizeBytes: number): StreamerError {
  return new StreamerError('S3_UNAVAILABLE', `${place}: the body has ${bytes} bytes, ${sizeBytes} were announced`);
}

function bareEtag(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

const CODES: Readonly<Record<string, keyof typeof CURES>> = {
  NoSuchKey: 'S3_NOT_FOUND',
  NoSuchBucket: 'S3_NO_BUCKET',
  InvalidBucketName: 'S3_NO_BUCKET',
  PreconditionFailed: 'S3_CHANGED',
  SlowDown: 'S3_THROTTLED',
  Throttling: 'S3_THROTTLED',
  ThrottlingException: 'S3_THROTTLED',
  TooManyRequestsException: 'S3_THROTTLED',
  RequestLimitExceeded: 'S3_THROTTLED',
  InvalidObjectState: 'S3_ARCHIVED',
  // Still so after the SDK has corrected the time: S3 does not tell its own.
  RequestTimeTooSkewed: 'S3_UNAVAILABLE',
  AccessDenied: 'S3_ACCESS_DENIED',
  AllAccessDisabled: 'S3_ACCESS_DENIED',
  InvalidAccessKeyId: 'S3_ACCESS_DENIED',
  SignatureDoesNotMatch: 'S3_ACCESS_DENIED',
  ExpiredToken: 'S3_ACCESS_DENIED',
  ExpiredTokenException: 'S3_ACCESS_DENIED',
  InvalidToken: 'S3_ACCESS_DENIED',
  PermanentRedirect: 'S3_ACCESS_DENIED',
  // The wrong region, said by a server that redirects nobody.
  AuthorizationHeaderMalformed: 'S3_ACCESS_DENIED',
};

const CURES = {
  S3_NOT_FOUND: 'the object was deleted after it was listed',
  S3_ARCHIVED:
    'the object is archived (Glacier or Deep Archive) and cannot be read: restore it (aws s3api restore-object), then have it delivered with `quarantine retry`',
  S3_NO_BUCKET: 'there is no such bucket: check s3.bucket, s3.region and s3.endpoint',
  S3_CHANGED: 'the object was overwritten after it was listed',
  S3_THROTTLED: 'S3 asks to slow down: fewer processing.worker_count or a longer processing.scan_interval',
  S3_ACCESS_DENIED:
    'the credentials do not allow it: they need s3:ListBucket on the bucket and s3:GetObject on its objects, and s3.region must be right',
  S3_UNAVAILABLE: 'S3 did not answer as it should; check s3.endpoint and the network',
} as const;

/** What a 404 means that names no fault: also a proxy says it, of a server that is away. */
type Bare404 = 'S3_NOT_FOUND' | 'S3_NO_BUCKET' | 'S3_UNAVAILABLE';

/** Names that S3 gives in an error body, or the SDK and the system for failures without one. */
function asS3Error(
  error: unknown,
  place: string,
  signal: AbortSignal,
  bare404: Bare404 = 'S3_UNAVAILABLE',
): StreamerError {
  if (error instanceof StreamerError) return error;
  if (signal.aborted) return new StreamerError('ABORTED', `${place} was stopped`, { cause: error });
  const code = codeOf(error, bare404);
  const said =
    error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error);
  const cure = isMissingCredentials(error) ? CREDENTIALS_CURE : CURES[code];
  return new StreamerError(code, `${place}: ${cure} (${said})`, { cause: error });
}

function codeOf(error: unknown, bare404: Bare404): keyof typeof CURES {
  const name = error instanceof Error ? error.name : '';
  const named = CODES[name];
  if (named !== undefined) return named;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  // Some servers answer without a body that names the fault (HEAD-like answers, proxies).
  if (status === 412) return 'S3_CHANGED';
  if (status === 404) return bare404;
  if (status === 401 || status === 403) return 'S3_ACCESS_DENIED';
  if (status === 429 || status === 503) return 'S3_THROTTLED';
  return 'S3_UNAVAILABLE';
}
