/** From what the streamer knows to the values of the metrics. Every metric of `definitions.ts` is fed here, or the types do not match. */
import type { CompletedObject, StreamerEvent, Totals } from '../events.ts';
import type { PipelineGauges, PipelineStatus } from '../pipeline.ts';
import { type Breakdown, POST_OUTCOMES } from './breakdown.ts';
import type { HistogramName, ObservedName } from './definitions.ts';
import type { HealthReport } from './health-monitor.ts';
import { estimateCostUsd } from './s3-prices.ts';

type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels: Labels;
}

export interface Observation extends Sample {
  readonly name: HistogramName;
}

interface ConnectionCounts {
  readonly active: number;
  readonly idle: number;
}

export interface ProcessUsage {
  readonly startedMs: number;
  readonly cpuS: number;
  readonly residentBytes: number;
  /** Over the last whole interval. */
  readonly eventLoopDelayP99Ms: number;
}

export interface SampleSources {
  readonly totals: Readonly<Totals>;
  readonly breakdown: Breakdown;
  readonly gauges: PipelineGauges;
  readonly status: PipelineStatus;
  readonly health: HealthReport;
  /** Endpoints that accept no connection, and why. */
  readonly unreachable: ReadonlyMap<string, string>;
  readonly connections: ConnectionCounts;
  readonly process: ProcessUsage;
  readonly memoryLimitBytes: number;
  readonly stateBytes: number;
  readonly redisCommands: number;
  readonly versions: { readonly streamer: string; readonly node: string };
}

const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

/** What is looked up when somebody asks. */
export function samplesOf(sources: SampleSources): Readonly<Record<ObservedName, readonly Sample[]>> {
  const { totals, gauges, status, health, connections, process, breakdown } = sources;
  return {
    ...documentedSamples(sources),
    http_active_connections: one(connections.active),
    http_idle_connections: one(connections.idle),
    backlog_objects: one(status.backlog.objects),
    backlog_bytes: one(status.backlog.bytes),
    backlog_oldest_age_seconds: one(status.backlog.oldestAgeMs / 1000),
    parked_objects: one(gauges.parkedObjects),
    parked_batches_total: one(totals.batchesParked),
    objects_passed_through_total: one(totals.objectsPassedThrough),
    ...endpointSamples(sources),
    quarantined_total: [...breakdown.quarantined].map(([reason, value]) => ({ value, labels: { reason } })),
    long_lines_total: [
      { value: totals.linesSplit, labels: { treatment: 'split' } },
      { value: totals.linesTruncated, labels: { treatment: 'truncated' } },
    ],
    s3_late_objects_total: one(totals.lateObjects),
    s3_requests_total: [
      { value: totals.listRequests, labels: { operation: 'LIST' } },
      { value: totals.getRequests, labels: { operation: 'GET' } },
      { value: totals.headRequests, labels: { operation: 'HEAD' } },
    ],
    s3_get_bytes_total: one(totals.getBytes),
    s3_throttled_total: one(totals.s3Throttled),
    s3_estimated_cost_usd_total: one(
      estimateCostUsd({ lists: totals.listRequests, gets: totals.getRequests + totals.headRequests }),
    ),
    sqs_notifications_total: one(totals.notificationsReceived),
    sqs_unreadable_total: one(totals.notificationsUnreadable),
    sqs_errors_total: one(totals.queueErrors),
    memory_in_flight_bytes: one(gauges.inFlightBytes),
    memory_limit_bytes: one(sources.memoryLimitBytes),
    state_commits_total: one(totals.stateCommits),
    state_failures_total: [
      { value: totals.stateSaveFailures, labels: { operation: 'save' } },
      { value: totals.stateReadFailures, labels: { operation: 'read' } },
    ],
    state_unsaved_bytes: one(status.unsavedBytes),
    state_size_bytes: one(sources.stateBytes),
    ...sharingSamples(sources),
    streamer_ready: one(health.isReady ? 1 : 0),
    streamer_check_healthy: Object.entries(health.checks).map(([check, { isHealthy }]) => ({
      value: isHealthy ? 1 : 0,
      labels: { check },
    })),
    streamer_info: [{ value: 1, labels: { version: sources.versions.streamer, node: sources.versions.node } }],
    event_loop_delay_p99_seconds: one(process.eventLoopDelayP99Ms / 1000),
    process_cpu_seconds_total: one(process.cpuS),
    process_resident_memory_bytes: one(process.residentBytes),
    process_start_time_seconds: one(process.startedMs / 1000),
  };
}

function documentedSamples({ totals, status, breakdown }: SampleSources) {
  return {
    s3_files_processed_total: one(totals.s3FilesProcessed),
    s3_bytes_processed_total: one(totals.s3BytesProcessed),
    s3_files_errored_total: one(totals.s3FilesErrored),
    http_batches_sent_total: one(totals.httpBatchesSent),
    http_lines_sent_total: one(totals.httpLinesSent),
    http_bytes_sent_total: one(totals.httpBytesSent),
    http_errors_total: one(totals.httpErrors),
    http_network_errors_total: one(totals.httpNetworkErrors),
    http_timeout_errors_total: one(totals.httpTimeoutErrors),
    http_server_errors_total: one(totals.httpServerErrors),
    http_buffer_drops_total: one(totals.httpBufferDrops),
    http_buffer_utilization_ratio: one(status.bufferUtilization),
    // Nothing was completed yet: 0 would be a lie.
    processing_lag_seconds: breakdown.fileAgeMs === null ? [] : one(breakdown.fileAgeMs / 1000),
  };
}

/** Of the objects that several instances share. */
function sharingSamples({ totals, gauges, redisCommands }: SampleSources) {
  const deliveredGB = totals.httpBytesSent / 1e9;
  return {
    redis_commands_total: one(redisCommands),
    // Before the first byte there is no ratio.
    redis_commands_per_gigabyte: deliveredGB === 0 ? [] : one(redisCommands / deliveredGB),
    claims_held: one(gauges.claimedObjects),
    claims_lost_total: one(totals.claimsLost),
    objects_taken_over_total: one(totals.objectsTakenOver),
    lease_failures_total: one(totals.leaseFailures),
    streamer_is_lister: one(gauges.isLister ? 1 : 0),
  };
}

function endpointSamples({ breakdown, status }: SampleSources) {
  const endpoints = [...breakdown.endpoints];
  return {
    http_requests_total: endpoints.flatMap(([endpoint, { outcomes }]) =>
      POST_OUTCOMES.map((outcome) => ({ value: outcomes[outcome], labels: { endpoint, outcome } })),
    ),
    http_endpoint_bytes_total: endpoints.map(([endpoint, { bytes }]) => ({ value: bytes, labels: { endpoint } })),
    http_endpoint_state: status.endpoints.flatMap(({ endpoint, state }) =>
      BREAKER_STATES.map((each) => ({ value: each === state ? 1 : 0, labels: { endpoint, state: each } })),
    ),
  };
}

/** What is recorded when it happens. */
export function observationsOf(event: StreamerEvent): readonly Observation[] {
  if (event.kind === 'batch posted' || event.kind === 'delivery retried' || event.kind === 'delivery refused') {
    const { endpoint, durationMs } = event;
    return [{ name: 'http_request_duration_seconds', value: durationMs / 1000, labels: { endpoint } }];
  }
  if (event.kind === 'state saved')
    return [{ name: 'state_save_duration_seconds', value: event.durationMs / 1000, labels: {} }];
  return event.kind === 'object completed' ? completedObservations(event.completed) : [];
}

function completedObservations(completed: CompletedObject): readonly Observation[] {
  const { times, isWanted } = completed;
  const processingS = Math.max(0, times.acknowledgedMs - times.getIssuedMs) / 1000;
  const processing = { name: 's3_processing_latency_seconds', value: processingS, labels: {} } as const;
  // Nobody waited for a replayed object as for something new.
  if (isWanted) return [processing];
  const stages = lagStagesMs(completed);
  const lagMs = stages.reduce((sum, [, ms]) => sum + ms, 0);
  return [
    processing,
    { name: 'delivery_lag_seconds', value: lagMs / 1000, labels: {} },
    ...stages.map(
      ([stage, ms]) => ({ name: 'delivery_lag_stage_seconds', value: ms / 1000, labels: { stage } }) as const,
    ),
  ];
}

/** The lag waterfall from eligible on: each boundary is clamped to the one before, so the parts are never negative and their sum is the lag. */
export function lagStagesMs({
  eligibleMs,
  listedMs,
  times,
}: Pick<CompletedObject, 'eligibleMs' | 'listedMs' | 'times'>): readonly (readonly [string, number])[] {
  const boundaries: readonly (readonly [string, number])[] = [
    ['discovery', listedMs],
    ['waiting', times.getIssuedMs],
    ['reading', times.inflatedMs],
    ['batching', times.batchClosedMs],
    ['queueing', times.firstSentMs],
    ['delivery', times.acknowledgedMs],
  ];
  let beforeMs = eligibleMs;
  return boundaries.map(([stage, atMs]) => {
    const ms = Math.max(0, atMs - beforeMs);
    beforeMs += ms;
    return [stage, ms] as const;
  });
}

function one(value: number): readonly Sample[] {
  return [{ value, labels: {} }];
}
