/** What the live page gets once a second, as JSON. Nothing in it is a secret, and no line of any object. */
import { POST_OUTCOMES } from './breakdown.ts';
import type { LiveFeed } from './live-feed.ts';
import type { SampleSources } from './samples.ts';

export interface LiveSettings {
  readonly s3Workers: number;
  readonly httpWorkers: number;
  readonly targetLagS: number;
  readonly sources: readonly string[];
}

export type LiveView = ReturnType<typeof liveView>;

export function liveView(sources: SampleSources, feed: LiveFeed, settings: LiveSettings, nowMs: number) {
  const { totals, breakdown, gauges, status, health, process, versions } = sources;
  const { objects, processingMs, lagMs } = breakdown.latency;
  return {
    nowMs,
    version: versions.streamer,
    settings,
    health: {
      isReady: health.isReady,
      message: health.message,
      checks: Object.fromEntries(Object.entries(health.checks).map(([name, { text }]) => [name, text])),
    },
    totals: {
      files: totals.s3FilesProcessed,
      rawBytes: totals.s3BytesProcessed,
      fileErrors: totals.s3FilesErrored,
      batches: totals.httpBatchesSent,
      bytes: totals.httpBytesSent,
      lines: totals.httpLinesSent,
      httpErrors: totals.httpErrors,
      lateObjects: totals.lateObjects,
      throttled: totals.s3Throttled,
      drops: totals.httpBufferDrops,
    },
    // Averages since the start; null before the first object.
    timePerFileMs: objects === 0 ? null : processingMs / objects,
    lagAvgMs: objects === 0 ? null : lagMs / objects,
    backlog: status.backlog,
    buffer: { utilization: status.bufferUtilization, lines: gauges.queuedLines, bytes: gauges.queuedBytes },
    memory: { inFlightBytes: gauges.inFlightBytes, limitBytes: sources.memoryLimitBytes },
    process: { ...process, stateBytes: sources.stateBytes },
    quarantined: Object.fromEntries([...breakdown.quarantined].filter(([, records]) => records > 0)),
    endpoints: status.endpoints.map(({ endpoint, state }) => {
      const known = breakdown.endpoints.get(endpoint);
      return {
        endpoint,
        state,
        bytes: known?.bytes ?? 0,
        acknowledgedMs: known?.acknowledgedMs ?? null,
        outcomes: Object.fromEntries(POST_OUTCOMES.map((outcome) => [outcome, known?.outcomes[outcome] ?? 0])),
        lastError: known?.lastError ?? null,
        unreachable: sources.unreachable.get(endpoint) ?? null,
      };
    }),
    series: feed.series(nowMs),
    troubles: feed.troubles,
  };
}
