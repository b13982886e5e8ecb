/** A streamer between an S3, endpoints and a state that a test commands, and the objects that it writes there. */
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Config } from '../config/config.ts';
import { parseConfig } from '../config/parse.ts';
import { createPipeline } from '../pipeline.ts';
import type { ObjectRef, SharedWork } from '../ports.ts';
import { fakeInflate, FakeObjectStore, FakeSink, FakeStateStore, RecordedEvents } from './fakes.ts';
import type { FakeQueue } from './fake-queue.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The defaults of a configuration file, with small limits that a test can reach. */
export function testConfig(
  overrides: {
    readonly http?: Partial<Config['http']>;
    readonly processing?: Partial<Config['processing']>;
    readonly state?: Partial<Config['state']>;
    readonly discovery?: Partial<Config['discovery']>;
    readonly memoryLimitBytes?: number;
  } = {},
): Config {
  const { config } = parseConfig(
    's3: {bucket: logs, prefix: web/, region: eu-west-1}\nhttp: {endpoints: [http://agent-0:1, http://agent-1:1]}\nstate: {file_path: /nowhere/state.db}\n',
    {},
    'test.yaml',
  );
  return {
    ...config,
    memoryLimitBytes: overrides.memoryLimitBytes ?? 64_000_000,
    discovery: { ...config.discovery, ...overrides.discovery },
    http: { ...config.http, batchLinesMax: 10, batchBytesMax: 4000, workers: 4, ...overrides.http },
    processing: {
      ...config.processing,
      scanIntervalMs: 1000,
      delayWindowMs: 0,
      startFrom: 'beginning',
      ...overrides.processing,
    },
    state: { ...config.state, saveIntervalMs: 1000, ...overrides.state },
  };
}

export const START_MS = Date.UTC(2025, 8, 9, 12, 0, 0);

export interface World {
  readonly clock: VirtualClock;
  readonly s3: FakeObjectStore;
  readonly sink: FakeSink;
  readonly state: FakeStateStore;
  /** Where S3 tells of its objects, if it does. */
  readonly queue?: FakeQueue;
  /** Where several instances share the objects. */
  readonly shared?: SharedWork;
}

export function createWorld({ nowMs = START_MS, endpoints = 2 } = {}): World {
  const clock = new VirtualClock(nowMs);
  return { clock, s3: new FakeObjectStore(clock), sink: new FakeSink(clock, endpoints), state: new FakeStateStore() };
}

/** A streamer in the world. Several may follow each other, as after a crash. */
export function start(
  { clock, s3, sink, state, queue, shared }: World,
  overrides: Parameters<typeof testConfig>[0] = {},
) {
  const events = new RecordedEvents();
  const ports = {
    clock,
    random: { next: () => 0.5 },
    objects: s3,
    inflate: fakeInflate,
    sink,
    state,
    events,
    ...(queue === undefined ? {} : { notifications: queue }),
    ...(shared === undefined ? {} : { shared }),
  };
  const pipeline = createPipeline(ports, testConfig(overrides));
  const stop = new AbortController();
  const kill = new AbortController();
  const ended = { isEnded: false, error: null as unknown };
  void pipeline.run(stop.signal, kill.signal).then(
    () => (ended.isEnded = true),
    (error: unknown) => Object.assign(ended, { isEnded: true, error }),
  );
  return {
    events,
    ended,
    gauges: () => pipeline.gauges(),
    async stop() {
      stop.abort();
      await clock.runUntil(() => ended.isEnded, 60_000);
      expect(ended.error).toBeNull();
    },
    /** Without waiting for the end. */
    killNow() {
      stop.abort();
      kill.abort();
    },
  };
}

export interface Written {
  readonly ref: ObjectRef;
  readonly lines: readonly string[];
  readonly content: string;
}

export function linesOf(name: string, count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `{"object":"${name}","line":${index},"pad":"${'x'.repeat(index % 17)}"}`,
  );
}

export function keyOf(atMs: number, sequence = 1): string {
  const date = new Date(atMs);
  const folder = `web/year=${date.getUTCFullYear()}/month=${date.getUTCMonth() + 1}/day=${date.getUTCDate()}/`;
  return `${folder}${Math.floor(atMs / 1000)}_56442_130_${sequence}.gz`;
}

/** Puts an object named after a moment (now, unless said). */
export function write(
  world: World,
  options: {
    atMs?: number;
    sequence?: number;
    lines?: readonly string[];
    count?: number;
    lastModifiedMs?: number;
    damage?: (stored: Buffer) => Buffer;
  } = {},
): Written {
  const key = keyOf(options.atMs ?? world.clock.now(), options.sequence);
  const lines = options.lines ?? linesOf(key.slice(key.lastIndexOf('/') + 1), options.count ?? 37);
  const content = lines.map((line) => `${line}\n`).join('');
  const stored = (options.damage ?? ((sound) => sound))(gzipSync(content));
  const time = options.lastModifiedMs === undefined ? {} : { lastModifiedMs: options.lastModifiedMs };
  return { ref: world.s3.put(key, stored, time), lines, content };
}

export function writeMany(world: World, count: number, linesEach = 37): readonly Written[] {
  return Array.from({ length: count }, (_, index) => write(world, { sequence: index + 1, count: linesEach }));
}

export function allComplete(world: World, written: readonly Written[]): () => boolean {
  return () => written.every(({ ref }) => world.state.isComplete(ref));
}

/** Every line, exactly once. */
export function expectDelivered(world: World, written: readonly Written[]): void {
  expect(world.sink.lines.toSorted()).toEqual(written.flatMap(({ lines }) => lines).toSorted());
}
