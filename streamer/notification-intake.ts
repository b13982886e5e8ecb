/**
 * Another motion of discovery: S3 tells of new objects through a queue. Each object goes through the same decision and the same look-up as a listed one,
 * so it does not matter how many ways an object is found, or how often.
 * Invariant: a message is deleted only when every object that it tells of is durably complete or quarantined, or skipped for a reason that has a name;
 * one that cannot be read is left to the queue's redrive policy.
 */
import { backoffMs } from './core/backoff.ts';
import { identityOf } from './core/object-task.ts';
import { parseS3Event, type ToldObject } from './core/s3-event.ts';
import { sourceOf } from './core/source-of.ts';
import { Slots } from './core/slots.ts';
import { hasCode, StreamerError } from './errors.ts';
import { HeldMessages, QUEUE_RETRY } from './held-messages.ts';
import type { Notification, Notifications, ObjectRef } from './ports.ts';
import type { RunContext } from './run-context.ts';
import type { Offered, SourceIntake } from './source-intake.ts';

/** HEADs at a time: the sockets are meant for GETs. */
export const HEADS_MAX = 10;
/** So many objects may wait for room in the ready queue; then no more messages are received. */
const WAITING_OFFERS_MAX = 20;
const ROOM_POLL_MS = 50;
const HEAD_RETRY = { delayMsBase: 200, delayMsMax: 30_000 } as const;
/** Up to a lease, and for many objects at the same time. */
const START_POLL_MS = 1_000;
/** An event may be ahead of what S3 shows; after so many looks the object is gone. */
const GONE_LOOKS = 3;
/** Between two warnings that objects are told of that no source has. */
const FOREIGN_REST_MS = 60_000;
const FOREIGN_ADVICE =
  'their messages are deleted: if these objects should be delivered, name their bucket and prefix, as they stand here, in s3.sources';
/** For giving the messages back at the end. */
const CLOSE_MS_MAX = 3_000;

/** A message, and how many of the objects that it tells of are not over. */
interface OpenMessage {
  readonly id: string;
  openObjects: number;
}

export class NotificationIntake {
  readonly #context: RunContext;
  readonly #notifications: Notifications;
  readonly #intakes: readonly SourceIntake[];
  readonly #held: HeldMessages;
  readonly #heads = new Slots(HEADS_MAX);
  /** Rejected by a fault of ours in the care for one object, which nobody waits for. */
  readonly #fault = Promise.withResolvers<never>();
  #offering = 0;
  /** Not yet told of. */
  #foreignObjects = 0;
  #foreignToldMs = -Infinity;

  constructor(context: RunContext, notifications: Notifications, intakes: readonly SourceIntake[]) {
    const { ports, config, queue } = context;
    this.#context = context;
    this.#notifications = notifications;
    this.#intakes = intakes;
    const hiddenMs = config.discovery.visibilityTimeoutMs;
    this.#held = new HeldMessages({ ports, notifications, hiddenMs, failing: queue.failingActions });
  }

  /** Receives until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#receive(signal), this.#fault.promise]);
  }

  /** Looks after the messages that were received, until the signal aborts: longer than `run`, because what is under way at a stop is still settled. */
  async keep(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#held.keep(signal), this.#fault.promise]);
  }

  /** Call it when progress is saved: whoever gets a message next then finds what was settled of its objects. */
  async close(): Promise<void> {
    const { clock } = this.#context.ports;
    const limit = new AbortController();
    void clock.sleep(CLOSE_MS_MAX, limit.signal).then(() => limit.abort());
    await this.#held.close(limit.signal);
    limit.abort();
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const { ports, config, queue } = this.#context;
    const hiddenMs = config.discovery.visibilityTimeoutMs;
    for (let failures = 0; !signal.aborted;) {
      const messagesMax = await this.#waitForRoom(signal);
      if (signal.aborted) return;
      try {
        const messages = await this.#notifications.receive({ messagesMax, hiddenMs }, signal);
        queue.failingActions.delete('receive');
        failures = 0;
        if (messages.length > 0) ports.events.emit({ kind: 'notifications received', messages: messages.length });
        for (const message of messages) this.#take(message, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof StreamerError)) throw error;
        queue.failingActions.add('receive');
        failures += 1;
        ports.events.emit({ kind: 'queue failed', action: 'receive', code: error.code, error: error.message });
        await ports.clock.sleep(backoffMs(QUEUE_RETRY, failures, ports.random.next(), null), signal);
      }
    }
  }

  /** Gives back how many messages may be received. */
  async #waitForRoom(signal: AbortSignal): Promise<number> {
    const { clock } = this.#context.ports;
    const heldMax = this.#context.config.processing.queueObjectsMax * 2;
    while (!signal.aborted && (this.#held.count >= heldMax || this.#offering >= WAITING_OFFERS_MAX))
      await clock.sleep(ROOM_POLL_MS, signal);
    return heldMax - this.#held.count;
  }

  #take(message: Notification, signal: AbortSignal): void {
    const { events } = this.#context.ports;
    const { id } = message;
    if (!this.#held.hold(message)) return;
    const event = parseS3Event(message.body);
    switch (event.kind) {
      case 'unreadable':
        events.emit({ kind: 'notification unreadable', messageId: id, error: event.error });
        this.#held.leave(id);
        return;
      case 'test':
        events.emit({ kind: 'notification ignored', messageId: id, reason: 'test-event' });
        this.#held.settle(id);
        return;
      case 'created': {
        if (event.objects.length === 0) {
          events.emit({ kind: 'notification ignored', messageId: id, reason: 'no-object-created' });
          this.#held.settle(id);
        }
        const open: OpenMessage = { id, openObjects: event.objects.length };
        for (const told of event.objects) this.#follow(open, told, signal);
      }
    }
  }

  #follow(message: OpenMessage, told: ToldObject, signal: AbortSignal): void {
    this.#followToEnd(message, told, signal).catch((error: unknown) => this.#fault.reject(error));
  }

  async #followToEnd(message: OpenMessage, told: ToldObject, signal: AbortSignal): Promise<void> {
    const { known } = this.#context;
    const found = await this.#offer(told, signal);
    if (found === null) return;
    switch (found.offered.kind) {
      case 'complete':
      case 'skipped':
        this.#end(message);
        return;
      case 'queued':
      case 'under-way':
        known.watch(found.identity, (end) => {
          if (end === 'done') this.#end(message);
          // Overwritten: the version that stands there now is what the message is about. At a stop the message is given back.
          else if (!signal.aborted) this.#follow(message, told, signal);
        });
    }
  }

  #end(message: OpenMessage): void {
    message.openObjects -= 1;
    if (message.openObjects === 0) this.#held.settle(message.id);
  }

  /** Null when the signal aborts. */
  async #offer(told: ToldObject, signal: AbortSignal): Promise<{ identity: string; offered: Offered } | null> {
    const { events } = this.#context.ports;
    const { bucket, key, etag } = told;
    const source = sourceOf(this.#context.config.s3.sources, told);
    const intake = source === null ? undefined : this.#intakes[source];
    if (source === null || intake === undefined) {
      events.emit({ kind: 'object skipped', bucket, key, reason: 'no-source' });
      this.#tellOfForeign(told);
      return { identity: '', offered: { kind: 'skipped', reason: 'no-source' } };
    }
    if (etag !== null) {
      const identity = identityOf({ bucket, key, etag });
      const standing = intake.standing(identity);
      if (standing !== null) return { identity, offered: standing };
    }
    const object = await this.#locate(source, told, signal);
    if (object === null) return null;
    if (object === 'gone') return { identity: '', offered: intake.skip(key, 'gone') };
    await this.#waitForStart(object, signal);
    this.#offering += 1;
    const [offered] = await intake.offer([object], { motion: 'notification', sinceMs: -Infinity }, signal);
    this.#offering -= 1;
    return offered === undefined ? null : { identity: identityOf(object), offered };
  }

  /** All of them may be foreign by a mistake in the configuration, and nobody would notice that nothing comes. */
  #tellOfForeign({ bucket, key }: ToldObject): void {
    const { clock, events } = this.#context.ports;
    this.#foreignObjects += 1;
    const nowMs = clock.elapsed();
    if (nowMs - this.#foreignToldMs < FOREIGN_REST_MS) return;
    events.emit({ kind: 'foreign objects', bucket, key, objects: this.#foreignObjects, advice: FOREIGN_ADVICE });
    this.#foreignObjects = 0;
    this.#foreignToldMs = nowMs;
  }

  /** Nobody else need find what is told of: it is skipped only once it is sure that it lies before the start. */
  async #waitForStart({ lastModifiedMs }: ObjectRef, signal: AbortSignal): Promise<void> {
    const { ports, start } = this.#context;
    while (!signal.aborted && lastModifiedMs < start.fromMs && !start.isSure)
      await ports.clock.sleep(START_POLL_MS, signal);
  }

  /**
   * The version that stands there now, with its true LastModified: state is kept by that, and the time of the event is another (an upload in parts is
   * modified when it begins, and told of when it ends). Null when the signal aborts.
   */
  async #locate(source: number, told: ToldObject, signal: AbortSignal): Promise<ObjectRef | 'gone' | null> {
    const { ports, listing } = this.#context;
    const { bucket, key } = told;
    let looksInVain = 0;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        const object = await this.#heads.run(async () => this.#look(told, signal));
        listing.failingSources.delete(source);
        return object;
      } catch (error) {
        if (signal.aborted) return null;
        if (!(error instanceof StreamerError)) throw error;
        const isMissing = hasCode(error, 'S3_NOT_FOUND');
        if (isMissing) {
          // S3 has answered.
          listing.failingSources.delete(source);
          looksInVain += 1;
        } else listing.failingSources.add(source);
        if (looksInVain === GONE_LOOKS) return 'gone';
        const delayMs = backoffMs(HEAD_RETRY, failures, ports.random.next(), null);
        ports.events.emit({ kind: 'head failed', bucket, key, code: error.code, error: error.message, delayMs });
        await ports.clock.sleep(delayMs, signal);
      }
    }
    return null;
  }

  /**
   * HEAD; and a LIST of just this key where that is refused, because S3 refuses the HEAD of a missing object to those who may list only a prefix, and where
   * it says 404, because a proxy says that, too, of an S3 that is away.
   */
  async #look({ bucket, key }: ToldObject, signal: AbortSignal): Promise<ObjectRef> {
    const { objects, events } = this.#context.ports;
    try {
      const object = await objects.head({ bucket, key }, signal);
      events.emit({ kind: 'headed', bucket, key });
      return object;
    } catch (error) {
      if (!hasCode(error, 'S3_ACCESS_DENIED', 'S3_NOT_FOUND')) throw error;
      const page = await objects.list(
        { bucket, prefix: key, startAfter: null, continuationToken: null, delimiter: null, keysMax: 1 },
        signal,
      );
      events.emit({ kind: 'listed', bucket, prefix: key, motion: 'notification', objects: page.objects.length });
      const object = page.objects.find((listed) => listed.key === key);
      if (object === undefined)
        throw new StreamerError('S3_NOT_FOUND', `s3://${bucket}/${key} is not listed`, { cause: error });
      return object;
    }
  }
}
