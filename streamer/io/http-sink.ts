/** EdgeDelta HTTP inputs through undici: one Pool per endpoint, every time-out explicit. What an answer means is decided elsewhere (`core/response.ts`). */
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { type buildConnector, errors, Pool } from 'undici';
import { endpointNames } from '../core/endpoint-names.ts';
import { hideSecrets } from '../core/hide-secrets.ts';
import { parseRetryAfter } from '../core/response.ts';
import type { Clock, Sink, SinkAnswer, SinkRequest } from '../ports.ts';
import type { TlsFiles } from './tls-files.ts';

export interface HttpSinkOptions {
  readonly endpoints: readonly string[];
  readonly connectionsMax: number;
  /** A whole POST, from its first byte to the last byte of the answer. */
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly responseHeaderTimeoutMs: number;
  readonly idleConnectionTimeoutMs: number;
  /** Sent with every POST: authorization and the user's own; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** `passthrough`: some bodies come compressed; the others are compressed here, so that all of them are gzip. */
  readonly compression: 'none' | 'gzip' | 'passthrough';
  /** Taken out of the answers: an endpoint may repeat in an error what it was sent. */
  readonly secrets?: readonly string[];
  /** PEM; null leaves Node's own authorities and no client certificate. */
  readonly tls: TlsFiles | null;
}

/** Compressed bodies are for narrow networks: the fastest level still takes 90 % off. */
const COMPRESSION_LEVEL = 1;

const gzip = promisify(zlib.gzip);

/** Of an error answer, for the log and the quarantine record. */
const ANSWER_TEXT_CHARS_MAX = 500;
const ANSWER_BYTES_MAX = 64 * 1024;
const RETRY_AFTER_MS_MAX = 300_000;

/**
 * The socket that carries a body, from undici's published diagnostics: an endpoint that answers before it has read the whole body leaves some of it in the
 * socket's queue, and its memory must not be used for another object until then. Where the channel is silent, no body counts as released.
 */
const socketOfBody = new WeakMap<object, Socket>();
subscribe('undici:client:sendHeaders', (message) => {
  if (isSendHeaders(message)) socketOfBody.set(message.request.body, message.socket);
});

function isSendHeaders(
  message: unknown,
): message is { readonly request: { readonly body: object }; readonly socket: Socket } {
  if (typeof message !== 'object' || message === null || !('request' in message) || !('socket' in message))
    return false;
  const { request, socket } = message;
  if (typeof request !== 'object' || request === null || !('body' in request) || !(socket instanceof Socket))
    return false;
  return typeof request.body === 'object' && request.body !== null;
}

interface Target {
  readonly pool: Pool;
  readonly path: string;
}

export interface HttpSink extends Sink {
  connections(): { readonly active: number; readonly idle: number };
}

export function createHttpSink(options: HttpSinkOptions, clock: Clock): HttpSink {
  const targets = options.endpoints.map((endpoint): Target => {
    const url = new URL(endpoint);
    const pool = new Pool(url.origin, {
      connections: options.connectionsMax,
      pipelining: 1,
      // When a body's memory is free again is read off the socket that carried it alone.
      allowH2: false,
      headersTimeout: options.responseHeaderTimeoutMs,
      bodyTimeout: options.requestTimeoutMs,
      keepAliveTimeout: options.idleConnectionTimeoutMs,
      connect: connectOptions(options),
    });
    return { pool, path: `${url.pathname}${url.search}` };
  });
  return {
    endpoints: endpointNames(options.endpoints),
    connections() {
      const idle = targets.reduce((sum, { pool }) => sum + pool.stats.free, 0);
      return { active: targets.reduce((sum, { pool }) => sum + pool.stats.connected, 0) - idle, idle };
    },
    async post(request, signal) {
      const target = targets[request.endpoint];
      if (target === undefined) throw new RangeError(`endpoint ${request.endpoint}`);
      return post(target, request, options, clock, signal);
    },
    async close() {
      // Answers that nobody waits for any more must not keep the process alive.
      await Promise.all(targets.map(async ({ pool }) => pool.destroy()));
    },
  };
}

async function post(
  target: Target,
  request: SinkRequest,
  options: HttpSinkOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<SinkAnswer> {
  const attempt = new AbortController();
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    attempt.abort();
  }, options.requestTimeoutMs);
  const onAbort = (): void => attempt.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) attempt.abort();
  try {
    const isCompressed = options.compression !== 'none' && request.encoding === undefined;
    const body = isCompressed ? await compress(request) : bodyOf(request);
    const answer = await target.pool.request({
      method: 'POST',
      path: target.path,
      headers: {
        ...options.headers,
        'content-type': request.contentType,
        'idempotency-key': request.idempotencyKey,
        ...(isCompressed || request.encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
      },
      body,
      signal: attempt.signal,
    });
    const isSuccess = answer.statusCode >= 200 && answer.statusCode < 300;
    // Hidden before it is cut: half a secret would not be recognised.
    const text = isSuccess
      ? ''
      : hideSecrets(await readText(answer.body), options.secrets ?? []).slice(0, ANSWER_TEXT_CHARS_MAX);
    if (isSuccess) await answer.body.dump({ limit: ANSWER_BYTES_MAX });
    const retryAfter = answer.headers['retry-after'];
    const retryAfterMs = parseRetryAfter(
      typeof retryAfter === 'string' ? retryAfter : null,
      clock.now(),
      RETRY_AFTER_MS_MAX,
    );
    const isCopy = isCompressed || request.parts.length > 1;
    const isBodyReleased = isCopy || socketOfBody.get(body)?.writableLength === 0;
    return { kind: 'answered', status: answer.statusCode, retryAfterMs, text, isBodyReleased };
  } catch (error) {
    if (signal.aborted) throw error;
    return isTimedOut ? { kind: 'timeout' } : failureOf(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** One part goes as it is, a view of the object's content; several (lines with something taken out of them) are joined, which is the only copy. */
function bodyOf({ parts, bodyBytes }: SinkRequest): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  return Buffer.concat(parts, bodyBytes);
}

async function compress({ parts, bodyBytes }: SinkRequest): Promise<Uint8Array> {
  return gzip(Buffer.concat(parts, bodyBytes), { level: COMPRESSION_LEVEL });
}

/** How an endpoint is connected to, TCP and TLS. */
export function connectOptions({
  connectTimeoutMs,
  tls,
}: Pick<HttpSinkOptions, 'connectTimeoutMs' | 'tls'>): buildConnector.BuildOptions {
  return {
    timeout: connectTimeoutMs,
    ...(tls?.ca == null ? {} : { ca: tls.ca }),
    ...(tls?.cert == null ? {} : { cert: tls.cert }),
    ...(tls?.key == null ? {} : { key: tls.key }),
  };
}

async function readText(body: AsyncIterable<unknown>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    if (!(piece instanceof Uint8Array)) continue;
    if (bytes < ANSWER_BYTES_MAX) pieces.push(piece);
    bytes += piece.length;
  }
  return Buffer.concat(pieces).toString('utf8').trim();
}

function failureOf(error: unknown): SinkAnswer {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return { kind: 'timeout' };
  if (!(error instanceof Error)) return { kind: 'network', code: 'UNKNOWN', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  // A host name with several addresses fails with an AggregateError, whose own message is empty.
  const message = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  return { kind: 'network', code, message };
}
