/**
 * Delivers one body: picks an endpoint, POSTs, reads the outcome, and tries again until it is acknowledged or refused.
 * Invariant: `acknowledged` is returned only for a 2xx answer to this very body.
 */
import { backoffMs } from './core/backoff.ts';
import { type Booking, type BreakerState, EndpointPicker } from './core/endpoint-picker.ts';
import { classifyStatus, type Outcome } from './core/response.ts';
import type { SentBefore } from './core/send-queue.ts';
import { SteadyTime } from './core/steady-time.ts';
import type { Ports, SinkAnswer } from './ports.ts';

export interface DeliveryBody {
  readonly parts: readonly Uint8Array[];
  readonly bodyBytes: number;
  readonly encoding?: 'gzip';
  /** Uncompressed, where the body is compressed already. */
  readonly rawBytes?: number;
  readonly lines: number;
  readonly contentType: string;
  readonly idempotencyKey: string;
  /** Of the objects that have lines in it. */
  readonly objectIds: readonly string[];
  /**
   * Null: a refusal is handed back at once. A `Refusal.sends`: the body is suspect since then, and a refusal counts only from an endpoint that accepted
   * something sent after that; from any other it is the endpoint's fault, and the body waits and tries again.
   */
  readonly suspectSince: number | null;
  /** Where it was handed back before. */
  readonly sentBefore: SentBefore | null;
  /** Its object was parked for it, or for another batch of it. */
  readonly wasParked: boolean;
  /** Asked before each attempt: somebody else may have an object of it by now. */
  readonly isGivenUp: () => boolean;
}

export interface Refusal {
  readonly endpoint: number;
  readonly status: number;
  readonly text: string;
  /** How many bodies had been sent by then. */
  readonly sends: number;
}

export type DeliveryResult =
  | {
      readonly kind: 'acknowledged';
      readonly endpoint: number;
      readonly firstSentMs: number;
      readonly acknowledgedMs: number;
      /** No attempt still reads the body's memory. */
      readonly isBodyReleased: boolean;
    }
  | ({ readonly kind: 'refused'; readonly refusal: Refusal } & SentBefore)
  /** Server errors, more than can be waited for here. `isAtFault`: the endpoints take others meanwhile. Otherwise it is to be sent again after `delayMs`. */
  | ({ readonly kind: 'failing'; readonly isAtFault: boolean; readonly delayMs: number } & SentBefore)
  | { readonly kind: 'aborted' };

export interface EndpointStatus {
  readonly endpoint: string;
  readonly state: BreakerState;
}

/** So many server errors (5xx), some seven seconds of them, are enough to call a body at fault where others pass; and fewer for one that was parked before. */
const SERVER_ERRORS_MAX = 8;
const SERVER_ERRORS_AGAIN_MAX = 2;
/** After more than this many it waits without a worker, and its errors no longer speak against an endpoint that is in use. */
const UNSUSPICIOUS_SERVER_ERRORS_MAX = 2;
const BACKOFF = { delayMsBase: 100, delayMsMax: 10_000 } as const;
const PICKER = { failuresMax: 3, pauseMsBase: 500, pauseMsMax: 5_000, misconfiguredPauseMs: 5_000 } as const;
/** While only a probe under way can tell whether an endpoint is back. */
const PROBE_POLL_MS = 50;
const ENDPOINT_WAIT_MS_MAX = 1_000;

export class Delivery {
  readonly #ports: Ports;
  readonly #picker: EndpointPicker;
  readonly #pickerTime = new SteadyTime();
  #sends = 0;
  /** The number of the latest body that each endpoint accepted. */
  readonly #accepted: number[];

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#picker = new EndpointPicker(ports.sink.endpoints.length, PICKER);
    this.#accepted = ports.sink.endpoints.map(() => 0);
  }

  /** How many endpoints take requests now. */
  get usableEndpointCount(): number {
    const nowMs = this.#pickerMs();
    return this.#ports.sink.endpoints.filter((_, index) => this.#picker.state(index, nowMs) === 'closed').length;
  }

  /** How many bodies were sent so far. */
  get sends(): number {
    return this.#sends;
  }

  /** Whether some endpoint accepted a body that was sent after the first `sends`. */
  hasAcceptedSince(sends: number): boolean {
    return this.#accepted.some((accepted) => accepted > sends);
  }

  endpointStatus(): readonly EndpointStatus[] {
    const nowMs = this.#pickerMs();
    return this.#ports.sink.endpoints.map((endpoint, index) => ({ endpoint, state: this.#picker.state(index, nowMs) }));
  }

  async deliver(body: DeliveryBody, signal: AbortSignal): Promise<DeliveryResult> {
    const { clock, random, events } = this.#ports;
    let isBodyReleased = true;
    const { sends } = body.sentBefore ?? { sends: this.#sends };
    let firstSentMs = body.sentBefore?.firstSentMs ?? null;
    const failedAt = [...(body.sentBefore?.failedAt ?? [])];
    // Each endpoint gets its turn before one is asked again, also where the body was handed back in between.
    const failures = [...(body.sentBefore?.failures ?? [])];
    for (let attempt = 1; ; attempt += 1) {
      const booking = await this.#waitForEndpoint(body, new Set(failures.slice(1 - this.#accepted.length)), signal);
      if (booking === null) return { kind: 'aborted' };
      const { endpoint } = booking;
      firstSentMs ??= clock.now();
      const sentMs = clock.now();
      this.#sends += 1;
      const send = this.#sends;
      const accepted = this.#accepted[endpoint] ?? 0;
      const answer = await this.#post(booking, body, signal);
      if (answer === null) return { kind: 'aborted' };
      isBodyReleased &&= answer.kind === 'answered' && answer.isBodyReleased;
      const outcome = outcomeOf(answer);
      const nowMs = clock.now();
      const { objectIds, idempotencyKey, bodyBytes, lines } = body;
      const made = { endpoint: this.#name(endpoint), objectIds, idempotencyKey, durationMs: nowMs - sentMs };
      if (outcome.kind === 'delivered') {
        this.#succeed(booking);
        this.#accepted[endpoint] = Math.max(this.#accepted[endpoint] ?? 0, send);
        events.emit({ kind: 'batch posted', ...made, bodyBytes: body.rawBytes ?? bodyBytes, lines });
        return { kind: 'acknowledged', endpoint, firstSentMs, acknowledgedMs: nowMs, isBodyReleased };
      }
      if (outcome.kind === 'refused' && answer.kind === 'answered' && isProven(body, accepted)) {
        this.#succeed(booking);
        events.emit({ kind: 'delivery refused', ...made, status: answer.status, error: answer.text });
        const refusal = { endpoint, status: answer.status, text: answer.text, sends: this.#sends };
        return { kind: 'refused', firstSentMs, sends, failures, failedAt, refusal };
      }
      const isServerError = answer.kind === 'answered' && answer.status >= 500;
      this.#fail(booking, outcome, answer, isServerError && isSuspect(body, failedAt));
      failures.push(endpoint);
      if (isServerError) failedAt.push(endpoint);
      const delayMs = this.#delayMs(failures.length, outcome, random.next());
      events.emit({ kind: 'delivery retried', ...made, ...describe(answer), attempt, delayMs });
      const failing = { kind: 'failing', firstSentMs, sends, failures, failedAt } as const;
      if (isServerError && this.#isAtFault(body, failing)) return { ...failing, isAtFault: true, delayMs };
      const isInUse = this.usableEndpointCount > 0;
      if (isInUse && isSuspect(body, failedAt)) return { ...failing, isAtFault: false, delayMs };
      if (delayMs > 0) await clock.sleep(delayMs, signal);
      if (isServerError && !isInUse && !signal.aborted) return { ...failing, isAtFault: false, delayMs: 0 };
    }
  }

  /** Endpoints have accepted others since it was first sent, and all of those answered it with a server error. */
  #isAtFault({ wasParked }: DeliveryBody, { failedAt, sends }: SentBefore): boolean {
    const serverErrorsMax = wasParked ? SERVER_ERRORS_AGAIN_MAX : SERVER_ERRORS_MAX;
    if (failedAt.length < Math.max(serverErrorsMax, this.#accepted.length)) return false;
    // What was parked once has shown that the fault is its own: it waits better there, in an outage too.
    if (wasParked) return true;
    const accepting = [...this.#accepted.keys()].filter((endpoint) => (this.#accepted[endpoint] ?? 0) > sends);
    return accepting.length > 0 && accepting.every((endpoint) => failedAt.includes(endpoint));
  }

  /** The first fail-over is at once; after that each failure waits longer. */
  #delayMs(failures: number, outcome: Outcome, random: number): number {
    const isFirstFailover = failures === 1 && this.usableEndpointCount > 0 && this.#ports.sink.endpoints.length > 1;
    if (isFirstFailover && outcome.kind !== 'refused') return 0;
    // What one endpoint asks for holds up that endpoint, not the batch, which another may take.
    const afterMs = outcome.kind === 'retry' && this.usableEndpointCount === 0 ? outcome.afterMs : null;
    return backoffMs(BACKOFF, failures, random, afterMs);
  }

  async #post(booking: Booking, body: DeliveryBody, signal: AbortSignal): Promise<SinkAnswer | null> {
    try {
      return await this.#ports.sink.post({ endpoint: booking.endpoint, ...body }, signal);
    } catch (error) {
      this.#picker.cancel(booking);
      if (signal.aborted) return null;
      throw error;
    }
  }

  /** Null when the signal aborts, or when the body is given up. */
  async #waitForEndpoint(body: DeliveryBody, avoid: ReadonlySet<number>, signal: AbortSignal): Promise<Booking | null> {
    const { clock } = this.#ports;
    while (!signal.aborted && !body.isGivenUp()) {
      const nowMs = this.#pickerMs();
      const booking = this.#picker.pick(nowMs, body.bodyBytes, avoid);
      if (booking !== null) return booking;
      const waitMs = this.#picker.waitMs(nowMs) ?? PROBE_POLL_MS;
      await clock.sleep(Math.min(Math.max(waitMs, 1), ENDPOINT_WAIT_MS_MAX), signal);
    }
    return null;
  }

  #succeed(booking: Booking): void {
    const { endpoint } = booking;
    const nowMs = this.#pickerMs();
    const wasClosed = this.#picker.state(endpoint, nowMs) === 'closed';
    this.#picker.succeed(booking);
    const isClosed = this.#picker.state(endpoint, nowMs) === 'closed';
    if (!wasClosed && isClosed) this.#ports.events.emit({ kind: 'endpoint resumed', endpoint: this.#name(endpoint) });
  }

  #fail(booking: Booking, outcome: Outcome, answer: SinkAnswer, isBodySuspect: boolean): void {
    const { events } = this.#ports;
    const { endpoint } = booking;
    const nowMs = this.#pickerMs();
    if (outcome.kind === 'refused') {
      // Nobody can tell yet whether the data or the endpoint is at fault: this body waits, others may show it.
      this.#succeed(booking);
      return;
    }
    const wasClosed = this.#picker.state(endpoint, nowMs) === 'closed';
    if (wasClosed && isBodySuspect) {
      this.#picker.cancel(booking);
      return;
    }
    const reason = outcome.kind === 'misconfigured' ? 'misconfigured' : 'unavailable';
    this.#picker.fail(booking, nowMs, reason, outcome.kind === 'retry' ? outcome.afterMs : null);
    if (wasClosed && this.#picker.state(endpoint, nowMs) !== 'closed') {
      events.emit({ kind: 'endpoint paused', endpoint: this.#name(endpoint), ...describe(answer) });
    }
  }

  /** The picker's pauses must not last longer because the clock was set back. */
  #pickerMs(): number {
    return this.#pickerTime.at(this.#ports.clock.now());
  }

  #name(endpoint: number): string {
    return this.#ports.sink.endpoints[endpoint] ?? String(endpoint);
  }
}

/**
 * Whether a refusal shows that the data is at fault. `accepted`: the latest body that the endpoint had accepted when this attempt was sent; what it
 * accepts while the attempt is under way may be the end of an outage that the attempt still met.
 */
function isProven({ suspectSince }: DeliveryBody, accepted: number): boolean {
  return suspectSince === null || accepted > suspectSince;
}

function isSuspect({ wasParked }: DeliveryBody, failedAt: readonly number[]): boolean {
  return wasParked || failedAt.length > UNSUSPICIOUS_SERVER_ERRORS_MAX;
}

function outcomeOf(answer: SinkAnswer): Outcome {
  switch (answer.kind) {
    case 'answered':
      return classifyStatus(answer.status, answer.retryAfterMs);
    case 'timeout':
    case 'network':
      return { kind: 'retry', afterMs: null };
  }
}

function describe(answer: SinkAnswer): { readonly status: number | null; readonly error: string } {
  switch (answer.kind) {
    case 'answered':
      return { status: answer.status, error: answer.text };
    case 'timeout':
      return { status: null, error: 'timeout' };
    case 'network':
      return { status: null, error: `${answer.code}: ${answer.message}` };
  }
}
