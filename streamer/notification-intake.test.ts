import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamerError } from './errors.ts';
import { eventOf, FakeQueue } from './testing/fake-queue.ts';
import { answered, GARBAGE } from './testing/fakes.ts';
import {
  allComplete,
  createWorld,
  expectDelivered,
  keyOf,
  linesOf,
  start as startStreamer,
  START_MS,
  type World,
  write,
  writeMany,
  type Written,
} from './testing/world.ts';

const HIDDEN_MS = 30_000;

interface QueueWorld extends World {
  readonly queue: FakeQueue;
}

function createQueueWorld(): QueueWorld {
  const world = createWorld();
  return { ...world, queue: new FakeQueue(world.clock) };
}

function start(
  world: QueueWorld,
  { mode = 'sqs', ...overrides }: Parameters<typeof startStreamer>[1] & { mode?: 'sqs' | 'both' } = {},
) {
  const discovery = {
    mode,
    queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/events',
    visibilityTimeoutMs: HIDDEN_MS,
  };
  return startStreamer(world, { ...overrides, discovery });
}

/** Writes an object, and tells of it. */
function tell(world: QueueWorld, options: Parameters<typeof write>[1] = {}): Written & { readonly message: string } {
  const written = write(world, options);
  return { ...written, message: world.queue.send(eventOf(written.ref)) };
}

const isEmpty =
  ({ queue }: QueueWorld) =>
  (): boolean =>
    queue.ids.length === 0;

describe('an object that the queue tells of', () => {
  it('is delivered without a single LIST, and its message deleted', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const written = tell(world);
    await world.clock.runUntil(isEmpty(world), 5_000);
    expectDelivered(world, [written]);
    expect(world.s3.lists).toEqual([]);
    await streamer.stop();
  });

  it('keeps its message until it is durably complete', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    let isDiskFull = true;
    world.state.onCommit = () => {
      if (isDiskFull) throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    isDiskFull = false;
    const written = tell(world);
    await world.clock.runUntil(() => world.s3.gets.length > 0);
    isDiskFull = true;
    await world.clock.runFor(120_000);
    expectDelivered(world, [written]);
    expect(world.queue.ids).toEqual([written.message]);
    isDiskFull = false;
    await world.clock.runUntil(isEmpty(world), 30_000);
    expect(world.state.isComplete(written.ref)).toBe(true);
    await streamer.stop();
  });

  it('shares its message with others: it is deleted when the last of them is complete', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const [one, other] = writeMany(world, 2);
    let isDown = true;
    world.s3.onGet = ({ key }) => {
      if (isDown && key === other?.ref.key) throw new StreamerError('S3_UNAVAILABLE', 'down');
    };
    const message = world.queue.send(eventOf(one!.ref, other!.ref));
    await world.clock.runUntil(allComplete(world, [one!]));
    await world.clock.runFor(60_000);
    expect(world.queue.ids).toEqual([message]);
    isDown = false;
    await world.clock.runUntil(isEmpty(world), 60_000);
    expectDelivered(world, [one!, other!]);
    await streamer.stop();
  });

  it('is read once, however often and in whatever way it is told of', async () => {
    const world = createQueueWorld();
    const streamer = start(world, { mode: 'both' });
    const written = write(world);
    const { ref } = written;
    for (const body of [eventOf(ref), eventOf(ref, ref), eventOf({ ...ref, etag: null })]) world.queue.send(body);
    await world.clock.runUntil(isEmpty(world), 10_000);
    world.queue.send(eventOf(ref));
    await world.clock.runUntil(isEmpty(world), 10_000);
    await world.clock.runFor(20_000);
    expectDelivered(world, [written]);
    expect(world.s3.gets).toEqual([ref.key]);
    expect(world.s3.lists.length).toBeGreaterThan(0);
    await streamer.stop();
  });

  it('is not read again by a streamer that finds it complete in state', async () => {
    const world = createQueueWorld();
    const first = start(world);
    const written = tell(world);
    await world.clock.runUntil(isEmpty(world));
    await first.stop();
    const second = start(world);
    world.queue.send(eventOf(written.ref));
    await world.clock.runUntil(isEmpty(world), 5_000);
    expect(world.s3.gets).toEqual([written.ref.key]);
    expect(second.events.of('object skipped')).toMatchObject([{ reason: 'complete' }]);
    await second.stop();
  });

  it('is known to state by the LastModified that LIST shows too', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    // An upload in parts: modified when it began, told of when it ended.
    const written = tell(world, { lastModifiedMs: START_MS - 3 * 3_600_000 });
    await world.clock.runUntil(isEmpty(world));
    const saved = world.state.commits.flatMap(({ changes }) => changes.map(({ object }) => object));
    expect(saved.at(-1)).toEqual(written.ref);
    await streamer.stop();
  });

  it('is read in the version that stands there, when it was overwritten before', async () => {
    const world = createQueueWorld();
    const first = write(world, { lines: linesOf('first', 5) });
    const second = write(world, { lines: linesOf('second', 5) });
    const streamer = start(world);
    world.queue.send(eventOf(first.ref));
    world.queue.send(eventOf(second.ref));
    await world.clock.runUntil(isEmpty(world), 10_000);
    expectDelivered(world, [second]);
    await streamer.stop();
  });

  it('is read in its new version, when it is overwritten while being read and nothing more is told', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const first = tell(world, { lines: linesOf('first', 5) });
    let second: Written | null = null;
    world.s3.onGet = () => {
      second ??= write(world, { lines: linesOf('second', 5) });
    };
    await world.clock.runUntil(isEmpty(world), 10_000);
    expect(second).not.toBeNull();
    expect(second!.ref.key).toBe(first.ref.key);
    expectDelivered(world, [second!]);
    await streamer.stop();
  });

  it('ends its message when it is quarantined', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    tell(world, { damage: (stored) => Buffer.concat([stored, GARBAGE]) });
    const isQuarantined = (): boolean => world.state.quarantined.length > 0;
    await world.clock.runUntil(() => isEmpty(world)() || isQuarantined());
    expect(isQuarantined()).toBe(true);
    await world.clock.runUntil(isEmpty(world), 1_000);
    await streamer.stop();
  });
});

describe('what is not to be read', () => {
  it.each([
    ['of another prefix', { bucket: 'logs', key: 'mail/1760305292_1_1_1.gz', etag: 'e' }, 'no-source', 0],
    ['of another bucket', { bucket: 'other', key: keyOf(START_MS), etag: 'e' }, 'no-source', 0],
    ['with a foreign name', { bucket: 'logs', key: 'web/readme.txt', etag: null }, 'name-mismatch', 1],
    ['of a folder marker', { bucket: 'logs', key: 'web/year=2025/', etag: null }, 'folder-marker', 1],
  ])('the message %s is skipped for a reason that has a name, and deleted', async (_, told, reason, heads) => {
    const world = createQueueWorld();
    world.s3.put('web/readme.txt', Buffer.from('hello'));
    world.s3.put('web/year=2025/', Buffer.alloc(0));
    const streamer = start(world);
    world.queue.send(eventOf(told));
    await world.clock.runUntil(isEmpty(world), 5_000);
    expect(streamer.events.of('object skipped')).toMatchObject([{ bucket: told.bucket, key: told.key, reason }]);
    expect(world.s3.heads).toHaveLength(heads);
    expect(world.s3.gets).toEqual([]);
    await streamer.stop();
  });

  it('what no source has is told loudly once, and then now and then with how many there were', async () => {
    // With an access point for a bucket every event named another one: all was skipped, and its message deleted, without a word.
    const world = createQueueWorld();
    const streamer = start(world);
    const foreign = { bucket: 'other', key: keyOf(START_MS), etag: 'e' };
    for (let sent = 0; sent < 3; sent += 1) world.queue.send(eventOf(foreign));
    await world.clock.runUntil(isEmpty(world), 5_000);
    expect(streamer.events.of('foreign objects')).toMatchObject([{ bucket: 'other', objects: 1 }]);
    await world.clock.runFor(60_000);
    world.queue.send(eventOf(foreign));
    await world.clock.runUntil(isEmpty(world), 30_000);
    expect(streamer.events.of('foreign objects').map(({ objects }) => objects)).toEqual([1, 3]);
    await streamer.stop();
  });

  it('an object that is gone is looked for again, then skipped, loudly', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const { ref } = tell(world);
    world.s3.remove(ref.key);
    await world.clock.runUntil(isEmpty(world), 30_000);
    expect(world.s3.heads).toHaveLength(3);
    expect(streamer.events.of('object skipped')).toMatchObject([{ key: ref.key, reason: 'gone' }]);
    expect(streamer.gauges().isS3Healthy).toBe(true);
    await streamer.stop();
  });

  // A 404 to a HEAD has no body: a proxy in front of S3 says it, too, while S3 is away, and the messages of all that it hid were deleted.
  it.each(['S3_NO_BUCKET', 'S3_UNAVAILABLE', 'S3_ACCESS_DENIED'] as const)(
    'nothing is gone because of a 404 that no LIST confirms (%s)',
    async (code) => {
      const world = createQueueWorld();
      const streamer = start(world);
      let isAway = true;
      world.s3.onHead = () => {
        if (isAway) throw new StreamerError('S3_NOT_FOUND', '404');
      };
      world.s3.onList = () => {
        if (isAway) throw new StreamerError(code, 'no LIST');
      };
      const written = Array.from({ length: 20 }, (_, index) => tell(world, { sequence: index + 1 }));
      await world.clock.runFor(120_000);
      expect(world.queue.ids).toHaveLength(20);
      expect(streamer.gauges().isS3Healthy).toBe(false);
      isAway = false;
      await world.clock.runUntil(isEmpty(world), 120_000);
      expectDelivered(world, written);
      expect(streamer.events.of('object skipped')).toEqual([]);
      await streamer.stop();
    },
  );

  it('looks that failed do not count: an object is gone when three looks did not find it', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    let failures = 5;
    world.s3.onHead = () => {
      failures -= 1;
      if (failures >= 0) throw new StreamerError('S3_UNAVAILABLE', '500');
    };
    const { ref } = tell(world);
    world.s3.remove(ref.key);
    await world.clock.runUntil(isEmpty(world), 120_000);
    expect(world.s3.heads).toHaveLength(8);
    await streamer.stop();
  });

  it('an object is read that the HEAD does not find and the LIST shows', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    world.s3.onHead = () => {
      throw new StreamerError('S3_NOT_FOUND', '404');
    };
    const written = tell(world);
    await world.clock.runUntil(isEmpty(world), 10_000);
    expectDelivered(world, [written]);
    await streamer.stop();
  });

  it('an object that S3 shows a little later than its event is read', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const key = keyOf(world.clock.now());
    world.queue.send(eventOf({ bucket: 'logs', key, etag: null }));
    await world.clock.runUntil(() => world.s3.heads.length > 0);
    const written = write(world);
    expect(written.ref.key).toBe(key);
    await world.clock.runUntil(isEmpty(world), 10_000);
    expectDelivered(world, [written]);
    await streamer.stop();
  });

  it('an object from before the first start is skipped', async () => {
    const world = createQueueWorld();
    const streamer = start(world, { processing: { startFrom: START_MS } });
    const old = tell(world, { atMs: START_MS - 60_000, lastModifiedMs: START_MS - 60_000 });
    await world.clock.runUntil(isEmpty(world), 5_000);
    expect(streamer.events.of('object skipped')).toMatchObject([{ key: old.ref.key, reason: 'before-start' }]);
    await streamer.stop();
  });
});

describe('a message', () => {
  it('that tests the queue, or tells only of removals, is deleted', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    world.queue.send('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}');
    world.queue.send('{"Records":[{"eventName":"ObjectRemoved:Delete","s3":{}}]}');
    await world.clock.runUntil(isEmpty(world), 5_000);
    expect(streamer.events.of('notification ignored')).toMatchObject([
      { reason: 'test-event' },
      { reason: 'no-object-created' },
    ]);
    await streamer.stop();
  });

  it('that cannot be read is left, shown again each time its hidden time is over, and keeps nobody waiting', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const unreadable = world.queue.send('{"Records": [{"eventSource"');
    const written = tell(world);
    await world.clock.runUntil(allComplete(world, [written]), 5_000);
    await world.clock.runFor(10 * HIDDEN_MS);
    expect(world.queue.ids).toEqual([unreadable]);
    expect(world.queue.timesShown(unreadable)).toBeGreaterThanOrEqual(9);
    expect(streamer.events.of('notification unreadable').at(0)).toMatchObject({
      messageId: unreadable,
      error: 'it is not JSON',
    });
    await streamer.stop();
  });

  it('stays hidden for as long as its object is under way, and is not shown twice', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    let isDown = true;
    world.sink.onPost = () => (isDown ? answered(503) : null);
    const { message } = tell(world);
    await world.clock.runUntil(() => world.s3.gets.length > 0);
    const hidden: boolean[] = [];
    for (let tick = 0; tick < 200; tick += 1) {
      await world.clock.runFor(HIDDEN_MS / 10);
      hidden.push(!world.queue.isVisible(message));
    }
    expect(new Set(hidden)).toEqual(new Set([true]));
    expect(world.queue.timesShown(message)).toBe(1);
    isDown = false;
    await world.clock.runUntil(isEmpty(world), 60_000);
    await streamer.stop();
  });

  it('that may not be hidden any longer is shown again, and its object is still read once', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    let isDown = true;
    world.sink.onPost = () => (isDown ? answered(503) : null);
    const written = tell(world);
    await world.clock.runUntil(() => world.s3.gets.length > 0);
    // As SQS does after 12 hours.
    world.queue.refusedToHide.add(written.message);
    await world.clock.runUntil(() => world.queue.timesShown(written.message) === 3, 10 * HIDDEN_MS);
    isDown = false;
    await world.clock.runUntil(isEmpty(world), 60_000);
    expectDelivered(world, [written]);
    expect(world.s3.gets).toHaveLength(1);
    await streamer.stop();
  });

  it('is given back at once at a stop, after the progress of its object was saved', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const written = tell(world, { count: 100 });
    world.sink.onPost = () => (world.sink.posts.length < 3 ? null : answered(503));
    await world.clock.runUntil(() => world.sink.posts.length >= 5);
    streamer.killNow();
    let wasSavedFirst = false;
    world.queue.onRequest = (action) => {
      if (action === 'hide') wasSavedFirst = world.state.settledOf(written.ref).length > 0;
    };
    await world.clock.runUntil(() => streamer.ended.isEnded, 5_000);
    expect(wasSavedFirst).toBe(true);
    expect(world.queue.isVisible(written.message)).toBe(true);
    expect(streamer.events.of('notifications returned')).toMatchObject([{ messages: 1 }]);
    // And the next one goes on where this one stopped.
    world.sink.onPost = () => null;
    const next = start(world);
    await world.clock.runUntil(isEmpty(world), 10_000);
    expectDelivered(world, [written]);
    await next.stop();
  });

  it('is deleted, not given back, when its object is settled while the streamer drains', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const written = tell(world);
    await world.clock.runUntil(() => world.sink.posts.length > 0);
    await streamer.stop();
    expect(world.state.isComplete(written.ref)).toBe(true);
    expect(world.queue.ids).toEqual([]);
  });
});

describe('limits', () => {
  it('hold no more messages than twice processing.queue_size, and lose none of the others', async () => {
    const world = createQueueWorld();
    let isDown = true;
    world.sink.onPost = () => (isDown ? answered(503) : null);
    const written = writeMany(world, 60);
    for (const { ref } of written) world.queue.send(eventOf(ref));
    const streamer = start(world, { processing: { queueObjectsMax: 5 } });
    await world.clock.runFor(5 * HIDDEN_MS);
    expect(world.queue.hiddenMax).toBeGreaterThanOrEqual(8);
    expect(world.queue.hiddenMax).toBeLessThanOrEqual(10);
    isDown = false;
    await world.clock.runUntil(isEmpty(world), 300_000);
    expectDelivered(world, written);
    await streamer.stop();
  });

  it('keep places free for live objects while old ones wait for theirs', async () => {
    const world = createQueueWorld();
    const DAY_MS = 86_400_000;
    const old = Array.from({ length: 7 }, (_, index) =>
      write(world, { atMs: START_MS - DAY_MS, sequence: index + 1, lastModifiedMs: START_MS - DAY_MS }),
    );
    for (const { ref } of old) world.queue.send(eventOf(ref));
    world.s3.getMs = 1_000;
    const streamer = start(world, { processing: { queueObjectsMax: 4, workers: 1 } });
    await world.clock.runUntil(() => world.s3.gets.length === 1);
    const live = tell(world);
    await world.clock.runUntil(() => world.s3.gets.length === 2);
    expect(world.s3.gets.at(-1)).toBe(live.ref.key);
    await world.clock.runUntil(isEmpty(world));
    expectDelivered(world, [...old, live]);
    await streamer.stop();
  });
});

describe('listing and being told at the same time', () => {
  it('read an object once, also when both wait with it for room', async () => {
    const world = createQueueWorld();
    const HOUR_MS = 3_600_000;
    // Too old for head scans: the sweep offers them, and waits where the notifications wait.
    const written = Array.from({ length: 12 }, (_, index) =>
      write(world, { atMs: START_MS - HOUR_MS, sequence: index + 1, lastModifiedMs: START_MS - HOUR_MS }),
    );
    for (const { ref } of written) world.queue.send(eventOf(ref));
    world.s3.getMs = 2_000;
    const streamer = start(world, { mode: 'both', processing: { queueObjectsMax: 2, workers: 1 } });
    await world.clock.runUntil(isEmpty(world), 300_000);
    await world.clock.runFor(600_000);
    expectDelivered(world, written);
    expect(world.s3.gets).toHaveLength(written.length);
    await streamer.stop();
  });

  it('ask the state store about an object once while it is fresh, however often it is found', async () => {
    const world = createQueueWorld();
    const looked: string[] = [];
    const { state } = world;
    const lookup = state.lookup.bind(state);
    state.lookup = async (objects) => {
      looked.push(...objects.map(({ key }) => key));
      return lookup(objects);
    };
    const streamer = start(world, { mode: 'both', processing: { lookbackIntervalMs: 3_600_000 } });
    await world.clock.runFor(5_000);
    const { ref } = tell(world);
    for (let second = 0; second < 60; second += 1) {
      await world.clock.runFor(1_000);
      world.queue.send(eventOf(ref));
    }
    await world.clock.runUntil(isEmpty(world), 10_000);
    expect(looked.filter((key) => key === ref.key)).toHaveLength(1);
    expect(world.s3.heads).toHaveLength(1);
    await streamer.stop();
  });
});

describe('failures', () => {
  it('of the queue are waited out with growing pauses, and readiness tells of them', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    let isDown = true;
    world.queue.onRequest = () => {
      if (isDown) throw new StreamerError('QUEUE_UNAVAILABLE', 'down');
    };
    const written = tell(world);
    await world.clock.runFor(120_000);
    expect(streamer.gauges().isQueueHealthy).toBe(false);
    expect(streamer.events.of('queue failed')).toContainEqual(
      expect.objectContaining({ action: 'receive', code: 'QUEUE_UNAVAILABLE' }),
    );
    expect(world.queue.requests.receive).toBeLessThan(20);
    isDown = false;
    await world.clock.runUntil(isEmpty(world), 60_000);
    expectDelivered(world, [written]);
    expect(streamer.gauges().isQueueHealthy).toBe(true);
    await streamer.stop();
  });

  it('to delete are repeated until it works, without reading anything again', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    let isDown = true;
    world.queue.onRequest = (action) => {
      if (isDown && action !== 'receive') throw new StreamerError('QUEUE_ACCESS_DENIED', 'denied');
    };
    const written = tell(world);
    world.queue.send('{"Event":"s3:TestEvent"}');
    // Hiding is refused too: the messages are shown again and again.
    await world.clock.runUntil(() => world.queue.timesShown(written.message) >= 4, 10 * HIDDEN_MS);
    expect(streamer.gauges().isQueueHealthy).toBe(false);
    isDown = false;
    await world.clock.runUntil(isEmpty(world), 60_000);
    await world.clock.runFor(HIDDEN_MS);
    expectDelivered(world, [written]);
    expect(world.s3.gets).toHaveLength(1);
    // A message is looked at once, however often it is shown.
    expect(streamer.events.of('notification ignored')).toHaveLength(1);
    expect(streamer.gauges().isQueueHealthy).toBe(true);
    await streamer.stop();
  });

  it('of single messages of a request are told, too, and waited out', async () => {
    // The request itself succeeds: neither the log nor the metrics nor the patience of readiness knew of it.
    const world = createQueueWorld();
    const streamer = start(world);
    const remove = world.queue.delete.bind(world.queue);
    world.queue.delete = async (receipts) => ({ failed: receipts, lost: [] });
    const written = tell(world);
    await world.clock.runFor(60_000);
    expect(streamer.gauges().isQueueHealthy).toBe(false);
    expect(streamer.events.of('queue failed')[0]).toMatchObject({
      action: 'delete',
      code: 'QUEUE_UNAVAILABLE',
      error: expect.stringContaining('did not delete 1 of 1 messages'),
    });
    world.queue.delete = remove;
    await world.clock.runUntil(isEmpty(world), 60_000);
    expectDelivered(world, [written]);
    expect(streamer.gauges().isQueueHealthy).toBe(true);
    await streamer.stop();
  });

  it('of HEAD hold the message back and nobody else, and readiness tells of them', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const [one, other] = writeMany(world, 2);
    let isDown = true;
    world.s3.onHead = (key) => {
      if (isDown && key === one!.ref.key) throw new StreamerError('S3_THROTTLED', 'slow down');
    };
    const message = world.queue.send(eventOf(one!.ref));
    world.queue.send(eventOf(other!.ref));
    await world.clock.runUntil(allComplete(world, [other!]), 5_000);
    await world.clock.runFor(2 * HIDDEN_MS);
    expect(world.queue.timesShown(message)).toBe(1);
    expect(streamer.gauges().isS3Healthy).toBe(false);
    isDown = false;
    await world.clock.runUntil(isEmpty(world), 60_000);
    expectDelivered(world, [one!, other!]);
    expect(streamer.gauges().isS3Healthy).toBe(true);
    await streamer.stop();
  });

  it('of HEAD by refusal are helped by a LIST: S3 refuses the HEAD of a missing object to those who may list only a prefix', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    world.s3.onHead = () => {
      throw new StreamerError('S3_ACCESS_DENIED', 'forbidden');
    };
    const there = tell(world);
    // Its key is the beginning of another's.
    const gone = { bucket: 'logs', key: there.ref.key.slice(0, -1), etag: null };
    world.queue.send(eventOf(gone));
    await world.clock.runUntil(isEmpty(world), 30_000);
    expectDelivered(world, [there]);
    expect(streamer.events.of('object skipped')).toMatchObject([{ key: gone.key, reason: 'gone' }]);
    await streamer.stop();
  });

  it.each(['receive', 'hide', 'delete'] as const)('of our own at the queue (%s) end the streamer', async (broken) => {
    const world = createQueueWorld();
    const streamer = start(world);
    world.queue.onRequest = (action) => {
      if (action === broken) throw new TypeError('a fault of ours');
    };
    if (broken === 'hide') world.sink.onPost = () => answered(503);
    tell(world);
    await world.clock.runUntil(() => streamer.ended.isEnded, 120_000);
    expect(streamer.ended.error).toBeInstanceOf(TypeError);
  });

  it('of our own end the streamer', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    world.s3.onHead = () => {
      throw new TypeError('a fault of ours');
    };
    tell(world);
    await world.clock.runUntil(() => streamer.ended.isEnded, 10_000);
    expect(streamer.ended.error).toBeInstanceOf(TypeError);
  });
});

describe('state, with notifications alone', () => {
  it('forgets by the clock, so that it follows audit.retention and not history', async () => {
    const world = createQueueWorld();
    const streamer = start(world);
    const DAY_MS = 86_400_000;
    await world.clock.runFor(600_000);
    const { forgetBeforeMs, head } = world.state.commits.findLast((commit) => commit.head !== null)!;
    const nowMs = world.clock.now();
    expect(nowMs - forgetBeforeMs!).toBeGreaterThanOrEqual(7 * DAY_MS);
    expect(nowMs - forgetBeforeMs!).toBeLessThan(7 * DAY_MS + 600_000);
    expect(nowMs - head!.floorMs).toBeLessThan(DAY_MS + 600_000);
    await streamer.stop();
  });
});

type Step =
  | { readonly kind: 'write'; readonly copies: number }
  | { readonly kind: 'overwrite' | 'restart' | 'kill' }
  | { readonly kind: 'pass'; readonly ms: number }
  | {
      readonly kind: 'break';
      readonly part: 'receive' | 'hide' | 'delete' | 'head' | 'post' | 'commit';
      readonly isBroken: boolean;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), copies: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('overwrite' as const, 'restart' as const, 'kill' as const) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  fc.record({
    kind: fc.constant('break' as const),
    part: fc.constantFrom(
      'receive' as const,
      'hide' as const,
      'delete' as const,
      'head' as const,
      'post' as const,
      'commit' as const,
    ),
    isBroken: fc.boolean(),
  }),
);

describe('whatever happens', () => {
  it.each(['sqs', 'both'] as const)(
    'every line of every last version is delivered in the end, and no message is left (%s)',
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const world = createQueueWorld();
          const broken = new Set<string>();
          world.queue.onRequest = (action) => {
            if (broken.has(action)) throw new StreamerError('QUEUE_UNAVAILABLE', 'down');
          };
          world.s3.onHead = () => {
            if (broken.has('head')) throw new StreamerError('S3_UNAVAILABLE', 'down');
          };
          world.sink.onPost = () => (broken.has('post') ? answered(503) : null);
          world.state.onCommit = () => {
            if (broken.has('commit')) throw new StreamerError('STATE_UNWRITABLE', 'disk full');
          };
          const overrides = { mode, processing: { queueObjectsMax: 3, workers: 2 } };
          let streamer = start(world, overrides);
          // A first start that cannot save anything ends at once, and rightly so.
          await world.clock.runFor(1);
          const last = new Map<string, Written>();
          let sequence = 0;
          const add = (options: Parameters<typeof write>[1], copies: number): void => {
            const written = write(world, options);
            last.set(written.ref.key, written);
            for (let copy = 0; copy < copies; copy += 1) world.queue.send(eventOf(written.ref));
          };
          for (const one of steps) {
            switch (one.kind) {
              case 'write':
                sequence += 1;
                add({ atMs: START_MS, sequence, lines: linesOf(`object ${sequence}`, 25) }, one.copies);
                break;
              case 'overwrite':
                if (sequence > 0)
                  add(
                    { atMs: START_MS, sequence, lines: linesOf(`object ${sequence} at ${world.clock.now()}`, 25) },
                    1,
                  );
                break;
              case 'pass':
                await world.clock.runFor(one.ms);
                break;
              case 'break':
                if (one.isBroken) broken.add(one.part);
                else broken.delete(one.part);
                break;
              case 'restart':
              case 'kill':
                streamer.killNow();
                await world.clock.runUntil(() => streamer.ended.isEnded, 120_000);
                streamer = start(world, overrides);
            }
          }
          broken.clear();
          await world.clock.runUntil(isEmpty(world), 600_000);
          expect(allComplete(world, [...last.values()])()).toBe(true);
          const delivered = new Set(world.sink.lines);
          expect([...last.values()].flatMap(({ lines }) => lines).filter((line) => !delivered.has(line))).toEqual([]);
          await streamer.stop();
        }),
        { numRuns: 60 },
      );
    },
  );
});
