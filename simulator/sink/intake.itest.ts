/** What an agent takes, and how: real sockets, undici as the sender. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildTinyLoad, startSinkUnderTest, type SinkUnderTest, type TinyLoad } from './fixture-sink.ts';
import type { SinkOptions } from './sink.ts';

let load: TinyLoad;
let running: SinkUnderTest | null = null;

beforeAll(async () => {
  load = await buildTinyLoad();
});
afterAll(async () => load.remove());
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function startSink(options: Partial<SinkOptions> = {}): Promise<SinkUnderTest> {
  running = await startSinkUnderTest({ loadDir: load.dir, ...options });
  return running;
}

/** Sends bytes as they are, even after the other end has said its last, and returns what comes back within a moment. */
async function talk(endpoint: string, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  for (const part of parts) {
    socket.write(part);
    await sleep(50);
  }
  socket.destroy();
  return answer;
}

function request(target: string, body: Buffer, header: string = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`POST ${target} HTTP/1.1\r\n${header}content-length: ${body.length}\r\n\r\n`),
    body,
  ]);
}

async function* inPieces(body: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < body.length; start += pieceBytes) yield body.subarray(start, start + pieceBytes);
}

describe('an agent', () => {
  it('stores, judges and acknowledges an object that comes in batches, over one connection', async () => {
    const { post, client } = await startSink();
    const lines = load.lines(0);
    expect((await post(await load.body(0, 0, 10))).statusCode).toBe(200);
    expect((await post(await load.body(0, 10, lines))).statusCode).toBe(200);

    expect(await client.judge({ objects: [{ index: 0 }] })).toMatchObject({
      deliveredLines: lines,
      acknowledgedLines: lines,
      duplicateLines: 0,
      expectedLines: lines,
      lostLines: 0,
      missing: [],
    });
    const [account, ...others] = await client.objects();
    expect(others).toEqual([]);
    expect(account).toMatchObject({ index: 0, lines, deliveredLines: lines, acknowledgedLines: lines });
    expect(account?.settledMs).toBeGreaterThan(account?.firstAckMs ?? Number.POSITIVE_INFINITY);
    expect(Math.abs((account?.settledMs ?? 0) - Date.now())).toBeLessThan(5_000);
    const stats = await client.stats();
    expect(stats.agents[0]).toMatchObject({
      posts: 2,
      storedPosts: 2,
      lines,
      connectionsOpened: 1,
      answers: { 200: 2 },
    });
    expect(stats).toMatchObject({ crcFastPath: 2, slowPath: 0, load: load.dir });
  });

  it('tells agents apart, in its counters, its timeline and its problems', async () => {
    const { post, client } = await startSink({ ports: [0, 0] });
    const body = await load.body(1, 0, 5);
    await post(body, { agent: 0 });
    await post(body, { agent: 1 });
    const { agents, totals } = await client.stats();
    expect(agents.map(({ bytes }) => bytes)).toEqual([body.length, body.length]);
    expect(totals).toMatchObject({ bytes: 2 * body.length, posts: 2, lines: 10, connections: 2 });
    const timeline = await client.timeline();
    expect(timeline.reduce((sum, second) => sum + second.bytes, 0)).toBe(2 * body.length);
    expect(timeline.flatMap((second) => second.agentBytes).reduce((sum, bytes) => sum + bytes)).toBe(2 * body.length);
    const { problems, duplicateLines } = await client.ledger();
    expect(duplicateLines).toBe(5);
    expect(problems).toMatchObject([{ kind: 'duplicate', index: 1, firstLine: 0, lastLine: 4, agent: 1 }]);
  });

  it('takes a chunked body, in whatever pieces', async () => {
    const { post, client } = await startSink();
    expect((await post(Readable.from(inPieces(await load.body(0, 0, 20), 37)))).statusCode).toBe(200);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 20, corruptLines: 0, unexpectedLines: 0 });
  });

  it('answers Expect: 100-continue before the body', async () => {
    const { sink, client } = await startSink();
    const body = await load.body(0, 0, 1);
    const head = `POST / HTTP/1.1\r\nhost: sink\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`;
    const answer = await talk(sink.endpoints[0] ?? '', head, body);
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 1 });
  });

  it('answers requests that come all at once one after the other, in their order', async () => {
    const { sink, client } = await startSink({ path: '/logs' });
    const bodies = [await load.body(0, 0, 1), await load.body(0, 1, 2)];
    const [first, second] = bodies as [Buffer, Buffer];
    await client.addFaults([{ kind: 'latency', delay: { shape: 'constant', ms: 20 }, count: 1 }]);
    const answer = await talk(
      sink.endpoints[0] ?? '',
      Buffer.concat([request('/logs', first), request('/other', first), request('/logs', second)]),
      Buffer.concat([request('/logs', second, 'connection: close\r\n'), request('/logs', first)]),
      request('/logs', first),
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(answer).toMatch(/connection: close\r\ncontent-length: 0\r\n\r\n$/);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 2, acknowledgedLines: 2, duplicateLines: 1 });
  });

  it('refuses what is not HTTP, closes that connection, and stores nothing of the request', async () => {
    const { sink, client } = await startSink();
    const endpoint = sink.endpoints[0] ?? '';
    expect(await talk(endpoint, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*connection: close/s);
    const body = await load.body(0, 0, 1);
    const chunked = `POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`;
    expect(await talk(endpoint, chunked, body, 'more than was said\r\n0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    await expect
      .poll(async () => (await client.stats()).agents[0])
      .toMatchObject({ posts: 0, aborted: 1, connections: 0 });
    expect(await client.ledger()).toMatchObject({ deliveredLines: 0 });
  });

  it('stores nothing of a body that was cut off, whole lines or not', async () => {
    const { sink, client } = await startSink();
    const body = await load.body(0, 0, 10);
    const head = `POST / HTTP/1.1\r\nhost: sink\r\ncontent-length: ${body.length + 1}\r\n\r\n`;
    expect(await talk(sink.endpoints[0] ?? '', head, body)).toBe('');
    const chunked = `POST / HTTP/1.1\r\nhost: sink\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`;
    expect(await talk(sink.endpoints[0] ?? '', chunked, body, '\r\n')).toBe('');
    await expect
      .poll(async () => (await client.stats()).agents[0])
      .toMatchObject({ posts: 0, aborted: 2, connections: 0 });
    expect(await client.ledger()).toMatchObject({ deliveredLines: 0 });
  });

  it('takes gzip bodies, and refuses those that are broken', async () => {
    const { post, client } = await startSink();
    const body = await load.body(2, 0, 25);
    const headers = { 'content-encoding': 'gzip' };
    const packed = gzipSync(body);
    expect((await post(packed, { headers })).statusCode).toBe(200);
    expect((await post(packed.subarray(0, -9), { headers })).statusCode).toBe(400);
    expect((await post(body, { headers })).statusCode).toBe(400);
    expect((await post(body, { headers: { 'content-encoding': 'br' } })).statusCode).toBe(415);
    expect((await post(packed, { headers })).statusCode).toBe(200);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 25, duplicateLines: 25, unexpectedLines: 0 });
    // Broken ones came as gzip all the same; brotli was turned away.
    expect((await client.stats()).agents[0]).toMatchObject({
      posts: 5,
      notAdmitted: 1,
      gzipPosts: 4,
      bytes: 2 * body.length,
      storedPosts: 2,
      connectionsOpened: 1,
    });
  });

  it('reads a broken gzip body to its end before it refuses it', async () => {
    const { sink, client } = await startSink();
    const body = Buffer.alloc(1_000, 'x');
    const head = `POST / HTTP/1.1\r\ncontent-encoding: gzip\r\ncontent-length: ${2 * body.length}\r\n\r\n`;
    expect(await talk(sink.endpoints[0] ?? '', head, body, body)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await client.stats()).agents[0]).toMatchObject({ wireBytes: 2_000, storedPosts: 0 });
  });

  it('refuses a body over the limit, compressed or not, and goes on over the same connection', async () => {
    const { post, client } = await startSink({ bodyBytesMax: 50_000 });
    expect((await post(Buffer.alloc(50_001, 'x'))).statusCode).toBe(413);
    const bomb = gzipSync(Buffer.alloc(5_000_000, 'x'));
    expect((await post(bomb, { headers: { 'content-encoding': 'gzip' } })).statusCode).toBe(413);
    expect((await post(await load.body(0, 0, 1))).statusCode).toBe(200);
    expect((await client.stats()).agents[0]).toMatchObject({ posts: 3, storedPosts: 1, connectionsOpened: 1 });
  });

  it('demands credentials, path and method where it is told to', async () => {
    const { post, client } = await startSink({ auth: { scheme: 'bearer', token: 'sesame' }, path: '/logs' });
    const body = await load.body(0, 0, 1);
    const authorization = 'Bearer sesame';
    expect((await post(body, { path: '/logs' })).statusCode).toBe(401);
    expect((await post(body, { path: '/logs', headers: { authorization: 'Bearer other' } })).statusCode).toBe(401);
    expect((await post(body, { path: '/', headers: { authorization } })).statusCode).toBe(404);
    expect((await post(body, { path: '/logs', method: 'PUT', headers: { authorization } })).statusCode).toBe(405);
    expect((await post(body, { path: '/logs?source=s3', headers: { authorization } })).statusCode).toBe(200);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 1 });
    expect((await client.stats()).agents).toMatchObject([{ posts: 5, notAdmitted: 4, gzipPosts: 0, storedPosts: 1 }]);
  });

  it('understands Basic credentials', async () => {
    const { post } = await startSink({ auth: { scheme: 'basic', user: 'u', password: 'p:q' } });
    const authorization = `Basic ${Buffer.from('u:p:q').toString('base64')}`;
    expect((await post(await load.body(0, 0, 1), { headers: { authorization } })).statusCode).toBe(200);
    expect((await post(await load.body(0, 0, 1))).headers['www-authenticate']).toBe('Basic realm="sink"');
  });

  it('takes a body for one record when it is of the kind that does not split', async () => {
    const { post, client } = await startSink({ splitsLines: false });
    await post(await load.body(0, 0, 3));
    await post(await load.body(0, 5, 6));
    expect(await client.ledger()).toMatchObject({ deliveredLines: 1, corruptLines: 1 });
  });

  it('counts bytes and lines without a load, and says why it cannot judge', async () => {
    const { post, client } = await startSink({ loadDir: null });
    await post(Buffer.from('one\ntwo\nthree'));
    expect((await client.stats()).totals).toMatchObject({ bytes: 13, lines: 3, storedPosts: 1 });
    await expect(client.ledger()).rejects.toThrow('POST /load');
  });
});

describe('the control port', () => {
  it('takes a load later, and another one with empty books', async () => {
    const { post, client } = await startSink({ loadDir: null });
    expect(await client.useLoad(load.dir)).toBe(3);
    await post(await load.body(0, 0, 4));
    expect(await client.ledger()).toMatchObject({ deliveredLines: 4 });
    await client.useLoad(load.dir);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 0 });
    await expect(client.useLoad('/nowhere')).rejects.toThrow('/nowhere');
  });

  it('begins anew after a reset, without faults, and a request from before ends in the old books', async () => {
    const { post, client } = await startSink();
    await client.addFaults([{ kind: 'answer-late', afterMs: 200 }]);
    const late = post(await load.body(0, 0, 4));
    await expect.poll(async () => (await client.ledger()).deliveredLines).toBe(4);
    await client.reset();
    expect((await late).statusCode).toBe(200);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 0, acknowledgedLines: 0 });
    expect((await client.faults()).active).toEqual([]);
  });

  it('judges exactly the objects it is asked for', async () => {
    const { post, client } = await startSink();
    await post(await load.body(0, 0, load.lines(0)));
    await post(await load.body(1, 3, 5));
    const verdict = await client.judge({ objects: [{ index: 1 }], ranges: [{ firstIndex: 2, lastIndex: 2 }] });
    expect(verdict).toMatchObject({
      expectedObjects: 2,
      expectedLines: load.lines(1) + load.lines(2),
      lostLines: load.lines(1) + load.lines(2) - 2,
      outsideLines: load.lines(0),
      missing: [
        { index: 1, firstLine: 0, lastLine: 2 },
        { index: 1, firstLine: 5, lastLine: load.lines(1) - 1 },
        { index: 2, firstLine: 0, lastLine: load.lines(2) - 1 },
      ],
    });
    await expect(client.judge({ objects: [{ index: 3 }] })).rejects.toThrow('object 3 is not of this load');
  });

  it('says what is wrong with a request', async () => {
    const { client } = await startSink();
    await expect(client.addFaults([{ kind: 'status', status: 99 }])).rejects.toThrow('status');
    await expect(client.removeFault(7)).rejects.toThrow('There is no active fault 7');
  });
});
