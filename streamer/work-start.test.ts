/** Where the work begins, while the store that instances share does not know it, or does not say it. */
import { describe, expect, it } from 'vitest';
import { Claim } from './core/claim.ts';
import { identityOf } from './core/object-task.ts';
import { StreamerError } from './errors.ts';
import type { HeldObject, OfferAnswer, SharedObject, SharedWork } from './ports.ts';
import { eventOf, FakeQueue } from './testing/fake-queue.ts';
import type { FakeStateStore } from './testing/fakes.ts';
import { allComplete, createWorld, expectDelivered, start, START_MS, write } from './testing/world.ts';
import { WorkStart } from './work-start.ts';

const LEASE_TTL_MS = 15_000;
const MINUTE_MS = 60_000;

/** The set that instances share, as one of them sees it while the others are silent. */
class FakeShared implements SharedWork {
  readonly leaseTtlMs = LEASE_TTL_MS;
  isLister = true;
  readonly #state: FakeStateStore;
  readonly #known = new Set<string>();
  #ready: SharedObject[] = [];

  constructor(state: FakeStateStore) {
    this.#state = state;
  }

  async renew(_session: string, _held: readonly HeldObject[], onAsk: () => () => void) {
    onAsk()();
    return { isLister: this.isLister, lost: [], takenOver: 0 };
  }

  async offer(objects: readonly SharedObject[]) {
    return objects.map((shared): OfferAnswer => {
      const identity = identityOf(shared.object);
      if (this.#state.isComplete(shared.object)) return 'complete';
      if (this.#known.has(identity)) return 'under-way';
      this.#known.add(identity);
      this.#ready.push(shared);
      return 'queued';
    });
  }

  async claim() {
    const claimed = this.#ready.map((shared) => ({ ...shared, claim: new Claim(identityOf(shared.object)) }));
    this.#ready = [];
    return { claimed, takenOver: 0, isLeaseOver: false };
  }

  async giveBack() {}

  async dismiss() {}

  async leave() {}
}

function createSharedWorld() {
  const world = createWorld();
  return { ...world, shared: new FakeShared(world.state), queue: new FakeQueue(world.clock) };
}

const NOTIFIED = {
  discovery: { mode: 'sqs', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/events', visibilityTimeoutMs: 30_000 },
  processing: { startFrom: 'now' },
} as const;

describe('a message of an object from before the start', () => {
  it('is not deleted while others may still tell of an earlier start; then its object is delivered', async () => {
    const world = createSharedWorld();
    const streamer = start(world, NOTIFIED);
    const old = write(world, { lastModifiedMs: START_MS - 10 * MINUTE_MS });
    const message = world.queue.send(eventOf(old.ref));
    await world.clock.runFor(LEASE_TTL_MS);
    expect(world.queue.ids).toEqual([message]);
    world.state.head = { startFromMs: 0, floorMs: 0 };
    await world.clock.runUntil(() => world.queue.ids.length === 0, 30_000);
    expectDelivered(world, [old]);
    expect(streamer.events.of('object skipped')).toEqual([]);
    await streamer.stop();
  });

  it('is deleted once nobody has told of an earlier one for a lease', async () => {
    const world = createSharedWorld();
    const streamer = start(world, NOTIFIED);
    const old = write(world, { lastModifiedMs: START_MS - 10 * MINUTE_MS });
    world.queue.send(eventOf(old.ref));
    await world.clock.runUntil(() => world.queue.ids.length === 0, LEASE_TTL_MS + 10_000);
    expect(streamer.events.of('object skipped')).toMatchObject([{ key: old.ref.key, reason: 'before-start' }]);
    await streamer.stop();
  });

  it('counts from the start that is known by then, also on an instance that does not list', async () => {
    const world = createSharedWorld();
    world.shared.isLister = false;
    const streamer = start(world, NOTIFIED);
    await world.clock.runFor(MINUTE_MS);
    world.state.head = { startFromMs: 0, floorMs: 0 };
    await world.clock.runFor(10_000);
    const old = write(world, { lastModifiedMs: START_MS - 10 * MINUTE_MS });
    world.queue.send(eventOf(old.ref));
    await world.clock.runUntil(() => world.queue.ids.length === 0, 30_000);
    expectDelivered(world, [old]);
    await streamer.stop();
  });
});

function refuse(): never {
  throw new StreamerError('STATE_REFUSED', 'NOPERM');
}

describe('a store that refuses to say where the work begins', () => {
  it('in mid-run is asked again, and readiness tells of it; the lister goes on from what it knows', async () => {
    const world = createSharedWorld();
    const streamer = start(world);
    await world.clock.runFor(1_000);
    world.state.onReadHead = refuse;
    await world.clock.runFor(10_000);
    expect(streamer.gauges()).toMatchObject({ isLister: true, isStateHealthy: false });
    const meanwhile = write(world);
    await world.clock.runUntil(allComplete(world, [meanwhile]), MINUTE_MS);
    world.state.onReadHead = () => undefined;
    await world.clock.runUntil(() => streamer.gauges().isStateHealthy, 10_000);
    expect(streamer.ended).toEqual({ isEnded: false, error: null });
    await streamer.stop();
  });

  it('keeps waiting whoever becomes the lister just then', async () => {
    const world = createSharedWorld();
    world.shared.isLister = false;
    const streamer = start(world);
    await world.clock.runFor(1_000);
    world.state.onReadHead = refuse;
    world.shared.isLister = true;
    await world.clock.runFor(MINUTE_MS);
    expect(streamer.gauges()).toMatchObject({ isLister: true, isStateHealthy: false });
    const written = write(world);
    world.state.onReadHead = () => undefined;
    await world.clock.runUntil(allComplete(world, [written]), 20_000);
    await streamer.stop();
  });

  it('at the start ends the streamer with what it says', async () => {
    const world = createSharedWorld();
    world.state.onReadHead = refuse;
    const streamer = start(world);
    await world.clock.runUntil(() => streamer.ended.isEnded, 10_000);
    expect(streamer.ended.error).toMatchObject({ code: 'STATE_REFUSED' });
  });
});

describe('a start', () => {
  it('is sure when it was heard for a lease, unchanged and without a pause in which the store may have been away', () => {
    const beginning = new WorkStart({ sureAfterMs: LEASE_TTL_MS });
    const hear = (fromMs: number, ...elapsedMs: readonly number[]): boolean => {
      for (const ms of elapsedMs) beginning.hear(fromMs, ms);
      return beginning.isSure;
    };
    expect(hear(7, 0, 5_000, 10_000)).toBe(false);
    expect(hear(7, 15_000)).toBe(true);
    expect(hear(5, 20_000)).toBe(false);
    expect(hear(5, 25_000, 30_000, 35_000)).toBe(true);
    expect(hear(5, 50_000)).toBe(false);
    expect(hear(5, 55_000, 60_000, 65_000)).toBe(true);
  });

  it('that nobody else can move is sure at once', () => {
    const alone = new WorkStart({ sureAfterMs: 0 });
    alone.hear(7, 1);
    expect(alone.isSure).toBe(true);
  });
});
