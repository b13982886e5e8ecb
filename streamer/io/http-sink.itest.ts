import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock, Sink, SinkAnswer, SinkRequest } from '../ports.ts';
import { createHttpSink, type HttpSinkOptions } from './http-sink.ts';

const clock: Clock = { now: () => Date.UTC(2025, 9, 12, 21, 41, 32), elapsed: () => 0, sleep: async () => undefined };
const never = new AbortController().signal;
const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Received {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Endpoint {
  readonly url: string;
  readonly received: Received[];
  /** Connections that were ever opened, and those that are open now. */
  readonly connections: { opened: number; open: number };
  readonly server: Server;
}

/** A real endpoint: reads each body whole, then answers. */
async function startEndpoint(answer: RequestListener): Promise<Endpoint> {
  const received: Received[] = [];
  const connections = { opened: 0, open: 0 };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      received.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces) });
      answer(request, response);
    });
  });
  server.on('connection', (socket) => {
    connections.opened += 1;
    connections.open += 1;
    socket.on('close', () => (connections.open -= 1));
  });
  const port = await listen(server);
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${port}`, received, connections, server };
}

/** An endpoint that does with its sockets what it likes. */
async function startRawEndpoint(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  const port = await listen(server);
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}`;
}

async function listen(server: ReturnType<typeof createNetServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function sinkFor(endpoints: readonly string[], options: Partial<HttpSinkOptions> = {}): Sink {
  const sink = createHttpSink(
    {
      endpoints,
      connectionsMax: 4,
      requestTimeoutMs: 10_000,
      connectTimeoutMs: 2_000,
      responseHeaderTimeoutMs: 10_000,
      idleConnectionTimeoutMs: 30_000,
      headers: {},
      compression: 'none',
      tls: null,
      ...options,
    },
    clock,
  );
  cleanups.push(async () => sink.close());
  return sink;
}

function requestOf(body: string | readonly Uint8Array[], endpoint = 0): SinkRequest {
  const parts = typeof body === 'string' ? [Buffer.from(body)] : body;
  const bodyBytes = parts.reduce((bytes, part) => bytes + part.length, 0);
  return { endpoint, parts, bodyBytes, contentType: 'application/x-ndjson', idempotencyKey: 'e-0-10' };
}

async function post(
  sink: Sink,
  body: string | readonly Uint8Array[] = '{"a":1}\n',
  signal = never,
): Promise<SinkAnswer> {
  return sink.post(requestOf(body), signal);
}

describe('what an endpoint receives', () => {
  it.each([
    ['none', undefined, false],
    ['gzip', undefined, true],
    ['passthrough', undefined, true],
    ['passthrough', 'gzip', false],
  ] as const)('with compression %s, of a body that comes as %s', async (compression, encoding, isChanged) => {
    const endpoint = await startEndpoint((_, response) => response.end());
    const sink = sinkFor([endpoint.url], { compression });
    const lines = Buffer.from('{"a":1}\n{"a":2}\n');
    const sent = encoding === undefined ? lines : gzipSync(lines);
    await sink.post({ ...requestOf([sent]), ...(encoding === undefined ? {} : { encoding }) }, never);
    const [{ body, headers }] = endpoint.received as [(typeof endpoint.received)[0]];
    expect(headers['content-encoding']).toBe(compression === 'none' ? undefined : 'gzip');
    expect(headers['content-length']).toBe(String(body.length));
    expect(body.equals(sent)).toBe(!isChanged);
    expect(compression === 'none' ? body : gunzipSync(body)).toEqual(lines);
  });

  it('is the parts one after the other, byte for byte, also where they are views into larger memory', async () => {
    const endpoint = await startEndpoint((_, response) => response.end());
    const sink = sinkFor([endpoint.url]);
    const part = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.nat(50)).map(([bytes, before]) => {
      const memory = new Uint8Array(before + bytes.length + 7).fill(0xee);
      memory.set(bytes, before);
      return memory.subarray(before, before + bytes.length);
    });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        endpoint.received.length = 0;
        expect(await post(sink, parts)).toMatchObject({ kind: 'answered', status: 200 });
        expect(endpoint.received[0]?.body.equals(Buffer.concat(parts))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('has the content type, the idempotency key, the length and the headers of the configuration', async () => {
    const endpoint = await startEndpoint((_, response) => response.end());
    const sink = sinkFor([`${endpoint.url}/v1/logs?tag=web`], {
      headers: { authorization: 'Bearer t', 'x-tenant': '7' },
    });
    await post(sink, '{"a":1}\n');
    expect(endpoint.received[0]?.url).toBe('/v1/logs?tag=web');
    expect(endpoint.received[0]?.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'idempotency-key': 'e-0-10',
      'content-length': '8',
      authorization: 'Bearer t',
      'x-tenant': '7',
    });
  });

  it('goes to the endpoint that was chosen', async () => {
    const [first, second] = [
      await startEndpoint((_, response) => response.end()),
      await startEndpoint((_, response) => response.end()),
    ];
    const sink = sinkFor([first.url, second.url]);
    await sink.post(requestOf('x\n', 1), never);
    expect([first.received.length, second.received.length]).toEqual([0, 1]);
    await expect(sink.post(requestOf('x\n', 2), never)).rejects.toThrow(RangeError);
  });
});

describe('an answer', () => {
  it.each([200, 201, 202, 204])('of %i is passed on without its text', async (status) => {
    const endpoint = await startEndpoint((_, response) =>
      response.writeHead(status).end(status === 204 ? undefined : 'thanks'),
    );
    expect(await post(sinkFor([endpoint.url]))).toEqual({
      kind: 'answered',
      status,
      retryAfterMs: null,
      text: '',
      isBodyReleased: true,
    });
  });

  it.each([301, 400, 401, 404, 408, 413, 429, 500, 503])(
    'of %i is passed on with its text, and followed nowhere',
    async (status) => {
      const endpoint = await startEndpoint((_, response) =>
        response.writeHead(status, { location: '/elsewhere' }).end(' no: line 3\n'),
      );
      expect(await post(sinkFor([endpoint.url]))).toEqual({
        kind: 'answered',
        status,
        retryAfterMs: null,
        text: 'no: line 3',
        isBodyReleased: true,
      });
      expect(endpoint.received).toHaveLength(1);
    },
  );

  it('gives no part of a secret, also where its text is cut in the middle of one', async () => {
    const secret = 'SECRETTOKEN123456';
    const text = `${'x'.repeat(490)}${secret} is not known`;
    const endpoint = await startEndpoint((_, response) => response.writeHead(401).end(text));
    const answer = await post(sinkFor([endpoint.url], { secrets: [secret] }));
    expect(JSON.stringify(answer)).not.toContain('SECRET');
  });

  it('gives no more of its text than a log line can bear', async () => {
    const endpoint = await startEndpoint((_, response) => response.writeHead(500).end('x'.repeat(300_000)));
    const answer = await post(sinkFor([endpoint.url]));
    expect(answer).toMatchObject({ status: 500, text: 'x'.repeat(500) });
  });

  it.each([
    ['7', 7000],
    ['Sun, 12 Oct 2025 21:41:42 GMT', 10_000],
    ['86400', 300_000],
    ['soon', null],
  ])('may ask to wait: Retry-After %j', async (header, retryAfterMs) => {
    const endpoint = await startEndpoint((_, response) => response.writeHead(429, { 'retry-after': header }).end());
    expect(await post(sinkFor([endpoint.url]))).toMatchObject({ status: 429, retryAfterMs });
  });

  it('that comes before the body was read leaves its memory in use', async () => {
    const url = await startRawEndpoint((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
    });
    const answer = await post(sinkFor([url]), [Buffer.alloc(32 * 1024 * 1024, 'x')]);
    expect(answer).toMatchObject({ kind: 'answered', status: 200, isBodyReleased: false });
  });
});

describe('a failure', () => {
  it('is a time-out when the endpoint does not answer at all', async () => {
    const endpoint = await startEndpoint(() => undefined);
    const startMs = performance.now();
    expect(await post(sinkFor([endpoint.url], { requestTimeoutMs: 150 }))).toEqual({ kind: 'timeout' });
    expect(performance.now() - startMs).toBeLessThan(5_000);
    await expect.poll(() => endpoint.connections.open).toBe(0);
  });

  it('is a time-out when the headers do not come in their time', async () => {
    const endpoint = await startEndpoint(() => undefined);
    const startMs = performance.now();
    expect(await post(sinkFor([endpoint.url], { responseHeaderTimeoutMs: 150 }))).toEqual({ kind: 'timeout' });
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  it('is a time-out when the endpoint takes the connection and reads nothing', async () => {
    const url = await startRawEndpoint((socket) => socket.pause());
    expect(await post(sinkFor([url], { requestTimeoutMs: 150 }), [Buffer.alloc(16 * 1024 * 1024)])).toEqual({
      kind: 'timeout',
    });
  });

  it('is none when only the text of a 2xx answer hangs: the lines were acknowledged', async () => {
    const endpoint = await startEndpoint((_, response) => {
      response.writeHead(200);
      response.write('half of');
    });
    expect(await post(sinkFor([endpoint.url], { requestTimeoutMs: 150 }))).toMatchObject({
      kind: 'answered',
      status: 200,
    });
  });

  it('is a time-out when the text of another answer hangs', async () => {
    const endpoint = await startEndpoint((_, response) => {
      response.writeHead(503);
      response.write('half of');
    });
    expect(await post(sinkFor([endpoint.url], { requestTimeoutMs: 150 }))).toEqual({ kind: 'timeout' });
  });

  it('is the network’s when the endpoint resets the connection, before or after it has read the body', async () => {
    const early = await startRawEndpoint((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await post(sinkFor([early]), [Buffer.alloc(8 * 1024 * 1024)])).toMatchObject({
      kind: 'network',
      code: expect.stringMatching(/ECONNRESET|EPIPE|UND_ERR_SOCKET/),
    });
    const late = await startEndpoint((request) => request.socket.resetAndDestroy());
    expect(await post(sinkFor([late.url]))).toMatchObject({
      kind: 'network',
      code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
    });
    expect(late.received).toHaveLength(1);
  });

  it('is the network’s when the endpoint closes without an answer, or answers what is no HTTP', async () => {
    const closing = await startRawEndpoint((socket) => socket.once('data', () => socket.end()));
    expect(await post(sinkFor([closing]))).toMatchObject({ kind: 'network', code: 'UND_ERR_SOCKET' });
    const talking = await startRawEndpoint((socket) =>
      socket.once('data', () => socket.end('220 smtp.example.com ESMTP\r\n')),
    );
    expect(await post(sinkFor([talking]))).toMatchObject({
      kind: 'network',
      code: expect.stringMatching(/^HPE_|HTTPParserError/),
    });
  });

  it('is the network’s when nobody listens, and says what was tried', async () => {
    const server = createNetServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    for (const host of ['127.0.0.1', 'localhost']) {
      const answer = await post(sinkFor([`http://${host}:${port}`]));
      expect(answer).toEqual({ kind: 'network', code: 'ECONNREFUSED', message: expect.stringContaining(String(port)) });
    }
  });

  it('does not outlive the endpoint: the next POST connects anew', async () => {
    let answers = 0;
    const endpoint = await startEndpoint((request, response) => {
      answers += 1;
      if (answers === 1) request.socket.destroy();
      else response.end();
    });
    const sink = sinkFor([endpoint.url]);
    expect((await post(sink)).kind).toBe('network');
    expect(await post(sink)).toMatchObject({ kind: 'answered', status: 200 });
    expect(endpoint.connections.opened).toBe(2);
  });
});

describe('stopping', () => {
  it('throws when the signal aborts, and closes the connection', async () => {
    const endpoint = await startEndpoint(() => undefined);
    const stop = new AbortController();
    const posting = post(sinkFor([endpoint.url]), 'x\n', stop.signal);
    await expect.poll(() => endpoint.received.length).toBe(1);
    stop.abort();
    await expect(posting).rejects.toThrow('aborted');
    await expect.poll(() => endpoint.connections.open).toBe(0);
  });

  it('sends nothing once the signal has aborted', async () => {
    const endpoint = await startEndpoint((_, response) => response.end());
    await expect(post(sinkFor([endpoint.url]), 'x\n', AbortSignal.abort())).rejects.toThrow('aborted');
    expect(endpoint.received).toEqual([]);
  });

  it('leaves no listener behind on a signal that lives long', async () => {
    const endpoint = await startEndpoint((_, response) => response.end());
    const sink = sinkFor([endpoint.url]);
    const signal = new AbortController().signal;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...parameters: Parameters<typeof add>) => {
      listeners += 1;
      add(...parameters);
    };
    signal.removeEventListener = (...parameters: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...parameters);
    };
    for (let round = 0; round < 5; round += 1) await post(sink, 'x\n', signal);
    expect(listeners).toBe(0);
  });

  it('close ends what is under way as a failure of the network', async () => {
    const endpoint = await startEndpoint(() => undefined);
    const sink = sinkFor([endpoint.url]);
    const posting = post(sink);
    await expect.poll(() => endpoint.received.length).toBe(1);
    await sink.close();
    expect((await posting).kind).toBe('network');
  });
});

// undici connects anew in silence, so a leak or a missing keep-alive would never show in the answers.
describe('connections', () => {
  // Two, because the pool takes another one for a POST that follows in the same turn of the event loop.
  it('are used again: two are enough for any number of POSTs that follow each other, whatever the answers', async () => {
    let answers = 0;
    const endpoint = await startEndpoint((_, response) => {
      answers += 1;
      response.writeHead([200, 204, 400, 503][answers % 4] ?? 200).end(answers % 4 === 1 ? undefined : 'text');
    });
    const sink = sinkFor([endpoint.url]);
    for (let round = 0; round < 40; round += 1) expect((await post(sink)).kind).toBe('answered');
    expect(endpoint.connections.opened).toBeLessThanOrEqual(2);
  });

  it('are never more than connectionsMax, however many POSTs are under way', async () => {
    const endpoint = await startEndpoint((_, response) => setTimeout(() => response.end(), 5));
    const sink = sinkFor([endpoint.url], { connectionsMax: 3 });
    const answers = await Promise.all(Array.from({ length: 30 }, async () => post(sink)));
    expect(answers.every((answer) => answer.kind === 'answered' && answer.status === 200)).toBe(true);
    expect(endpoint.received).toHaveLength(30);
    expect(endpoint.connections.opened).toBe(3);
  });

  it('are not held by the text of a 2xx answer, however long that is', async () => {
    const endpoint = await startEndpoint((_, response) => {
      response.writeHead(200);
      for (let piece = 0; piece < 20; piece += 1) response.write(Buffer.alloc(50_000));
      response.end();
    });
    const sink = sinkFor([endpoint.url], { connectionsMax: 2, requestTimeoutMs: 5_000 });
    const startMs = performance.now();
    for (let round = 0; round < 6; round += 1) expect((await post(sink)).kind).toBe('answered');
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  it('that the endpoint closed while idle cost no POST', async () => {
    const endpoint = await startEndpoint((_, response) => response.end());
    const sink = sinkFor([endpoint.url]);
    await post(sink);
    endpoint.server.closeIdleConnections();
    await expect.poll(() => endpoint.connections.open).toBe(0);
    expect(await post(sink)).toMatchObject({ kind: 'answered', status: 200 });
    expect(endpoint.connections.opened).toBe(2);
  });
});
