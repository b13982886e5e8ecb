/** Each fault over real sockets, with undici as the sender, as the streamer meets it. */
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildTinyLoad, startSinkUnderTest, type SinkUnderTest, type TinyLoad } from './fixture-sink.ts';
import type { FaultInput } from './faults.ts';
import type { SinkOptions } from './sink.ts';

let load: TinyLoad;
let body: Buffer;
let running: SinkUnderTest | null = null;

beforeAll(async () => {
  load = await buildTinyLoad();
  body = await load.body(0, 0, 10);
});
afterAll(async () => load.remove());
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function startWith(fault: FaultInput, options: Partial<SinkOptions> = {}): Promise<SinkUnderTest> {
  running = await startSinkUnderTest({ loadDir: load.dir, ...options });
  await running.client.addFaults([fault]);
  return running;
}

/** How long it took, in ms. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** The answers to 200 requests of which some are struck, with this seed. */
async function statusesWith(seed: number): Promise<readonly number[]> {
  const { post, stop } = await startWith({ kind: 'status', status: 429, rate: 0.3 }, { seed });
  const statuses: number[] = [];
  for (let request = 0; request < 200; request += 1) statuses.push((await post(body)).statusCode);
  await stop();
  running = null;
  return statuses;
}

/** False when the other end leaves it for half a second. */
async function isTaken(socket: Socket, bytes: Buffer): Promise<boolean> {
  const taken = new Promise<boolean>((resolve) => socket.write(bytes, () => resolve(true)));
  return Promise.race([taken, sleep(500).then(() => false)]);
}

const cut = { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET|EPIPE/) };
const stored = { deliveredLines: 10, acknowledgedLines: 10 };
const storedUnanswered = { deliveredLines: 10, acknowledgedLines: 0 };
const notStored = { deliveredLines: 0, acknowledgedLines: 0 };

describe('status', () => {
  it('answers it and stores nothing, for so many requests', async () => {
    const { post, client } = await startWith({ kind: 'status', status: 503, retryAfterS: 2, count: 2 });
    const refused = await post(body);
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '2']);
    expect((await post(body)).statusCode).toBe(503);
    expect(await client.ledger()).toMatchObject(notStored);
    expect((await post(body)).statusCode).toBe(200);
    expect(await client.ledger()).toMatchObject(stored);
    expect((await client.stats()).agents[0]).toMatchObject({ answers: { 200: 1, 503: 2 }, connectionsOpened: 1 });
    expect((await client.faults()).ended).toMatchObject([{ hits: 2 }]);
  });

  it('strikes at its rate, the same requests for the same seed', async () => {
    const first = await statusesWith(7);
    const struck = first.filter((status) => status === 429).length;
    expect(struck).toBeGreaterThan(30);
    expect(struck).toBeLessThan(90);
    expect(await statusesWith(7)).toEqual(first);
    expect(await statusesWith(8)).not.toEqual(first);
  });

  it('strikes only the agent it is for', async () => {
    const { post } = await startWith({ kind: 'status', status: 503, agent: 1 }, { ports: [0, 0] });
    expect((await post(body, { agent: 0 })).statusCode).toBe(200);
    expect((await post(body, { agent: 1 })).statusCode).toBe(503);
  });

  it('ends after its time', async () => {
    const { post } = await startWith({ kind: 'status', status: 503, forMs: 150 });
    expect((await post(body)).statusCode).toBe(503);
    await sleep(200);
    expect((await post(body)).statusCode).toBe(200);
  });
});

describe('latency', () => {
  it('delays storing and answer', async () => {
    const { post, client } = await startWith({ kind: 'latency', delay: { shape: 'constant', ms: 150 } });
    const answered = timed(async () => post(body));
    await sleep(50);
    expect(await client.ledger()).toMatchObject(notStored);
    expect(await answered).toBeGreaterThanOrEqual(149);
    expect(await client.ledger()).toMatchObject(stored);
  });

  it('stores nothing for a sender that hung up meanwhile', async () => {
    const { post, client } = await startWith({ kind: 'latency', delay: { shape: 'constant', ms: 200 } });
    await expect(post(body, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
    await expect.poll(async () => (await client.stats()).agents[0]?.aborted).toBe(1);
    expect(await client.ledger()).toMatchObject(notStored);
  });
});

describe('hang', () => {
  it.each([
    { isStored: false, expected: notStored },
    { isStored: true, expected: storedUnanswered },
  ])('never answers (stored: $isStored)', async ({ isStored, expected }) => {
    const { post, client } = await startWith({ kind: 'hang', isStored, count: 1 });
    await expect(post(body, { signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout');
    expect((await client.stats()).agents[0]).toMatchObject({ posts: 1, hangs: 1, answers: {} });
    expect(await client.ledger()).toMatchObject(expected);
    expect((await post(body)).statusCode).toBe(200);
  });
});

describe('reset', () => {
  it.each([
    { when: 'mid-body', expected: notStored, unacknowledgedLines: 0 },
    { when: 'before-store', expected: notStored, unacknowledgedLines: 0 },
    { when: 'after-store', expected: storedUnanswered, unacknowledgedLines: 10 },
  ] as const)('cuts the connection $when', async ({ when, expected, unacknowledgedLines }) => {
    const { post, client } = await startWith({ kind: 'reset', when, count: 1 });
    await expect(post(body)).rejects.toMatchObject(cut);
    expect(await client.ledger()).toMatchObject(expected);
    expect((await client.stats()).agents[0]).toMatchObject({ resets: 1, unacknowledgedLines, connectionsOpened: 1 });
    expect((await post(body)).statusCode).toBe(200);
    expect(await client.ledger()).toMatchObject({ ...stored, duplicateLines: expected.deliveredLines });
    expect((await client.stats()).agents[0]).toMatchObject({ connectionsOpened: 2 });
  });

  it('cuts a large body in its middle', async () => {
    const { post, client } = await startWith({ kind: 'reset', when: 'mid-body' });
    await expect(post(Buffer.alloc(5_000_000, 'x'))).rejects.toMatchObject(cut);
    const { wireBytes = 0, posts } = (await client.stats()).agents[0] ?? {};
    expect(posts).toBe(0);
    expect(wireBytes).toBeGreaterThan(0);
    expect(wireBytes).toBeLessThan(5_000_000);
  });
});

describe('answer-late', () => {
  it('stores at once and answers late', async () => {
    const { post, client } = await startWith({ kind: 'answer-late', afterMs: 200 });
    const answered = timed(async () => post(body));
    await expect.poll(async () => client.ledger(), { interval: 20 }).toMatchObject(storedUnanswered);
    expect(await answered).toBeGreaterThanOrEqual(199);
    expect(await client.ledger()).toMatchObject(stored);
  });

  it('leaves it stored without acknowledgement when nobody waits that long', async () => {
    const { post, client } = await startWith({ kind: 'answer-late', afterMs: 200 });
    await expect(post(body, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
    await expect.poll(async () => (await client.stats()).totals.unacknowledgedLines).toBe(10);
    expect(await client.ledger()).toMatchObject(storedUnanswered);
    expect(await client.judge({ objects: [{ index: 0 }] })).toMatchObject({
      lostLines: load.lines(0),
      lostButStoredLines: 10,
    });
  });
});

describe('error-after-store', () => {
  it('stores and answers with an error; the next attempt is a duplicate', async () => {
    const { post, client } = await startWith({ kind: 'error-after-store', count: 1 });
    expect((await post(body)).statusCode).toBe(500);
    expect(await client.ledger()).toMatchObject(storedUnanswered);
    expect((await client.stats()).totals).toMatchObject({ unacknowledgedPosts: 1, unacknowledgedLines: 10 });
    expect((await post(body)).statusCode).toBe(200);
    expect(await client.ledger()).toMatchObject({ ...stored, duplicateLines: 10 });
  });
});

describe('poison', () => {
  it('refuses a body that holds its text, and says why; takes the others', async () => {
    const lines = body.toString('utf8').split('\n');
    const text = lines[3] ?? '';
    const { client, sink } = await startWith({ kind: 'poison', text, status: 422, answer: 'line 4 is no JSON: “x”' });
    const [url = ''] = sink.endpoints;
    const refused = await fetch(url, { method: 'POST', body });
    expect([refused.status, await refused.text()]).toEqual([422, 'line 4 is no JSON: “x”']);
    expect(await client.ledger()).toMatchObject(notStored);
    const others = await fetch(url, { method: 'POST', body: lines.toSpliced(3, 1).join('\n') });
    expect(others.status).toBe(200);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 9, acknowledgedLines: 9 });
    expect((await client.faults()).active).toMatchObject([{ hits: 1 }]);
  });

  it('finds it in a compressed body', async () => {
    const text = body.toString('utf8', 40, 80);
    const { post } = await startWith({ kind: 'poison', text });
    expect((await post(gzipSync(body), { headers: { 'content-encoding': 'gzip' } })).statusCode).toBe(400);
  });
});

describe('pause', () => {
  it('stops reading until it is taken away', async () => {
    const { post, client } = await startWith({ kind: 'pause' });
    const large = Buffer.concat([body, Buffer.alloc(12_000_000, 'x'), Buffer.from('\n')]);
    const answered = post(large);
    await sleep(200);
    const { wireBytes = 0, posts } = (await client.stats()).agents[0] ?? {};
    expect({ wireBytes, posts }).toEqual({ wireBytes: 0, posts: 0 });
    await client.clearFaults();
    expect((await answered).statusCode).toBe(200);
    expect(await client.ledger()).toMatchObject({ ...stored, unexpectedLines: 1 });
  });

  it('lets the buffers of the sender fill up, not its own', async () => {
    const { sink } = await startWith({ kind: 'pause' });
    const { hostname, port } = new URL(sink.endpoints[0] ?? '');
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const piece = Buffer.alloc(500_000, 'x');
    const pieces = 40;
    socket.write(`POST / HTTP/1.1\r\ncontent-length: ${pieces * piece.length}\r\n\r\n`);
    let taken = 0;
    while (taken < pieces && (await isTaken(socket, piece))) taken += 1;
    socket.destroy();
    // What the system keeps for both ends of a connection is some megabytes.
    expect(taken).toBeLessThan(pieces);
  });

  it('counts a batch that it reads after the sender gave up as one that the sender cannot know of', async () => {
    const { sink, client } = await startWith({ kind: 'pause' });
    const { hostname, port } = new URL(sink.endpoints[0] ?? '');
    const socket = connect(Number(port), hostname);
    socket.end(Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n`), body]));
    await once(socket, 'finish');
    socket.destroy();
    await client.clearFaults();
    await expect.poll(async () => (await client.stats()).totals.unacknowledgedLines).toBe(10);
    expect(await client.ledger()).toMatchObject({ deliveredLines: 10 });
  });

  it('stops reading in the middle of a body', async () => {
    running = await startSinkUnderTest({ loadDir: null, bodyBytesMax: 100_000_000 });
    const { post, client } = running;
    await client.addFaults([{ kind: 'slow-read', bytesPerS: 20_000_000 }]);
    const answered = post(Buffer.alloc(20_000_000, 'x'));
    await expect.poll(async () => (await client.stats()).totals.wireBytes, { interval: 10 }).toBeGreaterThan(0);
    await client.addFaults([{ kind: 'pause' }]);
    const { wireBytes } = (await client.stats()).totals;
    await sleep(200);
    expect((await client.stats()).totals.wireBytes).toBe(wireBytes);
    await client.clearFaults();
    expect((await answered).statusCode).toBe(200);
  });
});

describe('slow-read', () => {
  it('reads no faster than it is told', async () => {
    const { post } = await startWith({ kind: 'slow-read', bytesPerS: 2_000_000 });
    expect(await timed(async () => post(Buffer.alloc(1_000_000, 'x')))).toBeGreaterThan(400);
  });
});

describe('refuse', () => {
  it('closes the port and cuts what is open, and comes back on the same port', async () => {
    const { post, client, sink } = await startWith({
      kind: 'latency',
      delay: { shape: 'constant', ms: 5_000 },
      count: 1,
    });
    const inFlight = post(body);
    await expect.poll(async () => (await client.stats()).totals.posts).toBe(1);
    await client.addFaults([{ kind: 'refuse' }]);
    await expect(inFlight).rejects.toMatchObject(cut);
    await expect(post(body)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const before = sink.endpoints;
    await client.clearFaults();
    expect((await client.faults()).ended.at(-1)).toMatchObject({ fault: { kind: 'refuse' }, hits: 1 });
    expect((await post(body)).statusCode).toBe(200);
    expect(sink.endpoints).toEqual(before);
  });

  it('keeps open connections when it is told to, idle ones too', async () => {
    running = await startSinkUnderTest({ loadDir: load.dir });
    const { post, client } = running;
    await post(body);
    await client.addFaults([{ kind: 'refuse', keepsOpen: true }]);
    expect((await post(body)).statusCode).toBe(200);
    expect((await client.stats()).agents[0]).toMatchObject({ connectionsOpened: 1, posts: 2 });
    await expect(fetch(running.sink.endpoints[0] ?? '', { method: 'POST' })).rejects.toThrow('fetch failed');
  });

  it('comes back by itself after its time', async () => {
    const { post } = await startWith({ kind: 'refuse', forMs: 150 });
    await expect(post(body)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await sleep(250);
    expect((await post(body)).statusCode).toBe(200);
  });
});

describe('capacity', () => {
  it('answers 429 when the queue is full, stores none of that, and has room again later', async () => {
    const bytesPerS = body.length * 10;
    const { post, client } = await startWith({
      kind: 'capacity',
      bytesPerS,
      queueBytes: body.length * 2,
      retryAfterS: 1,
    });
    const statuses: number[] = [];
    for (let request = 0; request < 5; request += 1) statuses.push((await post(body)).statusCode);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(statuses.at(-1)).toBe(429);
    const { storedPosts = 0 } = (await client.stats()).agents[0] ?? {};
    expect(storedPosts).toBe(statuses.filter((status) => status === 200).length);
    await sleep(300);
    expect((await post(body)).statusCode).toBe(200);
  });

  it('answers when the batch is worked off, when it is told to', async () => {
    const bytesPerS = body.length * 5;
    const { post } = await startWith({
      kind: 'capacity',
      bytesPerS,
      queueBytes: body.length,
      answers: 'when-processed',
    });
    expect(await timed(async () => post(body))).toBeGreaterThanOrEqual(199);
  });
});
