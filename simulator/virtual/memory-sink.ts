/**
 * The endpoints as one instance sees them. What a body becomes at the endpoint goes on when the instance dies; what the instance is told ends with it.
 * The memory of a body is read when the endpoint takes it, not before: whoever gives it away too early sends something else.
 */
import type { Sink, SinkAnswer, SinkRequest } from '#streamer';
import type { SeededRandom } from '../random.ts';
import { POISON } from './content.ts';
import { type Hold, isPiece, Pieces } from './pieces.ts';
import { effectOfPost, type PostEffect } from './post-effect.ts';
import { stopped, type Surroundings } from './surroundings.ts';
import type { LineRun, Version } from './truth.ts';
import type { Life } from './virtual-time.ts';

export interface SinkOptions {
  readonly surroundings: Surroundings;
  readonly life: Life;
  readonly instance: number;
  readonly requestTimeoutMs: number;
  /** A POST of them begins; null where nobody wants to know. */
  readonly onPost: ((runs: readonly LineRun[]) => void) | null;
  /** Whether the instance goes on having what it has of the object now. */
  readonly holdOf: (version: Version) => Hold;
  /** The instance hears that a batch of them is accepted. */
  readonly onAccepted: (runs: readonly LineRun[]) => void;
}

const REFUSALS = [400, 413, 422] as const;
const ALWAYS: Hold = () => true;

/** One POST on its way. */
interface Attempt {
  readonly nth: number;
  readonly request: SinkRequest;
  readonly effect: PostEffect;
  /** One of its lines is refused by every endpoint. */
  readonly isRefused: boolean;
  /** What will be stored, as it was sent, where somebody wants to know; empty when it was. */
  sent: readonly LineRun[];
  /** Null until the endpoint has the body. */
  runs: readonly LineRun[] | null;
  isAnswered: boolean;
  /** Of its object, where it is a piece of a batch. */
  isHeld: Hold;
}

export class MemorySink implements Sink {
  readonly endpoints: readonly string[];
  readonly #options: SinkOptions;
  readonly #random: SeededRandom;
  readonly #underWay = new Set<Attempt>();
  readonly #pieces = new Pieces();
  #hasServerErrors = false;

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#random = options.surroundings.random('sink');
    const { endpoints } = options.surroundings.plan.settings;
    this.endpoints = Array.from({ length: endpoints }, (_, index) => `http://agent-${index}.example:8080/`);
  }

  async post(request: SinkRequest, signal: AbortSignal): Promise<SinkAnswer> {
    const { time, desk, trace, plan } = this.#options.surroundings;
    if (signal.aborted) throw stopped();
    const nth = desk.count('post');
    const body = bodyOf(request);
    const isRefused = body.includes(POISON);
    const effect = effectOfPost({
      desk,
      random: this.#random,
      nth,
      endpoint: request.endpoint,
      middleMs: plan.latencyMs.sink,
      timeoutMs: this.#options.requestTimeoutMs,
      isRefused,
      body,
    });
    trace.add('post', nth, request.endpoint, request.bodyBytes, request.idempotencyKey);
    const isHeld = this.#holdOf(request);
    const attempt: Attempt = { nth, request, effect, isRefused, sent: [], runs: null, isAnswered: false, isHeld };
    this.#underWay.add(attempt);
    this.#begin(attempt);
    if (effect.takenMs !== null) time.after(effect.takenMs, this.#options.life, () => this.#take(attempt));
    return this.#answer(attempt, signal);
  }

  async close(): Promise<void> {}

  /** Something was answered with 5xx. */
  get hasServerErrors(): boolean {
    return this.#hasServerErrors;
  }

  /** The streamer gets this object, not for the first time perhaps. */
  onGet(version: Version): void {
    this.#pieces.readAgain(version, this.#options.surroundings.truth);
  }

  /** It was acknowledged, in a piece of a batch that was then given up: see `pieces.ts`. */
  isGivenUp(version: Version, line: number): boolean {
    return this.#pieces.isGivenUp(version, line);
  }

  /** Lines that were sent and not answered. */
  get linesUnderWay(): readonly LineRun[] {
    return [...this.#underWay].flatMap((attempt) => this.#runsOf(attempt));
  }

  /** POSTs without an answer. */
  get unansweredPosts(): number {
    return [...this.#underWay].filter(({ isAnswered }) => !isAnswered).length;
  }

  /** The instance is dead. What had the answer ahead of the body reached the endpoint all the same, as the system sends on what it was given. */
  abandon(): void {
    for (const attempt of this.#underWay) {
      if (isEarly(attempt.effect) && attempt.runs === null) this.#take(attempt);
      // It will never arrive.
      if (attempt.runs === null) this.#forget(attempt);
    }
    this.#underWay.clear();
  }

  #begin(attempt: Attempt): void {
    const { onPost, surroundings } = this.#options;
    if (onPost === null) return;
    const runs = this.#read(attempt.request);
    onPost(runs);
    if (!willStore(attempt)) return;
    attempt.sent = runs;
    surroundings.truth.send(runs, 1);
  }

  /** It is no longer under way. */
  #forget(attempt: Attempt): void {
    this.#options.surroundings.truth.send(attempt.sent, -1);
    attempt.sent = [];
  }

  async #answer(attempt: Attempt, signal: AbortSignal): Promise<SinkAnswer> {
    const { time, passKillPoint } = this.#options.surroundings;
    const { life } = this.#options;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(stopped());
      };
      const timer = time.after(attempt.effect.answeredMs, life, () => {
        signal.removeEventListener('abort', onAbort);
        resolve(this.#tell(attempt));
        passKillPoint('post-answered', life);
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** What the streamer is told, and what that means for the accounts. */
  #tell(attempt: Attempt): SinkAnswer {
    const { truth, trace } = this.#options.surroundings;
    const answer = attempt.effect.answer ?? this.#decide(attempt);
    attempt.isAnswered = true;
    const isAccepted = answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
    this.#hasServerErrors ||= answer.kind === 'answered' && answer.status >= 500;
    trace.add('answer', attempt.nth, answer.kind === 'answered' ? answer.status : answer.kind);
    const status = answer.kind === 'answered' ? answer.status : null;
    const { request, isHeld } = attempt;
    this.#pieces.answer({
      idempotencyKey: request.idempotencyKey,
      status,
      isHeld,
      runsOf: () => this.#runsOf(attempt),
    });
    if (isAccepted) this.#accept(attempt);
    else if (willStore(attempt)) truth.allowRepeat(this.#runsOf(attempt));
    // An early answer leaves the body on its way.
    if (!isEarly(attempt.effect)) this.#underWay.delete(attempt);
    return answer;
  }

  #accept(attempt: Attempt): void {
    const { surroundings, instance, onAccepted } = this.#options;
    const runs = this.#runsOf(attempt);
    surroundings.truth.acknowledge(runs, instance);
    // A refused batch is settled when all of its pieces are.
    if (!isPiece(attempt.request.idempotencyKey)) onAccepted(runs);
  }

  #decide({ isRefused }: Attempt): SinkAnswer {
    const status = isRefused ? this.#random.pick(REFUSALS) : 200;
    return { kind: 'answered', status, retryAfterMs: null, text: isRefused ? 'poison' : '', isBodyReleased: true };
  }

  #take(attempt: Attempt): void {
    const { time, passKillPoint, trace } = this.#options.surroundings;
    const { effect, request } = attempt;
    attempt.runs = this.#read(request);
    trace.add('taken', attempt.nth, attempt.isRefused);
    passKillPoint('post-received', this.#options.life);
    if (!willStore(attempt) || effect.storedMs === null || effect.takenMs === null) return;
    // Whatever becomes of the instance.
    time.after(effect.storedMs - effect.takenMs, null, () => this.#store(attempt));
  }

  #store(attempt: Attempt): void {
    const { truth, trace, passKillPoint } = this.#options.surroundings;
    trace.add('stored', attempt.nth);
    truth.store(attempt.runs ?? []);
    this.#forget(attempt);
    if (isEarly(attempt.effect)) this.#underWay.delete(attempt);
    passKillPoint('post-stored', this.#options.life);
  }

  #holdOf(request: SinkRequest): Hold {
    const version = isPiece(request.idempotencyKey) ? this.#read(request)[0]?.version : undefined;
    return version === undefined ? ALWAYS : this.#options.holdOf(version);
  }

  #runsOf({ runs, request }: Attempt): readonly LineRun[] {
    return runs ?? this.#read(request);
  }

  #read(request: SinkRequest): readonly LineRun[] {
    return this.#options.surroundings.truth.readBody(bodyOf(request));
  }
}

function willStore({ effect, isRefused }: Attempt): boolean {
  return effect.storedMs !== null && !isRefused;
}

/** Answered before the body is taken. */
function isEarly({ takenMs, answeredMs, answer }: PostEffect): boolean {
  return takenMs !== null && takenMs > answeredMs && answer?.kind === 'answered' && answer.status < 300;
}

function bodyOf({ parts, bodyBytes }: SinkRequest): string {
  return Buffer.concat(parts, bodyBytes).toString('latin1');
}
