/**
 * The share stage, where several instances share the objects: what this one has found and may be read is told to the others, until it is complete. Telling
 * again, every few seconds, is what heals a shared set that has lost some of its objects.
 * Invariant: an object is followed from the moment it is found until it is durably complete, whoever completes it.
 */
import { backoffMs, SHARED_STATE_RETRY } from './core/backoff.ts';
import { identityOf, type ObjectTask } from './core/object-task.ts';
import { laneOf } from './core/ready-queue.ts';
import { StreamerError } from './errors.ts';
import type { OfferAnswer, SharedObject, SharedWork } from './ports.ts';
import type { RunContext } from './run-context.ts';

const OBJECTS_PER_OFFER = 500;
/** So many wait for room in the shared set, then the rest waits where discovery sees it, and waits as well. */
const WAITING_MAX = { backlog: OBJECTS_PER_OFFER, live: 2 * OBJECTS_PER_OFFER } as const;
const TELL_AGAIN_MS = 5_000;
/** While the shared set is full. */
const ROOM_POLL_MS = 200;

interface Followed {
  readonly task: ObjectTask;
  readonly shared: SharedObject;
  /** By `Clock.elapsed`. */
  tellMs: number;
}

export class Offers {
  readonly #shared: SharedWork;
  readonly #followed = new Map<string, Followed>();

  constructor(shared: SharedWork) {
    this.#shared = shared;
  }

  /** LastModified of the oldest object that is followed; null when there is none. */
  oldestMs(): number | null {
    let oldestMs: number | null = null;
    for (const { task } of this.#followed.values()) {
      // A request is durable itself: nobody need look back for its object.
      if (task.wanted !== undefined) continue;
      oldestMs = Math.min(oldestMs ?? Infinity, task.object.lastModifiedMs);
    }
    return oldestMs;
  }

  async run(context: RunContext, signal: AbortSignal): Promise<void> {
    const { clock } = context.ports;
    while (!signal.aborted) {
      const nowMs = clock.now();
      const elapsedMs = clock.elapsed();
      const due = [...this.#followed.values()].filter(({ tellMs }) => tellMs <= elapsedMs);
      due.push(...this.#follow(context, due.length, nowMs, elapsedMs));
      if (due.length > 0) {
        const first = liveFirst(due, nowMs, context.config.processing.liveWindowMs).slice(0, OBJECTS_PER_OFFER);
        const isFull = await this.#tell(context, first, signal);
        if (isFull) await clock.sleep(ROOM_POLL_MS, signal);
        continue;
      }
      const nextMs = Math.min(context.found.nextNotBeforeMs ?? Infinity, nowMs + TELL_AGAIN_MS);
      await context.foundChanged.wait(clock, Math.max(1, nextMs - nowMs), signal);
    }
  }

  /** Takes what may be read now, beside what waits to be told. */
  #follow({ found, config }: RunContext, waiting: number, nowMs: number, elapsedMs: number): readonly Followed[] {
    const { liveWindowMs } = config.processing;
    const taken: Followed[] = [];
    while (taken.length < OBJECTS_PER_OFFER) {
      const next = found.take(nowMs);
      if (next === null) break;
      const { task, lane } = next;
      if (waiting >= WAITING_MAX[lane]) {
        // Its moment has come, and comes no second time when the clock is set back.
        found.push({ ...task, notBeforeMs: nowMs }, nowMs);
        break;
      }
      const rankMs = lane === 'live' ? task.eligibleMs : Math.min(task.eligibleMs, nowMs - liveWindowMs);
      const { object, listedMs, settled, wanted, wantedKind } = task;
      const request = wanted === undefined ? null : { seq: wanted, kind: wantedKind ?? 'missing' };
      const shared = { object, listedMs, rankMs, settled, wanted: request };
      const followed = { task, shared, tellMs: elapsedMs };
      this.#followed.set(identityOf(object), followed);
      taken.push(followed);
    }
    return taken;
  }

  /** True when there was no room for some. */
  async #tell(context: RunContext, due: readonly Followed[], signal: AbortSignal): Promise<boolean> {
    const { clock } = context.ports;
    const objects = due.map(({ shared }) => shared);
    const answers = await this.#ask(context, objects, signal);
    for (const [index, followed] of due.entries()) {
      const answer = answers[index];
      if (answer === 'complete') this.#settle(context, followed);
      else if (answer !== undefined && answer !== 'full') followed.tellMs = clock.elapsed() + TELL_AGAIN_MS;
    }
    return answers.includes('full');
  }

  #settle({ known, progress, ports }: RunContext, { task }: Followed): void {
    const identity = identityOf(task.object);
    this.#followed.delete(identity);
    known.markDone(identity, ports.clock.now());
    if (task.wanted !== undefined && task.wantedKind === 'missing') progress.fulfil(task.wanted, 'delivered');
  }

  /** However often that fails; empty when the signal aborts. */
  async #ask(
    { ports, config }: RunContext,
    objects: readonly SharedObject[],
    signal: AbortSignal,
  ): Promise<readonly OfferAnswer[]> {
    const { queueObjectsMax: readyMax, liveWindowMs } = config.processing;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await this.#shared.offer(objects, { readyMax, liveWindowMs });
      } catch (error) {
        if (!(error instanceof StreamerError)) throw error;
        const delayMs = backoffMs(SHARED_STATE_RETRY, failures, ports.random.next(), null);
        ports.events.emit({ kind: 'state read failed', code: error.code, error: error.message, delayMs });
        await ports.clock.sleep(delayMs, signal);
      }
    }
    return [];
  }
}

/** Backlog that waits for room must not keep live objects waiting; nor must those that have become backlog by waiting. */
function liveFirst(due: readonly Followed[], nowMs: number, liveWindowMs: number): readonly Followed[] {
  const { live = [], backlog = [] } = Object.groupBy(due, ({ task }) => laneOf(task, nowMs, liveWindowMs));
  return [...live, ...backlog];
}
