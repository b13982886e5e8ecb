/** What becomes of one POST, decided when it is made: when its body is taken, whether and when it is stored, what is answered and when. */
import type { SinkAnswer } from '#streamer';
import type { SeededRandom } from '../random.ts';
import type { FaultDesk } from './fault-desk.ts';
import { latency } from './surroundings.ts';

export interface PostEffect {
  /** When the endpoint has the whole body, in ms from the POST; null when it never takes one. */
  readonly takenMs: number | null;
  /** When the lines are stored; null for never. Not before the body is taken. A body that is refused is not stored. */
  readonly storedMs: number | null;
  readonly answeredMs: number;
  /** Null when the body decides: 200, or a refusal. */
  readonly answer: SinkAnswer | null;
}

export interface PostEffectOptions {
  readonly desk: FaultDesk;
  readonly random: SeededRandom;
  readonly nth: number;
  readonly endpoint: number;
  readonly middleMs: number;
  readonly timeoutMs: number;
  /** The endpoint will refuse the body once it has read it. */
  readonly isRefused: boolean;
  readonly body: string;
}

const TIMEOUT: SinkAnswer = { kind: 'timeout' };
const RESET: SinkAnswer = { kind: 'network', code: 'ECONNRESET', message: 'the connection was reset' };
const REFUSED: SinkAnswer = { kind: 'network', code: 'ECONNREFUSED', message: 'nobody listens' };

export function effectOfPost(options: PostEffectOptions): PostEffect {
  const { timeoutMs } = options;
  const effect = effectOfAbsence(options) ?? effectOfCount(options) ?? effectOfWeather(options) ?? healthy(options);
  if (effect.answeredMs <= timeoutMs) return effect;
  // Nobody waits that long; the endpoint knows nothing of that.
  return { ...effect, answeredMs: timeoutMs, answer: TIMEOUT };
}

/** An endpoint that is not there, or not in order. */
function effectOfAbsence({ desk, random, endpoint, timeoutMs, middleMs }: PostEffectOptions): PostEffect | null {
  const fault = desk.active('sink-outage') ?? desk.deadEndpoint(endpoint);
  if (fault === null) return null;
  desk.exercise(fault);
  switch (fault.how) {
    case 'refuses':
      return { takenMs: null, storedMs: null, answeredMs: 1 + random.next(), answer: REFUSED };
    case 'hangs':
      return { takenMs: null, storedMs: null, answeredMs: timeoutMs, answer: TIMEOUT };
    case 'misconfigured':
      return unstored(latency(random, middleMs), answered(random.pick([401, 403, 404]), null, true));
  }
}

/** A fault that hits this very POST. */
function effectOfCount({ desk, random, nth, middleMs, timeoutMs, isRefused }: PostEffectOptions): PostEffect | null {
  const doneMs = latency(random, middleMs);
  const failing = desk.hit('post-fails', nth);
  if (failing !== null) {
    const answer = answered(failing.status, failing.retryAfterMs, true);
    return { takenMs: doneMs / 3, storedMs: failing.isStored ? doneMs / 2 : null, answeredMs: doneMs, answer };
  }
  const reset = desk.hit('post-resets', nth);
  if (reset !== null) {
    return { takenMs: doneMs / 3, storedMs: reset.isStored ? doneMs / 2 : null, answeredMs: doneMs, answer: RESET };
  }
  const late = desk.hit('post-late', nth);
  if (late !== null) {
    const lateMs = timeoutMs + late.lateMs;
    desk.disturbFor(lateMs);
    // The body may be taken and stored in time, with only the answer late; or all of it is late.
    const takenMs = random.chance(0.5) ? doneMs / 3 : lateMs / 2;
    const storedMs = late.isStored ? Math.max(takenMs, random.chance(0.5) ? doneMs / 2 : lateMs) : null;
    return { takenMs, storedMs, answeredMs: lateMs, answer: TIMEOUT };
  }
  // Nobody accepts what he has yet to refuse.
  const isAcceptable = !isRefused && desk.active('refuses-all') === null;
  if (isAcceptable && desk.hit('post-early', nth) !== null) {
    const answer = answered(200, null, false);
    return { takenMs: doneMs * 2, storedMs: doneMs * 2, answeredMs: doneMs / 3, answer };
  }
  return null;
}

/** What lasts for a while. */
function effectOfWeather(options: PostEffectOptions): PostEffect | null {
  const { desk, random, middleMs } = options;
  const storm = desk.active('storm');
  if (storm !== null && random.chance(storm.share)) {
    desk.exercise(storm);
    // It may not even have read the body.
    const isBodyReleased = random.chance(0.5);
    return unstored(latency(random, middleMs), answered(storm.status, storm.retryAfterMs, isBodyReleased));
  }
  const refusing = desk.active('refuses-all');
  if (refusing !== null) {
    desk.exercise(refusing);
    return unstored(latency(random, middleMs), answered(400, null, true));
  }
  const choking = desk.active('sink-chokes');
  if (choking !== null && options.body.includes(`"user":"user-${choking.user}"`)) {
    desk.exercise(choking);
    return unstored(latency(random, middleMs), answered(500, null, true));
  }
  const slow = desk.active('sink-slow');
  if (slow === null) return null;
  desk.exercise(slow);
  return healthy({ ...options, middleMs: slow.latencyMs });
}

function healthy({ random, middleMs }: PostEffectOptions): PostEffect {
  const doneMs = latency(random, middleMs);
  return { takenMs: doneMs / 3, storedMs: (doneMs * 2) / 3, answeredMs: doneMs, answer: null };
}

function unstored(answeredMs: number, answer: SinkAnswer): PostEffect {
  return { takenMs: answeredMs / 2, storedMs: null, answeredMs, answer };
}

function answered(status: number, retryAfterMs: number | null, isBodyReleased: boolean): SinkAnswer {
  return { kind: 'answered', status, retryAfterMs, text: `status ${status}, as planned`, isBodyReleased };
}
