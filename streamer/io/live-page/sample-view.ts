/** Views for the tests of the live page: a streamer at its documented work, one in trouble, and one that has just begun. */
import { zeroTotals } from '../../events.ts';
import {
  completedEvent,
  postedEvent,
  quarantinedEvent,
  retriedEvent,
  SAMPLE_OBJECT,
} from '../../testing/sample-events.ts';
import { Breakdown } from '../../telemetry/breakdown.ts';
import { BIN_MS, LiveFeed } from '../../telemetry/live-feed.ts';
import { type LiveView, liveView } from '../../telemetry/live-view.ts';
import type { SampleSources } from '../../telemetry/samples.ts';

const A = 'http://localhost:8080';
const B = 'http://localhost:8081';
/** What an attacker, or an unlucky upload, might name an object. */
export const HOSTILE = '<img src=x onerror="document.title=1"><b>bold</b>';
const NOW_MS = Date.parse('2026-11-25T10:00:05Z');

function sources(breakdown: Breakdown, uptimeS: number, fields: Partial<SampleSources> = {}): SampleSources {
  const isWorking = breakdown.latency.objects > 0;
  return {
    totals: {
      ...zeroTotals(),
      s3FilesProcessed: isWorking ? 315_340 : 0,
      s3BytesProcessed: isWorking ? 2.88e12 : 0,
      httpBatchesSent: isWorking ? 2_207_380 : 0,
    },
    breakdown,
    gauges: {
      inFlightBytes: 21_400_000,
      inFlightBytesMax: 60_000_000,
      queuedBytes: 3_100_000,
      queuedLines: 2_013,
      readyObjects: 3,
      backlogObjects: 0,
      unsettledObjects: 4,
      parkedObjects: 0,
      usableEndpoints: 2,
      isStateHealthy: true,
      isS3Healthy: true,
      isQueueHealthy: true,
      isLister: true,
      claimedObjects: 0,
    },
    status: {
      endpoints: [
        { endpoint: A, state: 'closed' },
        { endpoint: B, state: 'closed' },
      ],
      backlog: { objects: 2, bytes: 1_300_000, oldestAgeMs: 412 },
      bufferUtilization: 0.046,
      unsavedBytes: 0,
    },
    health: {
      checks: { s3: { isHealthy: true, text: 'OK' }, http: { isHealthy: true, text: 'OK' } },
      message: 'all is well',
      isReady: true,
    },
    unreachable: new Map(),
    connections: { active: 1, idle: 3 },
    process: { startedMs: NOW_MS - uptimeS * 1000, cpuS: 512, residentBytes: 134_000_000, eventLoopDelayP99Ms: 4.2 },
    memoryLimitBytes: 268_435_456,
    stateBytes: 4_300_000,
    redisCommands: 0,
    versions: { streamer: '0.1.0', node: 'v26.10.0' },
    ...fields,
  };
}

const SETTINGS = {
  s3Workers: 15,
  httpWorkers: 10,
  targetLagS: 60,
  sources: ['s3://weblog/_weblog/feedname=Threat Team - Web/'],
};

function work(uptimeS: number): { breakdown: Breakdown; feed: LiveFeed } {
  const breakdown = new Breakdown([A, B]);
  const feed = new LiveFeed(NOW_MS - uptimeS * 1000);
  for (let atMs = NOW_MS - uptimeS * 1000; atMs <= NOW_MS; atMs += BIN_MS) {
    const wave = 1 + Math.sin(atMs / 240_000);
    for (let file = 0; file < 2 + wave * 2; file += 1) {
      const lagMs = 300 + 200 * wave + 90 * file;
      const done = completedEvent({ eligibleMs: 5060 - lagMs });
      breakdown.count(done, atMs);
      feed.observe(done, atMs);
      for (let batch = 0; batch < 7; batch += 1) {
        const posted = postedEvent({ endpoint: batch % 2 === 0 ? A : B, bodyBytes: 1_000_000 + batch * 1000 });
        breakdown.count(posted, atMs);
        feed.observe(posted, atMs);
      }
    }
  }
  return { breakdown, feed };
}

/** Hours of it, and nothing wrong. */
export function wellView(): LiveView {
  const { breakdown, feed } = work(7200);
  return liveView(sources(breakdown, 7200), feed, SETTINGS, NOW_MS);
}

/** One endpoint is down, an object with an evil name is damaged, the lag grows. */
export function troubledView(): LiveView {
  const { breakdown, feed } = work(600);
  const events = [
    retriedEvent({ endpoint: B, status: 503, error: 'upstream busy' }),
    retriedEvent({ endpoint: B, status: null, error: 'ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:8081' }),
    { kind: 'endpoint paused', endpoint: B, status: null, error: 'ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:8081' },
    quarantinedEvent({
      object: { ...SAMPLE_OBJECT, key: HOSTILE },
      reason: 'gzip-corrupt',
      detail: 'incorrect data check',
    }),
  ] as const;
  for (const event of events)
    for (let times = 0; times < (event.kind === 'quarantined' ? 1 : 1234); times += 1) {
      breakdown.count(event, NOW_MS - 42_000);
      feed.observe(event, NOW_MS - 42_000);
    }
  const base = sources(breakdown, 600);
  const view = sources(breakdown, 600, {
    totals: { ...base.totals, httpErrors: 2468, s3FilesErrored: 3 },
    status: {
      ...base.status,
      endpoints: [
        { endpoint: A, state: 'closed' },
        { endpoint: B, state: 'open' },
      ],
      backlog: { objects: 1800, bytes: 1.17e9, oldestAgeMs: 754_000 },
      bufferUtilization: 1,
    },
    health: {
      checks: { s3: { isHealthy: true, text: 'OK' }, http: { isHealthy: true, text: 'OK' } },
      message: `1 of 2 endpoints left alone: ${B} (ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:8081)`,
      isReady: true,
    },
  });
  return liveView(view, feed, { ...SETTINGS, sources: [HOSTILE] }, NOW_MS);
}

/** Nothing was read yet, and no endpoint is there. */
export function freshView(): LiveView {
  const base = sources(new Breakdown([A]), 4);
  const view = sources(new Breakdown([A]), 4, {
    status: {
      ...base.status,
      endpoints: [{ endpoint: A, state: 'closed' }],
      backlog: { objects: 0, bytes: 0, oldestAgeMs: 0 },
    },
    health: {
      checks: { http: { isHealthy: false, text: 'ERROR: no endpoint takes requests' } },
      message: `no endpoint takes requests: ${A} (ECONNREFUSED)`,
      isReady: false,
    },
    unreachable: new Map([[A, 'ECONNREFUSED']]),
  });
  return liveView(view, new LiveFeed(NOW_MS - 4000), SETTINGS, NOW_MS);
}
