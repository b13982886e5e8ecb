/**
 * What `/health` and `/ready` say. It follows from what the streamer sees at its work (LISTs, GETs, POSTs, commits), so that asking costs nothing and asks
 * nobody; only endpoints that have nothing to do are tried by a probe of their own (`io/endpoint-probe.ts`).
 * `/health` tells of each dependency at once. `/ready` tells whether the streamer is fit to take work, and does not flap: one endpoint of several may be
 * down, and S3 may fail for a moment.
 */
import type { StreamerEvent } from '../events.ts';
import type { PipelineGauges } from '../pipeline.ts';
import type { Breakdown } from './breakdown.ts';
import type { EndpointStatus } from '../delivery.ts';

export interface CheckResult {
  readonly isHealthy: boolean;
  /** As documented: `OK`, or `ERROR: ` and why. */
  readonly text: string;
}

export interface HealthReport {
  /** `s3`, `http`, where the state is (`state` or, as documented, `redis`), and `sqs` where there is a queue. */
  readonly checks: Readonly<Record<string, CheckResult>>;
  /** For people: what is wrong, also where it makes nothing unhealthy. */
  readonly message: string;
  readonly isReady: boolean;
}

export interface HealthView {
  readonly gauges: Pick<PipelineGauges, 'isS3Healthy' | 'isStateHealthy' | 'isQueueHealthy' | 'parkedObjects'>;
  readonly discovery: 'poll' | 'sqs' | 'both';
  /** Where progress is kept. */
  readonly stateIn: 'file' | 'redis';
  readonly endpoints: readonly EndpointStatus[];
  readonly breakdown: Pick<Breakdown, 'endpoints'>;
  /** Endpoints that accept no connection, and why. */
  readonly unreachable: ReadonlyMap<string, string>;
}

/** What fails for less than this is a moment's trouble: it is repeated, and readiness stays. */
export const PATIENCE_MS = 15_000;
/** A reading that failed is tried again before this is over, unless nothing is read at all (no memory is free, others have the object): then nobody knows. */
export const READ_FAILURE_FRESH_MS = 120_000;
const ERROR_CHARS_MAX = 300;
const OK: CheckResult = { isHealthy: true, text: 'OK' };
const STATE_TROUBLE = {
  file: 'progress cannot be saved; nothing new is read meanwhile',
  redis: 'Redis does not answer as it should; progress waits in the journal, and nothing new is claimed meanwhile',
} as const;

export class HealthMonitor {
  #isStopping = false;
  #s3Error = '';
  #listsFailingSinceMs: number | null = null;
  #readsFailingSinceMs: number | null = null;
  #readFailedMs = -Infinity;
  #queueFailingSinceMs: number | null = null;

  observe(event: StreamerEvent, nowMs: number): void {
    if (event.kind === 'streamer stopping') {
      this.#isStopping = true;
    } else if (
      event.kind === 'list failed' ||
      event.kind === 'folder refused' ||
      event.kind === 'source paused' ||
      // With notifications alone nothing is listed. An object that is not there, or not for us, says nothing about the others.
      (event.kind === 'head failed' && event.code !== 'S3_NOT_FOUND' && event.code !== 'S3_ACCESS_DENIED')
    ) {
      this.#listsFailingSinceMs ??= nowMs;
      this.#s3Error = event.error;
    } else if (event.kind === 'object retried' && isS3Trouble(event.code)) {
      this.#readsFailingSinceMs ??= nowMs;
      this.#readFailedMs = nowMs;
      this.#s3Error = event.error;
    } else if (event.kind === 'queue failed') {
      this.#queueFailingSinceMs ??= nowMs;
    } else if (wasRead(event)) {
      this.#readsFailingSinceMs = null;
    }
  }

  report(view: HealthView, nowMs: number): HealthReport {
    const { isS3Healthy, isStateHealthy, isQueueHealthy, parkedObjects } = view.gauges;
    if (isS3Healthy) this.#listsFailingSinceMs = null;
    if (isQueueHealthy) this.#queueFailingSinceMs = null;
    if (nowMs - this.#readFailedMs >= READ_FAILURE_FRESH_MS) this.#readsFailingSinceMs = null;
    const failingMs = (sinceMs: number | null): number => (sinceMs === null ? 0 : nowMs - sinceMs);
    const areReadsFailing = failingMs(this.#readsFailingSinceMs) >= PATIENCE_MS;
    const s3 = isS3Healthy && !areReadsFailing ? OK : failed(this.#s3Error || 'S3 does not answer as it should');
    const { http, remark } = this.#endpoints(view);
    const state = isStateHealthy ? OK : failed(STATE_TROUBLE[view.stateIn]);
    const sqs = isQueueHealthy ? OK : failed('the queue of discovery.queue_url does not answer as it should');
    const checks = {
      s3,
      http,
      ...(view.stateIn === 'redis' ? { redis: state } : { state }),
      ...(view.discovery === 'poll' ? {} : { sqs }),
    };
    const isS3Ready = s3.isHealthy || (!areReadsFailing && failingMs(this.#listsFailingSinceMs) < PATIENCE_MS);
    // Beside listing, the queue may be away: the look-back sweep finds what it would have told of.
    const isQueueReady = view.discovery !== 'sqs' || failingMs(this.#queueFailingSinceMs) < PATIENCE_MS;
    const remarks = [
      ...(this.#isStopping ? ['the streamer is stopping'] : []),
      ...Object.values(checks).flatMap(({ isHealthy, text }) => (isHealthy ? [] : [text.replace(/^ERROR: /, '')])),
      ...(http.isHealthy && remark !== null ? [remark] : []),
      ...(parkedObjects === 0
        ? []
        : [
            `${parkedObjects} objects wait: the endpoints answer a batch of theirs with a server error, and take others`,
          ]),
    ];
    return {
      checks,
      message: remarks.length === 0 ? 'all is well' : remarks.join('; '),
      isReady: !this.#isStopping && isS3Ready && isQueueReady && http.isHealthy && state.isHealthy,
    };
  }

  /** One endpoint that takes requests is enough. */
  #endpoints({ endpoints, breakdown, unreachable }: HealthView): { http: CheckResult; remark: string | null } {
    const troubles = endpoints.flatMap(({ endpoint, state }) => {
      const why = unreachable.get(endpoint);
      if (why !== undefined) return [`${endpoint} (${why})`];
      if (state === 'closed') return [];
      const { status, text } = breakdown.endpoints.get(endpoint)?.lastError ?? { status: null, text: 'failed' };
      return [`${endpoint} (${[status, text].filter((part) => part !== null && part !== '').join(' ')})`];
    });
    const list = troubles.join(', ');
    if (troubles.length === endpoints.length)
      return { http: failed(`no endpoint takes requests: ${list}`), remark: null };
    const remark =
      troubles.length === 0 ? null : `${troubles.length} of ${endpoints.length} endpoints left alone: ${list}`;
    return { http: OK, remark };
  }
}

/** Damage, or an object that is gone, says nothing about S3 itself. */
function isS3Trouble(code: string): boolean {
  return ['S3_UNAVAILABLE', 'S3_THROTTLED', 'S3_ACCESS_DENIED', 'S3_NO_BUCKET'].includes(code);
}

/** S3 has given an object, or an answer that is none of a sick server: whatever becomes of it at the endpoints. */
function wasRead({ kind }: StreamerEvent): boolean {
  return ['object completed', 'batch posted', 'quarantined', 'object changed', 'object retried'].includes(kind);
}

function failed(why: string): CheckResult {
  return { isHealthy: false, text: `ERROR: ${why.slice(0, ERROR_CHARS_MAX)}` };
}
