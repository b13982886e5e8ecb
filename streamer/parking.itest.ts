/** Parking over real sockets, with real state: an agent that answers 500 to one batch, for a while and over a restart. Time runs a hundredfold. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { BufferPool } from './io/buffer-pool.ts';
import { openFileStateStore } from './io/file-state-store.ts';
import { createHttpSink } from './io/http-sink.ts';
import { createNodeInflate } from './io/node-inflate.ts';
import { systemClock, systemRandom } from './io/system-clock.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import type { Clock } from './ports.ts';
import { FakeObjectStore, RecordedEvents } from './testing/fakes.ts';
import { keyOf, linesOf, testConfig } from './testing/world.ts';

const SPEED = 100;
const startMs = systemClock.now();
const fastClock: Clock = {
  now: () => startMs + (systemClock.now() - startMs) * SPEED,
  elapsed: () => systemClock.elapsed() * SPEED,
  sleep: async (ms, signal) => systemClock.sleep(ms / SPEED, signal),
};

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Agent {
  readonly url: string;
  readonly accepted: string[];
  failed: number;
}

async function startAgent(isFailing: (body: string) => boolean): Promise<Agent> {
  const accepted: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      if (isFailing(body)) {
        agent.failed += 1;
        response.writeHead(500).end('panic');
      } else {
        accepted.push(...body.split('\n').slice(0, -1));
        response.writeHead(200).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const agent = { url: `http://127.0.0.1:${port}`, accepted, failed: 0 };
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
      compression: 'none',
      tls: null,
    },
    systemClock,
  );
  const state = openFileStateStore(stateFile);
  const events = new RecordedEvents();
  const pool = new BufferPool({
    bytesMax: 64e6,
    idleBytesMax: 1e6,
    idleMsMax: 1000,
    lastIdleMsMax: 1000,
    nowMs: () => fastClock.now(),
  });
  const pipeline: Pipeline = createPipeline(
    { clock: fastClock, random: systemRandom, objects, inflate: createNodeInflate(pool), sink, state, events },
    testConfig({ http: { workers: 2 } }),
  );
  const stop = new AbortController();
  const ended = pipeline.run(stop.signal, new AbortController().signal);
  let isStopped = false;
  const stopStreamer = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    stop.abort();
    await ended;
    await sink.close();
    await state.close();
  };
  cleanups.push(stopStreamer);
  return { events, gauges: () => pipeline.gauges(), stop: stopStreamer };
}

it('parks the batch that both agents answer with 500, stops at once, and delivers it after a restart, each line once', async () => {
  let isBroken = true;
  const isFailing = (body: string): boolean => isBroken && body.includes('POISON');
  const agents = [await startAgent(isFailing), await startAgent(isFailing)];
  const accepted = (): readonly string[] => agents.flatMap((agent) => agent.accepted);
  const folder = await mkdtemp(join(tmpdir(), 'parking-'));
  cleanups.push(async () => rm(folder, { recursive: true }));
  const objects = new FakeObjectStore(fastClock);
  const expected: string[] = [];
  const put = (sequence: number, lines: readonly string[]): void => {
    objects.put(keyOf(fastClock.now(), sequence), gzipSync(lines.map((line) => `${line}\n`).join('')));
    expected.push(...lines);
  };
  // Something else arrives all the time.
  const feedUntil = async (isDone: () => boolean): Promise<void> => {
    for (let sequence = 2; !isDone(); sequence += 1) {
      put(sequence, linesOf(`good-${expected.length}`, 5));
      await systemClock.sleep(20, new AbortController().signal);
    }
  };
  put(1, linesOf('bad', 40).with(15, '{"POISON":15}'));

  const first = startStreamer(objects, agents, join(folder, 'state.db'));
  await feedUntil(() => first.events.of('batches parked').length >= 3);
  expect(first.gauges()).toMatchObject({ parkedObjects: 1, usableEndpoints: 2 });
  expect(accepted().filter((line) => line.startsWith('{"object":"bad"'))).toHaveLength(30);
  await first.stop();
  await expect.poll(() => accepted().length).toBe(expected.length - 10);

  isBroken = false;
  const second = startStreamer(objects, agents, join(folder, 'state.db'));
  await expect.poll(() => accepted().length, { timeout: 20_000 }).toBe(expected.length);
  expect(accepted().toSorted()).toEqual(expected.toSorted());
  await second.stop();
}, 60_000);
