/**
 * The contract of the metrics: what `docs/metrics.md` says, what a scrape shows and what an OTLP/gRPC collector gets are the same, of the bundled streamer at work.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildBundle } from '../testing/bundle.ts';
import { createCertificate } from '../testing/certificate.ts';
import { OtlpReceiver, type Received } from '../testing/otlp-receiver.ts';
import { parseScrape, type Scraped, sumOf } from '../testing/scrape.ts';
import { CommandFixture, type Endpoint, recordLine, type RunningCommand } from './fixture-command.ts';

interface Contract {
  readonly kind: string;
  readonly unit: string;
  readonly labels: readonly string[];
}

const OBJECTS = 5;
const LINES = 40;
const SECRET = 'tok-hunter2-hunter2';

let folder: string;
let fixture: CommandFixture;
let receiver: OtlpReceiver;
let endpoints: readonly [Endpoint, Endpoint];
let streamer: RunningCommand;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3es-metrics-'));
  fixture = new CommandFixture({ program: [await buildBundle(folder)] });
  receiver = await OtlpReceiver.start();
  await fixture.startS3();
  endpoints = [await fixture.startEndpoint(), await fixture.startEndpoint()];
  // The second one fails for a while, so that every kind of count has something to count.
  let failures = 3;
  endpoints[1].answer = (request, response) => {
    response.statusCode = failures-- > 0 ? 503 : 200;
    // Some servers repeat what they were asked with.
    response.end(`busy, and you are ${request.headers.authorization}`);
  };
  for (let index = 0; index < OBJECTS; index += 1) {
    const lines = Array.from({ length: LINES }, (_, line) => recordLine(`${index}-${line}`)).join('');
    await fixture.put(`${Math.floor(Date.now() / 1000)}_1_1_${index + 1}.gz`, lines);
  }
  const config = fixture.writeConfig([`${endpoints[0].url}/?token=${SECRET}`, endpoints[1].url], {
    http: { batch_lines: 10, auth: { type: 'bearer', token: SECRET } },
    otlp: { enabled: true, endpoint: receiver.address, export_interval: '200ms' },
    health: { enabled: true, address: '127.0.0.1:0' },
  });
  streamer = fixture.start(config);
  await streamer.waitFor(({ msg }) => msg === 'streamer started');
  port = Number(streamer.lines.find(({ msg }) => msg === 'streamer started')?.['healthPort']);
  // All delivered, and durable, so that nothing moves any more.
  const settled = async (): Promise<void> => {
    const scraped = await scrape();
    expect(sumOf(scraped, 's3_files_processed_total')).toBe(OBJECTS);
    expect(sumOf(scraped, 'backlog_objects')).toBe(0);
  };
  await vi.waitFor(settled, { timeout: 20_000, interval: 200 });
}, 60_000);

afterAll(async () => {
  await fixture.close();
  receiver.close();
  await rm(folder, { recursive: true, force: true });
});

async function scrape(): Promise<Scraped> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return parseScrape(await response.text());
}

/** The collector gets the newest values a moment later. */
async function received(isMeant: (latest: Received) => boolean = () => true): Promise<Received> {
  await expect.poll(() => receiver.exports.some(isMeant), { timeout: 10_000 }).toBe(true);
  const latest = receiver.exports.findLast(isMeant);
  if (latest === undefined) throw new TypeError('nothing was received');
  return latest;
}

/** The tables of the page, by metric. */
function documented(): ReadonlyMap<string, Contract> {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim().replaceAll('`', ''));
    const [, name = '', kind = '', unit = '', labels = ''] = cells;
    return ['counter', 'gauge', 'histogram'].includes(kind)
      ? [[name, { kind, unit, labels: labels === '' ? [] : labels.split(', ') }] as const]
      : [];
  });
  return new Map(rows);
}

/** Series of histograms are named after the metric. */
function familyOf(name: string, { kinds }: Scraped): string {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  return kinds.get(base) === 'histogram' ? base : name;
}

describe('the table of the metrics', () => {
  it('is what a scrape shows: every name, kind and label, and no other', async () => {
    const scraped = await scrape();
    expect(new Map(scraped.kinds)).toEqual(new Map([...documented()].map(([name, { kind }]) => [name, kind])));
    for (const { name, labels } of scraped.samples) {
      const family = familyOf(name, scraped);
      const names = Object.keys(labels).filter((label) => label !== 'le');
      expect({ family, labels: names }).toEqual({ family, labels: documented().get(family)?.labels });
    }
  });

  it('is what an OTLP/gRPC collector gets: every name, kind, unit and label, and no other', async () => {
    const { metrics } = await received(({ metrics: latest }) => latest.size === documented().size);
    expect([...metrics.keys()].toSorted()).toEqual([...documented().keys()].toSorted());
    for (const [name, { kind, unit, labels }] of documented()) {
      const metric = metrics.get(name);
      expect({ name, kind: metric?.kind, unit: metric?.unit.replaceAll(/[{}]/g, '').replace(/^1$/, '') }).toEqual({
        name,
        kind,
        unit,
      });
      expect(metric?.isCumulative).toBe(true);
      for (const point of metric?.points ?? []) expect(Object.keys(point.labels)).toEqual(labels);
    }
  });
});

describe('the values', () => {
  it('are what was delivered', async () => {
    const scraped = await scrape();
    const bodies = endpoints.flatMap((endpoint) => endpoint.bodies);
    const acknowledged = sumOf(scraped, 'http_requests_total', { outcome: 'acknowledged' });
    const failed = sumOf(scraped, 'http_requests_total', { endpoint: endpoints[1].url, outcome: 'server-error' });
    expect(failed).toBe(3);
    expect(acknowledged).toBe(bodies.length - failed);
    expect(sumOf(scraped, 'http_lines_sent_total')).toBe(OBJECTS * LINES);
    expect(sumOf(scraped, 'http_batches_sent_total')).toBe(acknowledged);
    expect(sumOf(scraped, 'http_errors_total')).toBe(failed);
    expect(sumOf(scraped, 'http_server_errors_total')).toBe(failed);
    expect(sumOf(scraped, 'http_request_duration_seconds_count')).toBe(bodies.length);
    expect(sumOf(scraped, 's3_requests_total', { operation: 'GET' })).toBe(OBJECTS);
    expect(sumOf(scraped, 'delivery_lag_seconds_count')).toBe(OBJECTS);
    expect(sumOf(scraped, 'http_endpoint_state', { state: 'closed' })).toBe(2);
    expect(sumOf(scraped, 'http_buffer_drops_total')).toBe(0);
    expect(sumOf(scraped, 'http_bytes_sent_total')).toBe(sumOf(scraped, 'http_endpoint_bytes_total'));
    expect(sumOf(scraped, 'state_size_bytes')).toBeGreaterThan(4096);
    expect(sumOf(scraped, 'streamer_ready')).toBe(1);
  });

  it('of the stages add up to the lag', async () => {
    const scraped = await scrape();
    const stages = sumOf(scraped, 'delivery_lag_stage_seconds_sum');
    expect(stages).toBeCloseTo(sumOf(scraped, 'delivery_lag_seconds_sum'), 6);
    expect(new Set(scraped.samples.flatMap(({ labels }) => labels['stage'] ?? []))).toEqual(
      new Set(['discovery', 'waiting', 'reading', 'batching', 'queueing', 'delivery']),
    );
  });

  it('that a collector gets are those of the scrape', async () => {
    const scraped = await scrape();
    const { metrics } = await received(({ metrics: latest }) => latest.get('backlog_objects')?.points[0]?.value === 0);
    const moving = /^(?:process_|event_loop|s3_requests|s3_estimated|state_size|http_(?:active|idle)|memory_)/;
    for (const [name, { kind, points }] of metrics) {
      if (moving.test(name)) continue;
      const sum = points.reduce((total, { value }) => total + value, 0);
      expect({ name, sum }).toEqual({ name, sum: sumOf(scraped, kind === 'histogram' ? `${name}_count` : name) });
    }
  });

  it('come with the name of the service, and of the instance', async () => {
    expect((await received()).resource).toEqual({
      'service.name': 's3-edgedelta-streamer',
      'service.version': '1.0.0',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});

it('no secret is in any metric, log line or answer', async () => {
  const paths = ['/', '/health', '/ready', '/live', '/metrics', '/live.json'];
  const answers = await Promise.all(paths.map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()));
  const exported = JSON.stringify(receiver.exports.map(({ resource, metrics }) => [resource, [...metrics]]));
  for (const text of [...answers, exported, JSON.stringify(streamer.lines)]) {
    expect(text.length).toBeGreaterThan(10);
    expect(text).not.toContain('hunter2');
  }
  // And it would have been seen: what the endpoint said is in some of them.
  for (const text of [answers[5], JSON.stringify(streamer.lines)]) expect(text).toContain('you are Bearer [redacted]');
});

describe('a collector behind TLS', () => {
  const tlsOptions = ({ address }: OtlpReceiver) => ({
    otlp: {
      enabled: true,
      endpoint: address.replace('127.0.0.1', 'localhost'),
      insecure: false,
      export_interval: '200ms',
    },
  });

  it('gets the metrics where its authority is trusted', async () => {
    const certificate = createCertificate(folder);
    const secure = await OtlpReceiver.start(certificate);
    try {
      const other = new CommandFixture({ program: [join(folder, 'streamer.js')] });
      await other.startS3();
      const endpoint = await other.startEndpoint();
      const config = other.writeConfig([endpoint.url], tlsOptions(secure));
      const trusting = other.start(config, { OTEL_EXPORTER_OTLP_CERTIFICATE: certificate.certFile });
      await expect.poll(() => secure.exports.length, { timeout: 20_000 }).toBeGreaterThan(0);
      expect([...(secure.exports[0]?.metrics.keys() ?? [])]).toContain('s3_files_processed_total');
      expect((await trusting.stop()).code).toBe(0);
      await other.close();
    } finally {
      secure.close();
    }
  });

  it('gets nothing where it is not, and the log says why', async () => {
    const secure = await OtlpReceiver.start(createCertificate(folder));
    try {
      const other = new CommandFixture({ program: [join(folder, 'streamer.js')] });
      await other.startS3();
      const endpoint = await other.startEndpoint();
      const doubting = other.start(other.writeConfig([endpoint.url], tlsOptions(secure)));
      await doubting.waitFor(({ msg }) => msg === 'metrics export failed');
      expect(JSON.stringify(doubting.lines)).toMatch(/certificate/i);
      expect(secure.exports).toEqual([]);
      await other.close();
    } finally {
      secure.close();
    }
  });
});
