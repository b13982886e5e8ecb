/**
 * Every metric, as data: the one list from which the instruments, `docs/metrics.md` and the contract test are made. A name in it that nobody feeds, or a
 * sample that has no name in it, does not compile.
 */

import { PROCESS_METRICS } from './process-definitions.ts';
import { SHARING_METRICS } from './sharing-definitions.ts';

type MetricKind = 'counter' | 'gauge' | 'histogram';

export interface MetricDefinition {
  readonly kind: MetricKind;
  /** UCUM, as OpenTelemetry wants it: `s`, `By`, `1`, or what is counted in braces. */
  readonly unit: string;
  readonly labels: readonly string[];
  /** A sentence: what one unit of it means. */
  readonly meaning: string;
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly bounds?: readonly number[];
  /** The name is the original's: dashboards and alerts depend on it. */
  readonly isDocumented?: boolean;
}

const REQUEST_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const OBJECT_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** Around the documented average (0.49 s) and the objective (60 s). */
const LAG_BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 900, 3600];
const STAGE_BOUNDS = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 3600];
const SAVE_BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

const METRICS = {
  s3_files_processed_total: {
    kind: 'counter',
    unit: '{file}',
    labels: [],
    isDocumented: true,
    meaning: 'Objects that are complete: every line acknowledged or in quarantine.',
  },
  s3_bytes_processed_total: {
    kind: 'counter',
    unit: 'By',
    labels: [],
    isDocumented: true,
    meaning: 'Uncompressed bytes of the complete objects.',
  },
  s3_files_errored_total: {
    kind: 'counter',
    unit: '{error}',
    labels: [],
    isDocumented: true,
    meaning: 'Readings of an object that failed, whether it is read again or put into quarantine.',
  },
  s3_processing_latency_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: [],
    isDocumented: true,
    bounds: OBJECT_BOUNDS,
    meaning: 'Processing latency of each complete object: from its GET to its last settled line.',
  },
  http_batches_sent_total: {
    kind: 'counter',
    unit: '{batch}',
    labels: [],
    isDocumented: true,
    meaning: 'Batches that an endpoint acknowledged with 2xx.',
  },
  http_lines_sent_total: {
    kind: 'counter',
    unit: '{line}',
    labels: [],
    isDocumented: true,
    meaning: 'Lines in acknowledged batches; not those of `objects_passed_through_total`, which nobody counts.',
  },
  http_bytes_sent_total: {
    kind: 'counter',
    unit: 'By',
    labels: [],
    isDocumented: true,
    meaning: 'Bytes of acknowledged batches, before any compression.',
  },
  http_errors_total: {
    kind: 'counter',
    unit: '{error}',
    labels: [],
    isDocumented: true,
    meaning:
      'POSTs that were not acknowledged, whatever the reason. They lose nothing: the lines are sent again, or a refused line ends in quarantine.',
  },
  http_network_errors_total: {
    kind: 'counter',
    unit: '{error}',
    labels: [],
    isDocumented: true,
    meaning: 'POSTs that found no connection, or whose connection broke. They are in `http_errors_total`, too.',
  },
  http_timeout_errors_total: {
    kind: 'counter',
    unit: '{error}',
    labels: [],
    isDocumented: true,
    meaning: 'POSTs that were not answered in time. They are in `http_errors_total`, too.',
  },
  http_server_errors_total: {
    kind: 'counter',
    unit: '{error}',
    labels: [],
    isDocumented: true,
    meaning: 'POSTs that were answered with 5xx. They are in `http_errors_total`, too.',
  },
  http_buffer_drops_total: {
    kind: 'counter',
    unit: '{line}',
    labels: [],
    isDocumented: true,
    meaning: 'Lines dropped because the buffer was full: 0, unless `http.on_full` is `drop`.',
  },
  http_buffer_utilization_ratio: {
    kind: 'gauge',
    unit: '1',
    labels: [],
    isDocumented: true,
    meaning:
      'How full the buffer between S3 and HTTP is, 0 to 1: in bytes or in lines, whichever is fuller. At 1 reading waits. Batches that wait aside after a server error are not in it: they are bounded by `memory.limit`, not by `http.buffer_bytes`, and come back into it without asking for room, so that it can exceed 1 for a while.',
  },
  http_active_connections: {
    kind: 'gauge',
    unit: '{connection}',
    labels: [],
    isDocumented: true,
    meaning: 'Connections to the endpoints that carry a request.',
  },
  http_idle_connections: {
    kind: 'gauge',
    unit: '{connection}',
    labels: [],
    isDocumented: true,
    meaning: 'Connections to the endpoints that wait for one.',
  },
  http_request_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: ['endpoint'],
    isDocumented: true,
    bounds: REQUEST_BOUNDS,
    meaning: 'Duration of each POST, acknowledged or not.',
  },
  processing_lag_seconds: {
    kind: 'gauge',
    unit: 's',
    labels: [],
    isDocumented: true,
    meaning:
      'File age of the object that was completed last: from the time in its name to its last settled line. It includes `processing.delay_window`; for the objective use `delivery_lag_seconds`.',
  },

  delivery_lag_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: [],
    bounds: LAG_BOUNDS,
    meaning:
      'Lag of each complete object: from the moment it could be read (visible, and `processing.delay_window` over) to its last settled line. The objective is 60 s.',
  },
  delivery_lag_stage_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: ['stage'],
    bounds: STAGE_BOUNDS,
    meaning:
      'The parts of that lag, of the last settled line: `discovery` until it was listed, `waiting` until its GET, `reading` until it was inflated, `batching` until its batch was closed, `queueing` until that was first sent, `delivery` until it was acknowledged.',
  },
  backlog_objects: {
    kind: 'gauge',
    unit: '{file}',
    labels: [],
    meaning:
      'Objects that were found, may be read, and are not yet durably complete. Beyond `processing.queue_size` more may wait in S3, not yet found.',
  },
  backlog_bytes: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    meaning: 'Bytes of the objects in `backlog_objects`, as stored in S3.',
  },
  backlog_oldest_age_seconds: {
    kind: 'gauge',
    unit: 's',
    labels: [],
    meaning: 'How long ago the oldest object in `backlog_objects` could have been read; 0 when there is none.',
  },
  parked_objects: {
    kind: 'gauge',
    unit: '{object}',
    labels: [],
    meaning:
      'Objects with a batch that every endpoint answers with a server error (5xx) while it takes others. They are read again, after 15 s to 10 min, until it is delivered.',
  },
  parked_batches_total: {
    kind: 'counter',
    unit: '{batch}',
    labels: [],
    meaning: 'Batches that were put off in that way, each as often as it was.',
  },
  objects_passed_through_total: {
    kind: 'counter',
    unit: '{file}',
    labels: [],
    meaning:
      'Complete objects whose gzip bytes were forwarded unopened (`http.compression: passthrough`). Nobody has counted their lines: `http_lines_sent_total` does not have them. Their uncompressed bytes are those that the gzip trailer tells.',
  },

  http_requests_total: {
    kind: 'counter',
    unit: '{request}',
    labels: ['endpoint', 'outcome'],
    meaning:
      'POSTs by endpoint and outcome: `acknowledged`, `refused` (the data: 400, 413, 422), `rejected` (any other 4xx, such as 401 or 429), `server-error`, `timeout`, `network`.',
  },
  http_endpoint_bytes_total: {
    kind: 'counter',
    unit: 'By',
    labels: ['endpoint'],
    meaning: 'Bytes that each endpoint acknowledged.',
  },
  http_endpoint_state: {
    kind: 'gauge',
    unit: '1',
    labels: ['endpoint', 'state'],
    meaning:
      'The breaker of each endpoint: 1 for the state that it is in. `closed` takes requests, `open` is left alone after failures, `half-open` is being tried again.',
  },

  quarantined_total: {
    kind: 'counter',
    unit: '{record}',
    labels: ['reason'],
    meaning: 'Records put into quarantine: a line, or the rest of an object.',
  },
  long_lines_total: {
    kind: 'counter',
    unit: '{line}',
    labels: ['treatment'],
    meaning: 'Lines over `processing.max_line_bytes` that were delivered `split` or `truncated`.',
  },
  s3_late_objects_total: {
    kind: 'counter',
    unit: '{file}',
    labels: [],
    meaning: 'Objects that appeared more than a minute after the time in their names, found by the look-back sweep.',
  },
  s3_requests_total: {
    kind: 'counter',
    unit: '{request}',
    labels: ['operation'],
    meaning:
      'Requests to S3: `LIST`, `GET`, and `HEAD` (for objects that a notification names). Repetitions by the AWS SDK itself are not counted.',
  },
  s3_get_bytes_total: {
    kind: 'counter',
    unit: 'By',
    labels: [],
    meaning: 'Bytes, as stored, of the objects that were asked for.',
  },
  s3_throttled_total: {
    kind: 'counter',
    unit: '{request}',
    labels: [],
    meaning: 'Requests that S3 still answered with "slow down" after the repetitions of the AWS SDK.',
  },
  s3_estimated_cost_usd_total: {
    kind: 'counter',
    unit: '{USD}',
    labels: [],
    meaning: 'What the requests to S3 cost by a dated price list (docs/metrics.md).',
  },

  sqs_notifications_total: {
    kind: 'counter',
    unit: '{message}',
    labels: [],
    meaning: 'Messages received from `discovery.queue_url`.',
  },
  sqs_unreadable_total: {
    kind: 'counter',
    unit: '{message}',
    labels: [],
    meaning: 'Messages that are no S3 event: left in the queue, for its dead-letter queue.',
  },
  sqs_errors_total: {
    kind: 'counter',
    unit: '{error}',
    labels: [],
    meaning: 'Requests to the queue that failed.',
  },

  memory_in_flight_bytes: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    meaning: 'Bytes of objects, lines and batches that are held, as accounted.',
  },
  memory_limit_bytes: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    meaning: '`memory.limit`: the accounted bytes never exceed it.',
  },
  state_commits_total: {
    kind: 'counter',
    unit: '{commit}',
    labels: [],
    meaning: 'Times that progress was made durable.',
  },
  state_failures_total: {
    kind: 'counter',
    unit: '{error}',
    labels: ['operation'],
    meaning: 'Times that the state could not be used: `save` or `read`. Nothing new is read while saving fails.',
  },
  state_save_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: [],
    bounds: SAVE_BOUNDS,
    meaning: 'How long it took to make progress durable, each time, the wait for the disk included.',
  },
  state_unsaved_bytes: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    meaning: 'Acknowledged and not yet durable: what a crash now would send again.',
  },
  state_size_bytes: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    meaning: 'Size of the state file (with Redis: of the journal beside it), and of what is not yet merged into it.',
  },
  ...SHARING_METRICS,

  streamer_ready: {
    kind: 'gauge',
    unit: '1',
    labels: [],
    meaning: '1 while `/ready` says so, else 0.',
  },
  streamer_check_healthy: {
    kind: 'gauge',
    unit: '1',
    labels: ['check'],
    meaning: '1 for each check of `/health` that is well, else 0.',
  },
  streamer_info: {
    kind: 'gauge',
    unit: '1',
    labels: ['version', 'node'],
    meaning: 'Always 1; the versions are in its labels.',
  },
  event_loop_delay_p99_seconds: {
    kind: 'gauge',
    unit: 's',
    labels: [],
    meaning: '99th percentile of the delay of the event loop, over the last whole 10 s.',
  },
  ...PROCESS_METRICS,
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;

type NamesOf<Kind extends MetricKind> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

export type HistogramName = NamesOf<'histogram'>;
/** What is looked up when somebody asks, rather than recorded when it happens. */
export type ObservedName = NamesOf<'counter' | 'gauge'>;

export const METRIC_NAMES: readonly MetricName[] = Object.keys(METRICS).filter(isMetricName);

export function definitionOf(name: MetricName): MetricDefinition {
  return METRICS[name];
}

function isMetricName(name: string): name is MetricName {
  return name in METRICS;
}
