/** Pass-through over real sockets, with real state: what agents that take gzip bodies get, and what they refuse. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { BufferPool } from './io/buffer-pool.ts';
import { openFileStateStore } from './io/file-state-store.ts';
import { createHttpSink } from './io/http-sink.ts';
import { createNodeInflate } from './io/node-inflate.ts';
import { systemClock, systemRandom } from './io/system-clock.ts';
import { createPipeline } from './pipeline.ts';
import { FakeObjectStore, RecordedEvents } from './testing/fakes.ts';
import { keyOf, linesOf, testConfig } from './testing/world.ts';

const BODY_BYTES_MAX = 100_000;

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Agent {
  readonly url: string;
  /** As they came over the wire, acknowledged. */
  readonly bodies: Buffer[];
  readonly lines: string[];
  readonly statuses: number[];
}

async function startAgent(): Promise<Agent> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      const status = request.headers['content-encoding'] === 'gzip' ? take(body) : 415;
      agent.statuses.push(status);
      response.writeHead(status).end();
    });
  });
  const take = (body: Buffer): number => {
    let content: string;
    try {
      content = gunzipSync(body).toString();
    } catch {
      return 400;
    }
    if (content.length > BODY_BYTES_MAX) return 413;
    if (content.includes('BAD')) return 422;
    agent.bodies.push(body);
    agent.lines.push(...content.split('\n').slice(0, -1));
    return 200;
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const agent: Agent = { url: `http://127.0.0.1:${port}/`, bodies: [], lines: [], statuses: [] };
  return agent;
}

function startStreamer(objects: FakeObjectStore, agents: readonly Agent[], stateFile: string) {
  const sink = createHttpSink(
    {
      endpoints: agents.map(({ url }) => url),
      connectionsMax: 2,
      requestTimeoutMs: 5_000,
      connectTimeoutMs: 5_000,
      responseHeaderTimeoutMs: 5_000,
      idleConnectionTimeoutMs: 60_000,
      headers: {},
      compression: 'passthrough',
      tls: null,
    },
    systemClock,
  );
  const state = openFileStateStore(stateFile);
  const events = new RecordedEvents();
  const nowMs = (): number => systemClock.now();
  const pool = new BufferPool({ bytesMax: 64e6, idleBytesMax: 1e6, idleMsMax: 1000, lastIdleMsMax: 1000, nowMs });
  const formats = testConfig().processing.formats.map((format) => ({
    ...format,
    recordRule: { dropsArrayPunctuation: false, headerLines: 0 },
  }));
  const pipeline = createPipeline(
    { clock: systemClock, random: systemRandom, objects, inflate: createNodeInflate(pool), sink, state, events },
    testConfig({ http: { workers: 2, compression: 'passthrough' }, processing: { formats, scanIntervalMs: 50 } }),
  );
  const stop = new AbortController();
  const ended = pipeline.run(stop.signal, new AbortController().signal);
  return {
    events,
    async stop() {
      stop.abort();
      await ended;
      await sink.close();
      await state.close();
    },
  };
}

it('sends sound objects byte for byte, and of what is damaged, refused or too large all good lines, compressed, once', async () => {
  const agents = [await startAgent(), await startAgent()];
  const folder = await mkdtemp(join(tmpdir(), 'pass-through-'));
  cleanups.push(async () => rm(folder, { recursive: true }));
  const objects = new FakeObjectStore(systemClock);
  const put = (sequence: number, lines: readonly string[], change = (stored: Buffer): Buffer => stored): Buffer => {
    const stored = change(gzipSync(lines.map((line) => `${line}\n`).join('')));
    objects.put(keyOf(systemClock.now(), sequence), stored);
    return stored;
  };
  const sound = Array.from({ length: 20 }, (_, index) => put(index + 1, linesOf(`sound-${index}`, 200)));
  const large = linesOf('large', 3000);
  const refused = linesOf('refused', 200).with(120, '{"BAD":1}');
  const plain = linesOf('plain', 200);
  const garbled = linesOf('garbled', 200);
  put(101, large);
  put(102, refused);
  put(103, plain, (stored) => gunzipSync(stored));
  // Nobody sees a wrong checksum without inflating: the agent does.
  put(104, garbled, (stored) => {
    stored.writeUInt32LE(stored.readUInt32LE(stored.length - 8) ^ 1, stored.length - 8);
    return stored;
  });

  const first = startStreamer(objects, agents, join(folder, 'state.db'));
  await expect.poll(() => first.events.of('object completed').length, { timeout: 20_000 }).toBe(24);
  await first.stop();

  const bodies = new Set(agents.flatMap((agent) => agent.bodies.map((body) => body.toString('hex'))));
  for (const stored of sound) expect(bodies).toContain(stored.toString('hex'));
  const expected = [
    ...Array.from({ length: 20 }, (_, index) => linesOf(`sound-${index}`, 200)).flat(),
    ...large,
    ...refused.filter((line) => !line.includes('BAD')),
    ...plain,
  ];
  expect(agents.flatMap((agent) => agent.lines).toSorted()).toEqual(expected.toSorted());
  expect(agents.flatMap((agent) => agent.statuses)).not.toContain(415);
  const setAside = first.events.of('quarantined').map(({ record }) => `${record.reason} ${record.firstLine}`);
  expect(setAside.toSorted()).toEqual(['gzip-corrupt null', 'refused 120']);
  expect(first.events.of('object completed').filter(({ completed }) => completed.lines === null)).toHaveLength(20);

  // All of it is durable: another start sends nothing.
  const second = startStreamer(objects, agents, join(folder, 'state.db'));
  await systemClock.sleep(500, new AbortController().signal);
  await second.stop();
  expect(agents.flatMap((agent) => agent.lines)).toHaveLength(expected.length);
}, 60_000);
