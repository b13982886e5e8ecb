/** Sums that are told apart: by endpoint and outcome, by reason. What needs no telling apart is in `Totals`. */
import { classifyStatus } from '../core/response.ts';
import type { CompletedObject, StreamerEvent } from '../events.ts';

export const POST_OUTCOMES = ['acknowledged', 'refused', 'rejected', 'server-error', 'timeout', 'network'] as const;
export type PostOutcome = (typeof POST_OUTCOMES)[number];

export interface EndpointTotals {
  readonly outcomes: Record<PostOutcome, number>;
  bytes: number;
  lines: number;
  /** Null before the first acknowledgement. */
  acknowledgedMs: number | null;
  lastError: { readonly atMs: number; readonly status: number | null; readonly text: string } | null;
}

/** Reasons that are counted from 0 on, so that the first record of each is an increase; others join when they first occur. */
const REASONS_KNOWN = [
  'line-too-long',
  'refused',
  'gzip-corrupt',
  'gzip-truncated',
  'gzip-bomb',
  'object-gone',
  'object-archived',
];

export class Breakdown {
  readonly #endpoints: Map<string, EndpointTotals>;
  readonly quarantined = new Map<string, number>(REASONS_KNOWN.map((reason) => [reason, 0]));
  /** Of the object that was completed last; null before the first. */
  fileAgeMs: number | null = null;
  /** Over all complete objects that no operator asked for. */
  readonly latency = { objects: 0, processingMs: 0, lagMs: 0 };

  constructor(endpoints: readonly string[]) {
    this.#endpoints = new Map(endpoints.map((endpoint) => [endpoint, zeroEndpoint()]));
  }

  get endpoints(): ReadonlyMap<string, EndpointTotals> {
    return this.#endpoints;
  }

  /** Looks at the few kinds that it tells apart; `countEvent` counts the rest. */
  count(event: StreamerEvent, nowMs: number): void {
    if (event.kind === 'batch posted') {
      const endpoint = this.#at(event.endpoint);
      endpoint.outcomes.acknowledged += 1;
      endpoint.bytes += event.bodyBytes;
      endpoint.lines += event.lines;
      endpoint.acknowledgedMs = nowMs;
    } else if (event.kind === 'delivery retried' || event.kind === 'delivery refused') {
      const endpoint = this.#at(event.endpoint);
      endpoint.outcomes[outcomeOf(event)] += 1;
      endpoint.lastError = { atMs: nowMs, status: event.status, text: event.error };
    } else if (event.kind === 'quarantined') {
      const { reason } = event.record;
      this.quarantined.set(reason, (this.quarantined.get(reason) ?? 0) + 1);
    } else if (event.kind === 'object completed') {
      this.#countCompleted(event.completed);
    }
  }

  #countCompleted({ isWanted, times, fileTimestampMs, eligibleMs }: CompletedObject): void {
    if (isWanted) return;
    this.fileAgeMs = Math.max(0, times.acknowledgedMs - fileTimestampMs);
    this.latency.objects += 1;
    this.latency.processingMs += Math.max(0, times.acknowledgedMs - times.getIssuedMs);
    this.latency.lagMs += Math.max(0, times.acknowledgedMs - eligibleMs);
  }

  #at(endpoint: string): EndpointTotals {
    let totals = this.#endpoints.get(endpoint);
    if (totals === undefined) {
      totals = zeroEndpoint();
      this.#endpoints.set(endpoint, totals);
    }
    return totals;
  }
}

export function outcomeOf({ status, error }: { readonly status: number | null; readonly error: string }): PostOutcome {
  if (status === null) return error === 'timeout' ? 'timeout' : 'network';
  if (status >= 500) return 'server-error';
  return classifyStatus(status, null).kind === 'refused' ? 'refused' : 'rejected';
}

function zeroEndpoint(): EndpointTotals {
  return {
    outcomes: { acknowledged: 0, refused: 0, rejected: 0, 'server-error': 0, timeout: 0, network: 0 },
    bytes: 0,
    lines: 0,
    acknowledgedMs: null,
    lastError: null,
  };
}
