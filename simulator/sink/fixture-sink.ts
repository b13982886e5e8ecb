/** For the tests of the sink: a tiny load on disk, a sink in this process, and a client as the streamer uses it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { Pool, type Dispatcher } from 'undici';
import { lineOffset } from '../ledger/line-table.ts';
import { buildLoad } from '../load/build.ts';
import { openLoad, type Load } from '../load/manifest.ts';
import { SinkClient } from './client.ts';
import { type Control, serveControl } from './control.ts';
import { bodyBytesMaxDefault, Sink, type SinkOptions } from './sink.ts';

const objects = 3;

export interface TinyLoad {
  readonly dir: string;
  readonly load: Load;
  /** Lines first..end-1 of an object, as a streamer sends them. */
  body(index: number, first: number, end: number): Promise<Buffer>;
  /** How many lines an object has. */
  lines(index: number): number;
  remove(): Promise<void>;
}

export async function buildTinyLoad(): Promise<TinyLoad> {
  const dir = await mkdtemp(join(tmpdir(), 'sink-load-'));
  const spec = { kind: 'zscaler', objects, linesPerObject: 30, linesSpread: 0.2, noise: 'clean' } as const;
  await buildLoad(dir, { spec, seed: 1, threads: 1, onProgress: () => {} }, new AbortController().signal);
  const load = await openLoad(dir);
  return {
    dir,
    load,
    async body(index, first, end) {
      const table = load.readTable(index);
      return gunzipSync(await load.readBody(index)).subarray(lineOffset(table, first), lineOffset(table, end));
    },
    lines: (index) => load.manifest.objects[index]?.lines ?? 0,
    async remove() {
      await load.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface SinkUnderTest {
  readonly sink: Sink;
  readonly client: SinkClient;
  /** Posts to the first agent, with a connection pool of its own. */
  readonly post: (body: Buffer | Readable, options?: PostOptions) => Promise<Dispatcher.ResponseData>;
  readonly stop: () => Promise<void>;
}

interface PostOptions {
  readonly agent?: number;
  readonly path?: string;
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** One connection for each agent, so that tests see when another one had to be opened. */
export async function startSinkUnderTest(options: Partial<SinkOptions> = {}): Promise<SinkUnderTest> {
  const sink = await Sink.start({
    host: '127.0.0.1',
    ports: [0],
    loadDir: null,
    seed: 1,
    faults: [],
    auth: null,
    path: null,
    bodyBytesMax: bodyBytesMaxDefault,
    splitsLines: true,
    tls: null,
    takesMetrics: false,
    ...options,
  });
  const control: Control = await serveControl(sink, '127.0.0.1', 0);
  const pools = sink.endpoints.map((endpoint) => new Pool(endpoint, { connections: 1 }));
  return {
    sink,
    client: new SinkClient(control.url),
    post: async (body, { agent = 0, path = '/', method = 'POST', headers = {}, signal } = {}) => {
      const pool = pools[agent];
      if (pool === undefined) throw new RangeError(`there is no agent ${agent}`);
      const response = await pool.request({ path, method, headers, body, ...(signal === undefined ? {} : { signal }) });
      await response.body.dump();
      return response;
    },
    stop: async () => {
      await Promise.all(pools.map((pool) => pool.destroy()));
      await Promise.all([sink.close(), control.close()]);
    },
  };
}
