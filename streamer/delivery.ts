/**
 * Delivers one body: picks an endpoint, POSTs, reads the outcome, and tries again until it is acknowledged or refused.
 * Invariant: `acknowledged` is returned only for a 2xx answer to this very body.
 */
import { backoffMs } from './core/backoff.ts';
import { type Booking, type BreakerState, EndpointPicker } from './core/endpoint-picker.ts';
import { classifyStatus, type Outcome } from './core/response.ts';
import { SteadyTime } from './core/steady-time.ts';
import type { Ports, SinkAnswer } from './ports.ts';

export interface DeliveryBody {
  readonly parts: readonly Uint8Array[];
  readonly bodyBytes: number;
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
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'aborted' };

export interface EndpointStatus {
  readonly endpoint: string;
  readonly state: BreakerState;
}

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
    let firstSentMs: number | null = null;
    let avoid: number | null = null;
    let isBodyReleased = true;
    for (let attempt = 1; ; attempt += 1) {
      const booking = await this.#waitForEndpoint(body.bodyBytes, avoid, signal);
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
        events.emit({ kind: 'batch posted', ...made, bodyBytes, lines });
        return { kind: 'acknowledged', endpoint, firstSentMs, acknowledgedMs: nowMs, isBodyReleased };
      }
      if (outcome.kind === 'refused' && answer.kind === 'answered' && isProven(body, accepted)) {
        this.#succeed(booking);
        events.emit({ kind: 'delivery refused', ...made, status: answer.status, error: answer.text });
        return { kind: 'refused', refusal: { endpoint, status: answer.status, text: answer.text, sends: this.#sends } };
      }
      this.#fail(booking, outcome, answer);
      avoid = endpoint;
      const delayMs = this.#delayMs(attempt, outcome, random.next());
      events.emit({ kind: 'delivery retried', ...made, ...describe(answer), attempt, delayMs });
      if (delayMs > 0) await clock.sleep(delayMs, signal);
    }
  }

  /** The first fail-over is at once; after that each failure waits longer. */
  #delayMs(attempt: number, outcome: Outcome, random: number): number {
    const isFirstFailover = attempt === 1 && this.usableEndpointCount > 0 && this.#ports.sink.endpoints.length > 1;
    if (isFirstFailover && outcome.kind !== 'refused') return 0;
    return backoffMs(BACKOFF, attempt, random, outcome.kind === 'retry' ? outcome.afterMs : null);
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

  async #waitForEndpoint(bytes: number, avoid: number | null, signal: AbortSignal): Promise<Booking | null> {
    const { clock } = this.#ports;
    while (!signal.aborted) {
      const nowMs = this.#pickerMs();
      const booking = this.#picker.pick(nowMs, bytes, avoid);
      if (booking !== null) return booking;
      const waitMs = this.#picker.waitMs(nowMs) ?? PROBE_POLL_MS;
      await clock.sleep(Math.min(Math.max(waitMs, 1), ENDPOINT_WAIT_MS_MAX), signal);
    }
    return null;
  }

  #succeed(booking: Booking): void {
    const { endpoint } = booking;
    const wasClosed = this.#picker.state(endpoint, this.#pickerMs()) === 'closed';
    this.#picker.succeed(booking);
    if (!wasClosed) this.#ports.events.emit({ kind: 'endpoint resumed', endpoint: this.#name(endpoint) });
  }

  #fail(booking: Booking, outcome: Outcome, answer: SinkAnswer): void {
    const { events } = this.#ports;
    const { endpoint } = booking;
    const nowMs = this.#pickerMs();
    if (outcome.kind === 'refused') {
      // Nobody can tell yet whether the data or the endpoint is at fault: this body waits, others may show it.
      this.#succeed(booking);
      return;
    }
    const wasClosed = this.#picker.state(endpoint, nowMs) === 'closed';
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
