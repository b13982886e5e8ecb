import { describe, expect, it } from 'vitest';
import {
  completedEvent,
  postedEvent,
  quarantinedEvent,
  retriedEvent,
  SAMPLE_OBJECT,
} from '../testing/sample-events.ts';
import { Breakdown } from './breakdown.ts';
import { HealthMonitor, type HealthView, PATIENCE_MS, READ_FAILURE_FRESH_MS } from './health-monitor.ts';

const A = 'http://a';
const B = 'http://b';

function view(fields: Partial<HealthView> = {}): HealthView {
  return {
    gauges: { isS3Healthy: true, isStateHealthy: true, isQueueHealthy: true, parkedObjects: 0 },
    endpoints: [
      { endpoint: A, state: 'closed' },
      { endpoint: B, state: 'closed' },
    ],
    breakdown: new Breakdown([A, B]),
    unreachable: new Map(),
    discovery: 'poll',
    stateIn: 'file',
    ...fields,
  };
}

const s3Fails = { isS3Healthy: false, isStateHealthy: true, isQueueHealthy: true, parkedObjects: 0 };
const listFailed = {
  kind: 'list failed',
  bucket: 'logs',
  prefix: '',
  code: 'S3_UNAVAILABLE',
  error: 'LIST s3://logs/: no answer',
  delayMs: 1,
} as const;
const readFailed = {
  kind: 'object retried',
  object: SAMPLE_OBJECT,
  code: 'S3_UNAVAILABLE',
  error: 'GET: cut',
  delayMs: 1,
} as const;

describe('a streamer that works', () => {
  it('is healthy and ready', () => {
    expect(new HealthMonitor().report(view(), 0)).toEqual({
      checks: {
        s3: { isHealthy: true, text: 'OK' },
        http: { isHealthy: true, text: 'OK' },
        state: { isHealthy: true, text: 'OK' },
      },
      message: 'all is well',
      isReady: true,
    });
  });

  it('is no longer ready once it is told to stop', () => {
    const monitor = new HealthMonitor();
    monitor.observe({ kind: 'streamer stopping', reason: 'SIGTERM' }, 0);
    expect(monitor.report(view(), 0)).toMatchObject({ isReady: false, message: 'the streamer is stopping' });
  });
});

describe('endpoints', () => {
  it('make nothing unhealthy while one of them takes requests, and the message says which does not, and why', () => {
    const breakdown = new Breakdown([A, B]);
    breakdown.count(retriedEvent({ endpoint: B, status: 503, error: 'busy' }), 0);
    const endpoints = [
      { endpoint: A, state: 'closed' },
      { endpoint: B, state: 'open' },
    ] as const;
    const report = new HealthMonitor().report(view({ endpoints, breakdown }), 0);
    expect(report).toMatchObject({ isReady: true, message: '1 of 2 endpoints left alone: http://b (503 busy)' });
    expect(report.checks['http']).toEqual({ isHealthy: true, text: 'OK' });
  });

  it('are unhealthy when none takes requests', () => {
    const endpoints = [
      { endpoint: A, state: 'half-open' },
      { endpoint: B, state: 'closed' },
    ] as const;
    const unreachable = new Map([[B, 'ECONNREFUSED']]);
    const report = new HealthMonitor().report(view({ endpoints, unreachable }), 0);
    expect(report.isReady).toBe(false);
    expect(report.checks['http']).toEqual({
      isHealthy: false,
      text: 'ERROR: no endpoint takes requests: http://a (failed), http://b (ECONNREFUSED)',
    });
  });
});

describe('S3', () => {
  it('shows in health at once and in readiness only when it lasts', () => {
    const monitor = new HealthMonitor();
    monitor.observe(listFailed, 1000);
    const at = (nowMs: number) => monitor.report(view({ gauges: s3Fails }), nowMs);
    expect(at(1001)).toMatchObject({
      isReady: true,
      checks: { s3: { isHealthy: false, text: 'ERROR: LIST s3://logs/: no answer' } },
    });
    monitor.observe(listFailed, 1000 + PATIENCE_MS - 1);
    expect(at(1000 + PATIENCE_MS - 1).isReady).toBe(true);
    expect(at(1000 + PATIENCE_MS)).toMatchObject({ isReady: false, message: 'LIST s3://logs/: no answer' });
  });

  it('is unready, and says why, when the HEADs fail that notifications ask for: without a LIST nothing else tells', () => {
    const monitor = new HealthMonitor();
    const headFailed = { ...listFailed, kind: 'head failed', key: 'a', error: 'HEAD s3://logs/a: no answer' } as const;
    monitor.observe(headFailed, 0);
    expect(monitor.report(view({ gauges: s3Fails, discovery: 'sqs' }), PATIENCE_MS)).toMatchObject({
      isReady: false,
      checks: { s3: { isHealthy: false, text: 'ERROR: HEAD s3://logs/a: no answer' } },
    });
    const other = new HealthMonitor();
    other.observe({ ...headFailed, code: 'S3_NOT_FOUND' }, 0);
    expect(other.report(view({ gauges: s3Fails, discovery: 'sqs' }), PATIENCE_MS).isReady).toBe(true);
  });

  it('is counted anew after each recovery', () => {
    const monitor = new HealthMonitor();
    monitor.observe(listFailed, 0);
    expect(monitor.report(view(), 10_000)).toMatchObject({ isReady: true, message: 'all is well' });
    monitor.observe(listFailed, 20_000);
    expect(monitor.report(view({ gauges: s3Fails }), 20_000 + PATIENCE_MS - 1).isReady).toBe(true);
  });

  it('is unhealthy when it lists but gives no object, for a while', () => {
    const monitor = new HealthMonitor();
    monitor.observe(readFailed, 0);
    expect(monitor.report(view(), PATIENCE_MS - 1).checks['s3']?.isHealthy).toBe(true);
    expect(monitor.report(view(), PATIENCE_MS)).toMatchObject({
      isReady: false,
      checks: { s3: { isHealthy: false, text: 'ERROR: GET: cut' } },
    });
    monitor.observe(completedEvent(), PATIENCE_MS);
    expect(monitor.report(view(), PATIENCE_MS).isReady).toBe(true);
  });

  it.each([
    postedEvent(),
    quarantinedEvent(),
    { kind: 'object changed', object: SAMPLE_OBJECT } as const,
    { ...readFailed, code: 'GZIP_CORRUPT' },
  ])('has recovered once it gives an object, though the object is not complete: $kind', (event) => {
    // It stayed red on a quiet feed, and beside endpoints that take nothing, until the next object was complete.
    const monitor = new HealthMonitor();
    monitor.observe(readFailed, 0);
    monitor.observe(event, PATIENCE_MS);
    expect(monitor.report(view(), PATIENCE_MS)).toMatchObject({ isReady: true, message: 'all is well' });
  });

  it('is not called unhealthy for a reading that failed long ago and that nobody repeats', () => {
    const monitor = new HealthMonitor();
    monitor.observe(readFailed, 0);
    expect(monitor.report(view(), READ_FAILURE_FRESH_MS - 1).isReady).toBe(false);
    monitor.observe(readFailed, READ_FAILURE_FRESH_MS - 1);
    expect(monitor.report(view(), READ_FAILURE_FRESH_MS).isReady).toBe(false);
    expect(monitor.report(view(), 2 * READ_FAILURE_FRESH_MS).isReady).toBe(true);
  });

  it('is not to blame for a damaged object', () => {
    const monitor = new HealthMonitor();
    monitor.observe({ ...readFailed, code: 'GZIP_CORRUPT' }, 0);
    expect(monitor.report(view(), 10 * PATIENCE_MS).isReady).toBe(true);
  });
});

describe('the queue', () => {
  const gauges = { isS3Healthy: true, isStateHealthy: true, isQueueHealthy: false, parkedObjects: 0 };
  const queueFailed = {
    kind: 'queue failed',
    action: 'receive',
    code: 'QUEUE_UNAVAILABLE',
    error: 'no answer',
  } as const;

  it('makes the streamer unready only where nothing else finds objects', () => {
    for (const [discovery, isReady] of [
      ['both', true],
      ['sqs', false],
    ] as const) {
      const monitor = new HealthMonitor();
      monitor.observe(queueFailed, 0);
      const report = monitor.report(view({ gauges, discovery }), PATIENCE_MS);
      expect(report.isReady).toBe(isReady);
      expect(report.checks['sqs']?.isHealthy).toBe(false);
    }
  });

  it('is no check where there is none', () => {
    expect(new HealthMonitor().report(view(), 0).checks).not.toHaveProperty('sqs');
  });
});

describe('the state', () => {
  it('that cannot be saved makes the streamer unhealthy and unready', () => {
    const gauges = { isS3Healthy: true, isStateHealthy: false, isQueueHealthy: true, parkedObjects: 0 };
    expect(new HealthMonitor().report(view({ gauges }), 0)).toMatchObject({
      isReady: false,
      checks: { state: { isHealthy: false } },
    });
  });

  it('in Redis is the documented check of that name', () => {
    const gauges = { isS3Healthy: true, isStateHealthy: false, isQueueHealthy: true, parkedObjects: 0 };
    const { checks, message } = new HealthMonitor().report(view({ gauges, stateIn: 'redis' }), 0);
    expect(Object.keys(checks)).toEqual(['s3', 'http', 'redis']);
    expect(message).toMatch(/^Redis does not answer/);
  });
});

it('bounds what an answer of S3 adds to its own', () => {
  const monitor = new HealthMonitor();
  monitor.observe({ ...listFailed, error: 'x'.repeat(5000) }, 0);
  expect(JSON.stringify(monitor.report(view({ gauges: s3Fails }), 0)).length).toBeLessThan(1500);
});
