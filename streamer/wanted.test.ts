import { describe, expect, it } from 'vitest';
import { StreamerError } from './errors.ts';
import type { ObjectRef, WantedObject } from './ports.ts';
import { answered } from './testing/fakes.ts';
import { allComplete, createWorld, keyOf, start, START_MS, type World, write, type Written } from './testing/world.ts';

const DAY_MS = 86_400_000;

/** An object that no motion of discovery would look for: it was there before everything that is ours. */
function writeLongAgo(world: World, options: { sequence?: number; count?: number } = {}): Written {
  return write(world, { atMs: START_MS - 40 * DAY_MS, lastModifiedMs: START_MS - 40 * DAY_MS, ...options });
}

function want(
  world: World,
  object: ObjectRef,
  kind: WantedObject['kind'],
  settled: WantedObject['settled'] = [],
): number {
  const seq = (world.state.wanted.at(-1)?.seq ?? 0) + 1;
  world.state.wanted = [...world.state.wanted, { seq, object, kind, settled }];
  return seq;
}

function bytesBefore({ lines }: Written, line: number): number {
  return lines.slice(0, line).join('').length + line;
}

const SETTLED_WORLD = { startFromMs: START_MS - 50 * DAY_MS, floorMs: START_MS - DAY_MS };

describe('objects that were asked for', () => {
  it('one that was missed is delivered once, however old it is', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const missed = writeLongAgo(world);
    want(world, missed.ref, 'missing');
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    expect(world.sink.lines.toSorted()).toEqual(missed.lines.toSorted());
    expect(world.state.isComplete(missed.ref)).toBe(true);
    await streamer.stop();
  });

  it('one that was missed waits no longer because the clock is set back while it is looked up', async () => {
    const world = createWorld();
    const hourMs = 3_600_000;
    world.state.head = { startFromMs: START_MS - hourMs, floorMs: START_MS - hourMs };
    const atMs = START_MS - 2 * hourMs;
    want(world, write(world, { atMs, lastModifiedMs: atMs }).ref, 'missing');
    const lookup = world.state.lookup.bind(world.state);
    world.state.lookup = async (objects) => {
      world.clock.aheadMs = -3 * hourMs;
      return lookup(objects);
    };
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.wanted.length === 0, 60_000);
    await streamer.stop();
  });

  it('one that was missed, and delivered before its turn came, is not delivered again', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const found = write(world);
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [found]));
    want(world, found.ref, 'missing');
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    expect(world.sink.lines).toHaveLength(found.lines.length);
    await streamer.stop();
  });

  it('one that is wanted again is delivered whole, complete or not, once', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const [young, old] = [write(world), writeLongAgo(world)];
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [young]));
    want(world, young.ref, 'again');
    want(world, old.ref, 'again');
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    // Sweeps and scans see it all the while.
    await world.clock.runFor(20 * 60_000);
    expect(world.sink.lines.toSorted()).toEqual([...young.lines, ...young.lines, ...old.lines].toSorted());
    await streamer.stop();
  });

  it('of one that is wanted again in part, only that part is delivered', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const object = write(world, { count: 30 });
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [object]));
    const [from, to] = [bytesBefore(object, 12), bytesBefore(object, 15)];
    want(world, object.ref, 'again', [
      { start: 0, end: from },
      { start: to, end: Number.MAX_SAFE_INTEGER },
    ]);
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    expect(world.sink.lines.slice(30)).toEqual(object.lines.slice(12, 15));
    await streamer.stop();
  });

  it('is looked at again when the state has forgotten that it was fulfilled, and nobody else lists', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const [missed, again] = [writeLongAgo(world, { sequence: 1 }), writeLongAgo(world, { sequence: 2 })];
    want(world, missed.ref, 'missing');
    want(world, again.ref, 'again');
    const forgotten = world.state.wanted;
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    world.state.wanted = forgotten;
    await world.clock.runUntil(() => world.state.wanted.length === 0, 120_000);
    // What it was asked for again is delivered for that request once more.
    expect(world.sink.lines.toSorted()).toEqual([...missed.lines, ...again.lines, ...again.lines].toSorted());
    await streamer.stop();
  });

  it('waits for its turn while the object is under way for another reason', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const object = write(world, { count: 25 });
    let isDown = true;
    world.sink.onPost = () => (isDown ? answered(503) : null);
    const streamer = start(world);
    await world.clock.runUntil(() => world.s3.gets.length === 1);
    want(world, object.ref, 'again');
    await world.clock.runFor(30_000);
    expect(world.s3.gets).toHaveLength(1);
    isDown = false;
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    expect(world.sink.lines.toSorted()).toEqual([...object.lines, ...object.lines].toSorted());
    await streamer.stop();
  });

  it('that was replaced by a later one while it waited for its turn is not delivered', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const object = write(world, { count: 25 });
    let isDown = true;
    world.sink.onPost = () => (isDown ? answered(503) : null);
    const streamer = start(world);
    await world.clock.runUntil(() => world.s3.gets.length === 1);
    const first = want(world, object.ref, 'again');
    await world.clock.runFor(10_000);
    want(world, object.ref, 'again');
    world.state.wanted = world.state.wanted.filter(({ seq }) => seq !== first);
    await world.clock.runFor(10_000);
    isDown = false;
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    expect(world.sink.lines.toSorted()).toEqual([...object.lines, ...object.lines].toSorted());
    await streamer.stop();
  });

  it('is looked for together with all others that waited for their turn, and not each by itself', async () => {
    // Each reading asks Redis for all that is asked for: with a replay of a week, megabytes for each.
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const objects = Array.from({ length: 20 }, (_, index) => write(world, { sequence: index + 1 }));
    let isDown = true;
    world.sink.onPost = () => (isDown ? answered(503) : null);
    const streamer = start(world);
    await world.clock.runUntil(() => world.s3.gets.length > 0);
    for (const { ref } of objects) want(world, ref, 'again');
    await world.clock.runFor(7_000);
    let readings = 0;
    const readWanted = world.state.readWanted.bind(world.state);
    world.state.readWanted = async (afterSeq, objectsMax) => {
      readings += 1;
      return readWanted(afterSeq, objectsMax);
    };
    isDown = false;
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    expect(readings).toBeLessThan(objects.length);
    const sent = objects.flatMap(({ lines }) => [...lines, ...lines]);
    expect(world.sink.lines.toSorted()).toEqual(sent.toSorted());
    await streamer.stop();
  });

  it('goes behind everything live, however young it is', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const again = Array.from({ length: 5 }, (_, index) => write(world, { sequence: index + 1 }));
    const streamer = start(world, { processing: { workers: 1 } });
    await world.clock.runUntil(allComplete(world, again));
    const gets = world.s3.gets.length;
    world.s3.getMs = 2_000;
    for (const { ref } of again) want(world, ref, 'again');
    await world.clock.runUntil(() => world.s3.gets.length === gets + 1);
    const live = write(world, { sequence: 9 });
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    // Found while the first of them was being read, it is the next.
    expect(world.s3.gets.slice(gets).indexOf(live.ref.key)).toBeLessThanOrEqual(2);
    const wanted = streamer.events.of('object completed').filter(({ completed }) => completed.isWanted);
    expect(wanted).toHaveLength(5);
    await streamer.stop();
  });

  it('does not hold back the floor: after a crash nothing of its age is looked for', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const old = writeLongAgo(world);
    want(world, old.ref, 'again');
    world.sink.onPost = () => answered(503);
    const streamer = start(world, { processing: { lookbackIntervalMs: 10_000 } });
    await world.clock.runFor(60_000);
    expect(world.state.head.floorMs).toBeGreaterThan(START_MS - 2 * DAY_MS);
    streamer.killNow();
    await world.clock.runUntil(() => streamer.ended.isEnded);
    world.sink.onPost = () => null;
    const next = start(world);
    await world.clock.runUntil(() => world.state.wanted.length === 0);
    expect(world.sink.lines.toSorted()).toEqual(old.lines.toSorted());
    await next.stop();
  });

  it('is closed when its version is gone; the one that took its place is delivered for itself', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const old = writeLongAgo(world, { sequence: 1 });
    const seq = want(world, old.ref, 'missing');
    const replaced = write(world, { atMs: START_MS - 40 * DAY_MS, sequence: 1, lines: ['{"new":1}'] });
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.wanted.length === 0 && world.state.isComplete(replaced.ref));
    expect(world.state.commits.flatMap(({ fulfilled }) => fulfilled)).toMatchObject([
      { wantedSeq: seq, outcome: 'gone' },
    ]);
    expect(world.sink.lines).toEqual(['{"new":1}']);
    await streamer.stop();
  });

  it('keeps a request that no configured source knows, and one whose state cannot be read, for later', async () => {
    const world = createWorld();
    world.state.head = SETTLED_WORLD;
    const known = writeLongAgo(world);
    want(world, { ...known.ref, key: `elsewhere/${keyOf(START_MS)}` }, 'missing');
    want(world, known.ref, 'missing');
    let failures = 3;
    world.state.onLookup = () => {
      if (failures === 0) return;
      failures -= 1;
      throw new StreamerError('STATE_UNWRITABLE', 'the disk is away');
    };
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.isComplete(known.ref));
    await world.clock.runFor(10_000);
    expect(world.state.wanted.map(({ seq }) => seq)).toEqual([1]);
    expect(streamer.events.of('object skipped').map(({ reason }) => reason)).toContain('no-source');
    expect(streamer.events.of('state read failed').length).toBeGreaterThan(0);
    await streamer.stop();
  });
});
