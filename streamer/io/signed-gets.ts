/**
 * GETs of objects beside the SDK's middleware, through which each costs three times as much CPU time (0.51 against 0.14 ms): where objects are small, that
 * is most of what they cost. The SDK stays the judge: it says where a bucket is and who signs, its signer signs, and every answer but 200 is handed to it.
 */
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { extendedEncodeURIComponent, HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpHandlerOptions } from '@smithy/types';
import { Pool } from 'undici';
import type { ObjectRef } from '../ports.ts';

export const CONNECTION_TIMEOUT_MS = 5_000;
/** No byte for this long: the connection is dead, whatever TCP thinks. */
export const SOCKET_TIMEOUT_MS = 30_000;

/** S3 keeps idle connections for longer than a usual `scan_interval`; one that it has closed meanwhile costs one reading. */
const IDLE_SOCKET_MS = 20_000;

/** An option of one request: what answers it instead of the network. */
interface Answered {
  readonly answer?: (request: HttpRequest) => HttpResponse;
}

/** The handler of a client whose requests may be answered from here. What goes past it ends with the client, too. */
export class AnsweredHandler extends NodeHttpHandler {
  readonly #pools: Pool[] = [];

  endWithClient(pool: Pool): void {
    this.#pools.push(pool);
  }

  override destroy(): void {
    super.destroy();
    for (const pool of this.#pools) pool.destroy().catch(() => undefined);
  }

  override async handle(
    request: HttpRequest,
    options: Parameters<NodeHttpHandler['handle']>[1] & Answered = {},
  ): ReturnType<NodeHttpHandler['handle']> {
    return options.answer === undefined ? super.handle(request, options) : { response: options.answer(request) };
  }
}

export interface GotObject {
  /** A stream of its bytes. */
  readonly body: unknown;
  readonly etag: string | undefined;
  /** Null where it is not announced. */
  readonly sizeBytes: number | null;
}

/** What is the same in all GETs of a bucket. */
interface Place {
  readonly pool: Pool;
  readonly signer: SignatureV4;
  /** Before the key. */
  readonly path: string;
  /** All but the precondition. */
  readonly request: Pick<HttpRequest, 'protocol' | 'hostname' | 'port' | 'headers'>;
}

/** What a bucket's first GET asks for, and nobody ever gets. */
const SAMPLE_KEY = 'key';
/** Who signs in another way (S3 Express, several regions at once) is left to the SDK. */
const SIGNED_AS_USUAL = /^AWS4-HMAC-SHA256 Credential=.*\/\d{8}\/([^/]+)\/s3\/aws4_request,/;
const CONTENT_HASH = 'x-amz-content-sha256';

export class SignedGets {
  readonly #client: S3Client;
  readonly #socketsMax: number;
  /** By bucket; null where the SDK must do it. */
  readonly #places = new Map<string, Promise<Place | null>>();

  constructor(client: S3Client, socketsMax: number) {
    this.#client = client;
    this.#socketsMax = socketsMax;
  }

  /** The version that `ref` names. Fails as `client.send` does. */
  async get(ref: ObjectRef, signal: AbortSignal): Promise<GotObject> {
    const place = await this.#placeOf(ref.bucket);
    if (place === null) return this.#sendBySdk(ref, { abortSignal: signal });
    const { status, headers, body } = await this.#send(place, ref, signal);
    if (status !== 200) {
      const answer = new HttpResponse({ statusCode: status, headers, body });
      return this.#sendBySdk(ref, { abortSignal: signal, answer: () => answer });
    }
    const length = headers['content-length'];
    return { body, etag: headers['etag'], sizeBytes: length === undefined ? null : Number(length) };
  }

  async #sendBySdk({ bucket, key, etag }: ObjectRef, options: HttpHandlerOptions & Answered): Promise<GotObject> {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` });
    const { Body, ETag, ContentLength = null } = await this.#client.send(command, options);
    return { body: Body, etag: ETag, sizeBytes: ContentLength };
  }

  async #send(place: Place, { key, etag }: ObjectRef, signal: AbortSignal) {
    const { pool, signer, request } = place;
    const path = place.path + key.split('/').map(extendedEncodeURIComponent).join('/');
    const unsigned = new HttpRequest({
      ...request,
      method: 'GET',
      path,
      headers: { ...request.headers, 'if-match': `"${etag}"` },
    });
    // As far from our clock as the SDK has found S3's to be.
    const signingDate = new Date(Date.now() + this.#client.config.systemClockOffset);
    const { headers } = await signer.sign(unsigned, { signingDate });
    const answer = await pool.request({ method: 'GET', path, headers, signal });
    return { status: answer.statusCode, headers: plainHeaders(answer.headers), body: answer.body };
  }

  #placeOf(bucket: string): Promise<Place | null> {
    const known = this.#places.get(bucket);
    if (known !== undefined) return known;
    const place = this.#sample(bucket).then((sample) => this.#learn(sample));
    this.#places.set(bucket, place);
    // Credentials may come later.
    place.catch(() => this.#places.delete(bucket));
    return place;
  }

  /** A GET as the SDK would send it. */
  async #sample(bucket: string): Promise<HttpRequest | null> {
    const seen: HttpRequest[] = [];
    const answered: HttpHandlerOptions & Answered = {
      answer(request) {
        seen.push(request);
        return new HttpResponse({ statusCode: 304, headers: {} });
      },
    };
    const command = new GetObjectCommand({ Bucket: bucket, Key: SAMPLE_KEY });
    try {
      await this.#client.send(command, answered);
    } catch (error) {
      // It has no such answer; but where it could not even ask, that is what must be told.
      if (seen.length === 0) throw error;
    }
    return seen.at(-1) ?? null;
  }

  #learn(sample: HttpRequest | null): Place | null {
    const [, region] = SIGNED_AS_USUAL.exec(sample?.headers['authorization'] ?? '') ?? [];
    const contentHash = sample?.headers[CONTENT_HASH];
    const host = sample?.headers['host'];
    if (sample === null || region === undefined || host === undefined || contentHash === undefined) return null;
    if (!sample.path.endsWith(`/${SAMPLE_KEY}`)) return null;
    const { protocol, hostname } = sample;
    const port = sample.port === undefined ? {} : { port: sample.port };
    return {
      pool: this.#openPool(`${protocol}//${host}`),
      signer: new SignatureV4({
        service: 's3',
        region,
        credentials: this.#client.config.credentials,
        sha256: this.#client.config.sha256,
        // S3's own way: a key is signed as it is sent.
        uriEscapePath: false,
      }),
      path: sample.path.slice(0, -SAMPLE_KEY.length),
      request: { protocol, hostname, ...port, headers: { host, [CONTENT_HASH]: contentHash } },
    };
  }

  #openPool(origin: string): Pool {
    const pool = new Pool(origin, {
      connections: this.#socketsMax,
      pipelining: 1,
      // As the SDK does it.
      allowH2: false,
      headersTimeout: SOCKET_TIMEOUT_MS,
      bodyTimeout: SOCKET_TIMEOUT_MS,
      keepAliveTimeout: IDLE_SOCKET_MS,
      connect: { timeout: CONNECTION_TIMEOUT_MS },
    });
    const { requestHandler } = this.#client.config;
    if (requestHandler instanceof AnsweredHandler) requestHandler.endWithClient(pool);
    return pool;
  }
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
