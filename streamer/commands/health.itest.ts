/** Health, readiness and metrics of the bundled streamer, as probes and operators see them while something is wrong. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon, { type Result } from 'autocannon';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildBundle } from '../testing/bundle.ts';
import { parseScrape, sumOf } from '../testing/scrape.ts';
import { CommandFixture, type Endpoint, recordLine, type RunningCommand } from './fixture-command.ts';

const DEAD = 'http://127.0.0.1:1';

let folder: string;
let bundle: string;
let fixture: CommandFixture;
let sequence = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3es-health-'));
  bundle = await buildBundle(folder);
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  fixture = new CommandFixture({ program: [bundle] });
  await fixture.startS3();
});
afterEach(async () => fixture.close());

interface Running {
  readonly streamer: RunningCommand;
  readonly url: string;
  ask(path: string): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;
}

async function start(endpoints: readonly string[], sections: Readonly<Record<string, object>> = {}): Promise<Running> {
  const config = fixture.writeConfig(endpoints, { health: { enabled: true, address: '127.0.0.1:0' }, ...sections });
  const streamer = fixture.start(config);
  await streamer.waitFor(({ msg }) => msg === 'streamer started');
  const port = Number(streamer.lines.find(({ msg }) => msg === 'streamer started')?.['healthPort']);
  const url = `http://127.0.0.1:${port}`;
  return {
    streamer,
    url,
    ask: async (path) => {
      const response = await fetch(url + path);
      const body: Record<string, unknown> = JSON.parse(await response.text());
      return { status: response.status, body };
    },
  };
}

async function putObject(lines = 20): Promise<void> {
  sequence += 1;
  const content = Array.from({ length: lines }, (_, line) => recordLine(`${sequence}-${line}`)).join('');
  await fixture.put(`${Math.floor(Date.now() / 1000)}_1_1_${sequence}.gz`, content);
}

function busy(endpoint: Endpoint): void {
  endpoint.answer = (_, response) => {
    response.statusCode = 503;
    response.end('too much');
  };
}

describe('one endpoint of two that is down', () => {
  it('never makes the streamer unready, and is named by health, metrics and log', async () => {
    const well = await fixture.startEndpoint();
    const { streamer, ask, url } = await start([well.url, DEAD]);
    const statuses = new Set<number>();
    for (let round = 0; round < 40; round += 1) {
      if (round % 4 === 0) await putObject();
      statuses.add((await ask('/ready')).status);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect([...statuses]).toEqual([200]);
    await expect
      .poll(async () => ask('/health'), { timeout: 10_000 })
      .toMatchObject({
        status: 200,
        body: {
          status: 'healthy',
          checks: { s3: 'OK', http: 'OK', state: 'OK' },
          message: expect.stringMatching(/^1 of 2 endpoints left alone: http:\/\/127\.0\.0\.1:1 \(.*ECONNREFUSED/),
        },
      });
    const scraped = parseScrape(await (await fetch(`${url}/metrics`)).text());
    expect(sumOf(scraped, 'http_requests_total', { endpoint: DEAD, outcome: 'network' })).toBeGreaterThan(0);
    expect(sumOf(scraped, 'http_endpoint_state', { endpoint: DEAD, state: 'closed' })).toBe(0);
    expect(streamer.lines.filter(({ msg }) => msg === 'endpoint paused')).toMatchObject([{ endpoint: DEAD }]);
  });
});

describe('when no endpoint takes requests', () => {
  it('the streamer is unready until one does', async () => {
    const only = await fixture.startEndpoint();
    busy(only);
    const { ask } = await start([only.url]);
    await putObject();
    await expect
      .poll(async () => ask('/ready'), { timeout: 10_000 })
      .toMatchObject({
        status: 503,
        body: { status: 'not ready', message: `no endpoint takes requests: ${only.url} (503 too much)` },
      });
    expect(await ask('/live')).toEqual({ status: 200, body: { status: 'healthy' } });
    only.answer = (_, response) => response.end();
    await expect
      .poll(async () => ask('/ready'), { timeout: 15_000 })
      .toEqual({ status: 200, body: { status: 'ready', message: 'all is well' } });
  });
});

describe('a streamer that is told to stop', () => {
  it('is unready while it finishes what is under way', async () => {
    const slow = await fixture.startEndpoint();
    slow.answer = (_, response) => setTimeout(() => response.end(), 1500);
    const { streamer, ask } = await start([slow.url]);
    await putObject();
    await expect.poll(() => slow.bodies.length, { timeout: 10_000 }).toBe(1);
    const stopped = streamer.stop();
    await expect
      .poll(async () => ask('/ready'), { timeout: 1200 })
      .toEqual({
        status: 503,
        body: { status: 'not ready', message: 'the streamer is stopping' },
      });
    expect((await stopped).code).toBe(0);
  });
});

describe('a collector that is not there', () => {
  it('is told of once, and holds up neither the work nor the end', async () => {
    const well = await fixture.startEndpoint();
    const otlp = { enabled: true, endpoint: '127.0.0.1:1', export_interval: '200ms' };
    const { streamer } = await start([well.url], { otlp, health: { enabled: false } });
    await putObject();
    await streamer.waitFor(({ msg }) => msg === 'object completed');
    await streamer.waitFor(({ msg }) => msg === 'metrics export failed');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const failures = streamer.lines.filter(({ msg }) => msg === 'metrics export failed');
    expect(failures).toMatchObject([{ endpoint: '127.0.0.1:1', error: expect.stringContaining('ECONNREFUSED') }]);
    expect((await streamer.stop()).code).toBe(0);
  });

  it('holds up the end for no more than a moment, even if it accepts and never answers', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const endpoint = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const well = await fixture.startEndpoint();
    const { streamer } = await start([well.url], { otlp: { enabled: true, endpoint, export_interval: '10s' } });
    const startMs = Date.now();
    expect((await streamer.stop()).code).toBe(0);
    expect(Date.now() - startMs).toBeLessThan(6000);
    silent.close();
  });
});

async function ask200ASecond(url: string): Promise<Result> {
  const paths = ['/health', '/ready', '/live', '/metrics', '/live.json', '/'];
  return autocannon({
    url,
    connections: 10,
    overallRate: 200,
    duration: 3,
    requests: paths.map((path) => ({ method: 'GET', path })),
  });
}

/** In a process of its own, as the streamer is. */
async function startIdleServer(): Promise<{ readonly url: string; stop(): void }> {
  const program = `const server = require('node:http').createServer((_, response) => response.end('{}'));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${Number(port.toString())}`, stop: () => child.kill('SIGKILL') };
}

describe('200 requests a second', () => {
  it('are all answered, nearly all within 100 ms, while objects are delivered', async () => {
    const well = await fixture.startEndpoint();
    const { url } = await start([well.url]);
    const putting = (async () => {
      for (let index = 0; index < 60; index += 1) await putObject(2000);
    })();
    // A machine with other things to do lets everybody wait: a server that does nothing, asked at the same time, tells how long.
    const idle = await startIdleServer();
    const [loaded, bare] = await Promise.all([ask200ASecond(url), ask200ASecond(idle.url)]);
    idle.stop();
    expect(loaded).toMatchObject({ non2xx: 0, errors: 0, timeouts: 0 });
    expect(loaded['2xx']).toBeGreaterThan(400);
    expect(loaded.latency.p99).toBeLessThan(Math.max(100, 4 * bare.latency.p99));
    await putting;
  });

  it('cause no more than a few looks at the streamer', async () => {
    const well = await fixture.startEndpoint();
    const { url } = await start([well.url]);
    const answers = new Set<string>();
    const startMs = Date.now();
    while (Date.now() - startMs < 1500) answers.add(await (await fetch(`${url}/metrics`)).text());
    // Each look has another CPU time in it.
    expect(answers.size).toBeGreaterThan(1);
    expect(answers.size).toBeLessThanOrEqual(5);
  });
});
