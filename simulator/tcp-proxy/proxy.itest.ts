/** Over real sockets: a client, the proxy, and a server that keeps what it got. */
import { mkdtempSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Processes } from '../process/processes.ts';
import { removeFolder } from '../process/remove-folder.ts';
import { createRandom } from '../random.ts';
import { listen, portOf } from '../sink/listen.ts';
import { type NetworkFaultInput, NetworkFaultSchema } from './faults.ts';
import { startTcpProxy } from './proxy-process.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** One end of a connection, with what it got and how it ended. */
class End {
  readonly socket: Socket;
  text = '';
  bytes = 0;
  isEnded = false;
  error: string | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.bytes += chunk.length;
      if (this.text.length < 1000) this.text += chunk.toString('latin1');
    });
    socket.on('end', () => (this.isEnded = true));
    socket.on('error', (error) => (this.error = 'code' in error ? String(error.code) : error.message));
  }
}

let server: Server;
let proxy: TcpProxy;
let served: End[];
let clients: End[];

beforeEach(async () => {
  served = [];
  clients = [];
  server = createServer({ allowHalfOpen: true }, (socket) => void served.push(new End(socket)));
  await listen(server, '127.0.0.1', 0);
  const target = { host: '127.0.0.1', port: portOf(server) };
  proxy = await TcpProxy.listen(
    [
      { name: 'one', ...target },
      { name: 'two', ...target },
    ],
    createRandom(1),
  );
});
afterEach(() => {
  for (const { socket } of [...clients, ...served]) socket.destroy();
  proxy.close();
  server.close();
});

async function use(...faults: readonly NetworkFaultInput[]): Promise<readonly number[]> {
  return proxy.addFaults(
    ['one'],
    faults.map((fault) => NetworkFaultSchema.parse(fault)),
  );
}

/** Ends when it is connected, or has failed. */
async function dial(link = 0): Promise<End> {
  const client = new End(connect({ port: proxy.ports[link] ?? 0, host: '127.0.0.1', allowHalfOpen: true }));
  clients.push(client);
  await new Promise((resolve) => client.socket.once('connect', resolve).once('close', resolve));
  return client;
}

/** A connection over which something has passed both ways. */
async function open(link = 0): Promise<{ readonly client: End; readonly peer: End }> {
  const client = await dial(link);
  client.socket.write('a');
  await expect.poll(() => served.length).toBe(clients.length);
  const peer = served.at(-1);
  if (peer === undefined) throw new Error('nobody was served');
  peer.socket.write('b');
  await expect.poll(() => client.text + peer.text).toBe('ba');
  return { client, peer };
}

async function elapsedMs(isTrue: () => boolean): Promise<number> {
  const fromMs = performance.now();
  await expect.poll(isTrue, { interval: 2, timeout: 10_000 }).toBe(true);
  return performance.now() - fromMs;
}

const quietMs = 150;

describe('a link without faults', () => {
  it('passes everything both ways, and the end of each direction by itself', async () => {
    const { client, peer } = await open();
    client.socket.end(Buffer.alloc(3_000_000, 'x'));
    await expect.poll(() => [peer.bytes, peer.isEnded]).toEqual([3_000_001, true]);
    peer.socket.end('the answer');
    await expect.poll(() => [client.text, client.isEnded]).toEqual(['bthe answer', true]);
    await expect.poll(() => client.socket.destroyed && peer.socket.destroyed).toBe(true);
    expect(proxy.stats).toEqual([
      { name: 'one', connections: 1, unanswered: 0 },
      { name: 'two', connections: 0, unanswered: 0 },
    ]);
  });

  it('makes the sender wait when nobody reads at the other end', async () => {
    const { client, peer } = await open();
    peer.socket.pause();
    client.socket.write(Buffer.alloc(64 * 1024 * 1024));
    // Long enough for all of it to be taken by a proxy that takes whatever comes.
    await sleep(10 * quietMs);
    expect(client.socket.writableLength).toBeGreaterThan(32 * 1024 * 1024);
    peer.socket.resume();
    await expect.poll(() => peer.bytes, { timeout: 20_000 }).toBe(64 * 1024 * 1024 + 1);
  });

  it('passes a reset on', async () => {
    const { client, peer } = await open();
    client.socket.resetAndDestroy();
    await expect.poll(() => peer.error).toBe('ECONNRESET');
  });

  it('hangs up on a client whose server does not listen', async () => {
    server.close();
    const client = await dial();
    await expect.poll(() => client.error).toBe('ECONNRESET');
  });
});

describe('latency', () => {
  it('delays its direction alone, and only while it holds', async () => {
    const { client, peer } = await open();
    const ids = await use({ kind: 'latency', direction: 'downstream', ms: 1000, jitterMs: 50 });
    client.socket.write('quick');
    expect(await elapsedMs(() => peer.text === 'aquick')).toBeLessThan(900);
    peer.socket.write('slow');
    expect(await elapsedMs(() => client.text === 'bslow')).toBeGreaterThan(940);
    expect(await proxy.removeFaults(ids)).toEqual([1]);
    peer.socket.write('!');
    expect(await elapsedMs(() => client.text === 'bslow!')).toBeLessThan(900);
  });

  it('does not narrow: what is sent together arrives together', async () => {
    const { client, peer } = await open();
    await use({ kind: 'latency', ms: 500 });
    // In a dozen pieces: one after the other they would take six seconds.
    client.socket.write(Buffer.alloc(900_000));
    expect(await elapsedMs(() => peer.bytes === 900_001)).toBeLessThan(3000);
  });
});

describe('bandwidth', () => {
  it('lets no more than its rate pass', async () => {
    const { client, peer } = await open();
    const ids = await use({ kind: 'bandwidth', direction: 'upstream', bytesPerS: 200_000 });
    client.socket.write(Buffer.alloc(200_000));
    const takesMs = await elapsedMs(() => peer.bytes === 200_001);
    // The last piece is there before its time is over.
    expect(takesMs).toBeGreaterThan(900);
    peer.socket.write(Buffer.alloc(200_000));
    expect(await elapsedMs(() => client.bytes === 200_001)).toBeLessThan(900);
    expect(await proxy.removeFaults(ids)).toEqual([1]);
  });
});

describe('reset', () => {
  it('strikes at once, at both ends, what is open and what comes', async () => {
    const { client, peer } = await open();
    const ids = await use({ kind: 'reset' });
    await expect.poll(() => [client.error, peer.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
    const late = await dial();
    await expect.poll(() => late.error).toBe('ECONNRESET');
    expect(await proxy.removeFaults(ids)).toEqual([2]);
    await open();
  });

  it('strikes when so many bytes have passed, and not before', async () => {
    const { client, peer } = await open();
    const ids = await use({ kind: 'reset', direction: 'upstream', afterBytes: 100_000 });
    client.socket.write(Buffer.alloc(60_000));
    await expect.poll(() => peer.bytes).toBe(60_001);
    peer.socket.write(Buffer.alloc(200_000));
    await expect.poll(() => client.bytes).toBe(200_001);
    expect(client.error).toBeNull();
    client.socket.write(Buffer.alloc(60_000));
    await expect.poll(() => [client.error, peer.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(peer.bytes).toBeLessThanOrEqual(100_001);
    expect(await proxy.removeFaults(ids)).toEqual([1]);
  });
});

describe('a black hole', () => {
  it('lets nothing pass, neither bytes nor ends, and then all of it', async () => {
    const [talking, leaving] = [await open(), await open()];
    const ids = await use({ kind: 'black-hole' });
    talking.client.socket.write('up');
    talking.peer.socket.write('down');
    leaving.client.socket.end('bye');
    await sleep(quietMs);
    expect([talking.peer.text, talking.client.text, leaving.peer.text, leaving.peer.isEnded]).toEqual([
      'a',
      'b',
      'a',
      false,
    ]);
    expect(await proxy.removeFaults(ids)).toEqual([2]);
    await expect.poll(() => [talking.peer.text, talking.client.text]).toEqual(['aup', 'bdown']);
    await expect.poll(() => [leaving.peer.text, leaving.peer.isEnded]).toEqual(['abye', true]);
  });

  it('holds back what is new as well, and does not let those in that have given up meanwhile', async () => {
    const ids = await use({ kind: 'black-hole' });
    const [patient, hasty] = [await dial(), await dial()];
    patient.socket.write('hello');
    hasty.socket.write('hello');
    await sleep(quietMs);
    expect(served).toEqual([]);
    hasty.socket.destroy();
    await sleep(quietMs);
    await proxy.removeFaults(ids);
    await expect.poll(() => served[0]?.text).toBe('hello');
    await sleep(quietMs);
    expect(served).toHaveLength(1);
  });

  it('of one direction lets the other pass', async () => {
    const { client, peer } = await open();
    await use({ kind: 'black-hole', direction: 'downstream' });
    client.socket.write('up');
    await expect.poll(() => peer.text).toBe('aup');
    peer.socket.write('down');
    await sleep(quietMs);
    expect(client.text).toBe('b');
  });

  it('that forgets connections leaves them open, and silent, for ever', async () => {
    const [idle, talking] = [await open(), await open()];
    const ids = await use({ kind: 'black-hole', afterwards: 'forgotten' });
    talking.client.socket.write('up');
    await sleep(quietMs);
    expect(await proxy.removeFaults(ids)).toEqual([1]);
    idle.client.socket.write('later');
    talking.peer.socket.write('down');
    await sleep(quietMs);
    expect([idle.peer.text, talking.peer.text, talking.client.text]).toEqual(['a', 'a', 'b']);
    expect([idle.client, talking.client, talking.peer].map(({ socket }) => socket.destroyed)).toEqual([
      false,
      false,
      false,
    ]);
    await open();
  });
});

describe('a slow close', () => {
  it('delays the end, and not what stands before it', async () => {
    const { client, peer } = await open();
    const ids = await use({ kind: 'slow-close', ms: 1000 });
    client.socket.end('last words');
    expect(await elapsedMs(() => peer.text === 'alast words')).toBeLessThan(900);
    expect(await elapsedMs(() => peer.isEnded)).toBeGreaterThan(500);
    expect(await proxy.removeFaults(ids)).toEqual([1]);
  });
});

describe('refuse', () => {
  it('cuts what is open, and refuses what comes, until it is over', async () => {
    const { client } = await open();
    const ids = await use({ kind: 'refuse' });
    await expect.poll(() => client.error).toBe('ECONNRESET');
    expect((await dial()).error).toBe('ECONNREFUSED');
    clients.pop();
    expect(await proxy.removeFaults(ids)).toEqual([1]);
    await open();
  });
});

describe('faults', () => {
  it('choose their share of the connections', async () => {
    await use({ kind: 'reset', rate: 0.3 });
    for (let count = 0; count < 60; count += 1) await dial();
    await sleep(quietMs);
    const struck = clients.filter(({ error }) => error === 'ECONNRESET').length;
    expect(struck).toBeGreaterThan(8);
    expect(struck).toBeLessThan(32);
  });

  it('hold for their link alone, and several at once', async () => {
    const [here, there] = [await open(0), await open(1)];
    const ids = await use({ kind: 'latency', ms: 1000 }, { kind: 'black-hole', direction: 'downstream' });
    for (const { client } of [here, there]) client.socket.write('x');
    expect(await elapsedMs(() => there.peer.text === 'ax')).toBeLessThan(900);
    expect(here.peer.text).toBe('a');
    await expect.poll(() => here.peer.text, { timeout: 5000 }).toBe('ax');
    here.peer.socket.write('y');
    await sleep(1000 + quietMs);
    expect(here.client.text).toBe('b');
    expect(await proxy.removeFaults(ids)).toEqual([1, 1]);
  });

  it('that meet nothing say so', async () => {
    await open(1);
    const ids = await use({ kind: 'latency', ms: 100 }, { kind: 'reset' }, { kind: 'refuse' });
    expect(await proxy.removeFaults(ids)).toEqual([0, 0, 0]);
  });

  it('leave in doubt what was asked for and not answered, as far as they met it', async () => {
    const [answered, asked, byItself] = [await open(), await open(), await open(1)];
    const ids = await use({ kind: 'black-hole', direction: 'downstream' });
    asked.client.socket.write('question');
    await expect.poll(() => asked.peer.text).toBe('aquestion');
    asked.peer.socket.write('answer');
    await sleep(quietMs);
    byItself.client.socket.write('question');
    await expect.poll(() => byItself.peer.text).toBe('aquestion');
    for (const { client } of [answered, asked, byItself]) client.socket.destroy();
    await expect.poll(() => proxy.stats.map(({ unanswered }) => unanswered)).toEqual([1, 0]);
    await proxy.removeFaults(ids);
    await sleep(quietMs);
    expect(proxy.stats.map(({ unanswered }) => unanswered)).toEqual([1, 0]);
  });
});

describe('the process', () => {
  it('serves its links, takes faults and tells what they met, and leaves nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 's3es-tcp-proxy-'));
    const processes = new Processes(folder);
    const own = await startTcpProxy(processes, {
      links: [{ name: 'a', host: '127.0.0.1', port: portOf(server) }],
      seed: 1,
    });
    const port = own.ports.get('a') ?? 0;
    const client = new End(connect({ port, host: '127.0.0.1' }));
    clients.push(client);
    client.socket.write('through');
    await expect.poll(() => served[0]?.text).toBe('through');
    const ids = await own.addFaults(['a'], [{ kind: 'reset' }]);
    await expect.poll(() => client.error).toBe('ECONNRESET');
    expect(await own.removeFaults(ids)).toEqual([1]);
    expect(await own.stats()).toMatchObject([{ name: 'a', connections: 1 }]);
    await processes.stopAll();
    expect(own.child.status).toEqual({ code: 0, signal: null });
    removeFolder(folder);
  });
});
