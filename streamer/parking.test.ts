/** A batch that the endpoints answer with server errors while they take others. */
import { describe, expect, it } from 'vitest';
import { StreamerError } from './errors.ts';
import { answered } from './testing/fakes.ts';
import {
  allComplete,
  createWorld,
  expectDelivered,
  linesOf,
  start,
  START_MS,
  type World,
  write,
  writeMany,
} from './testing/world.ts';

const MINUTE_MS = 60_000;

/** The agent fails on whatever holds the word, until the moment. */
function failOnPoison(world: World, untilMs = Infinity): void {
  world.sink.onPost = (_, body) =>
    body.includes('POISON') && world.clock.now() < untilMs ? answered(500, { text: 'panic' }) : null;
}

/** 40 lines in four batches, the second of which is poisoned. */
function poisoned(sequence: number): readonly string[] {
  return linesOf(`p${sequence}`, 40).with(15, `{"POISON":${sequence}}`);
}

/** Something good arrives every other second. */
async function feed(world: World, seconds: number): Promise<ReturnType<typeof write>[]> {
  const written: ReturnType<typeof write>[] = [];
  for (let second = 0; second < seconds; second += 2) {
    written.push(write(world, { sequence: 1000 + second, count: 5 }));
    await world.clock.runFor(2000);
  }
  return written;
}

describe('a batch that every endpoint answers with 500 while others pass', () => {
  it('is parked: the rest of its object and all others go on, nothing of it is held, and it is delivered once it may pass', async () => {
    const world = createWorld();
    failOnPoison(world, START_MS + 30 * MINUTE_MS);
    const bad = write(world, { sequence: 1, lines: poisoned(1) });
    const streamer = start(world);
    const good = await feed(world, 120);
    await world.clock.runUntil(allComplete(world, good), MINUTE_MS);
    expect(streamer.events.of('batches parked')[0]).toMatchObject({ object: bad.ref, batches: 1, parkings: 1 });
    expect(streamer.gauges().parkedObjects).toBe(1);
    expect(world.state.isComplete(bad.ref)).toBe(false);
    expect(world.sink.lines.filter((line) => bad.lines.includes(line))).toHaveLength(30);

    // It is tried ever more seldom, and only its own batch is sent again.
    await world.clock.runUntil(() => world.clock.now() > START_MS + 20 * MINUTE_MS, 30 * MINUTE_MS);
    expect(streamer.events.of('batches parked').length).toBeLessThan(15);
    await world.clock.runUntil(allComplete(world, [bad]), 30 * MINUTE_MS);
    expect(streamer.gauges().parkedObjects).toBe(0);
    expectDelivered(world, [bad, ...good]);
    expect(world.state.quarantined).toEqual([]);
    await streamer.stop();
  });

  it('pins no worker, even where there are more of them than workers and they come first', async () => {
    const world = createWorld();
    failOnPoison(world);
    const bad = Array.from({ length: 25 }, (_, index) =>
      write(world, { sequence: index + 1, lines: linesOf(`p${index}`, 10).with(5, `{"POISON":${index}}`) }),
    );
    const streamer = start(world, { http: { workers: 2 } });
    await world.clock.runFor(10_000);
    const good = await feed(world, 240);
    await world.clock.runUntil(
      () => allComplete(world, good)() && streamer.gauges().parkedObjects === bad.length,
      MINUTE_MS,
    );
    expectDelivered(world, good);
    expect(streamer.gauges().queuedBytes).toBe(0);
    await streamer.stop();
  });

  it('is found among tiny objects that shared its body: only its own object is parked', async () => {
    const world = createWorld({ endpoints: 1 });
    failOnPoison(world);
    const bad = write(world, { sequence: 1, lines: ['{"POISON":1}'] });
    const good = Array.from({ length: 12 }, (_, index) => write(world, { sequence: index + 2, count: 2 }));
    const streamer = start(world, { http: { batchLinesMax: 100, workers: 1 } });
    const fed = await feed(world, 120);
    await world.clock.runUntil(
      () => allComplete(world, [...good, ...fed])() && streamer.gauges().parkedObjects === 1,
      10 * MINUTE_MS,
    );
    expectDelivered(world, [...good, ...fed]);
    expect(world.state.isComplete(bad.ref)).toBe(false);
    await streamer.stop();
  });

  it('is taken up again after a restart, from its settled ranges', async () => {
    const world = createWorld();
    failOnPoison(world, START_MS + 5 * MINUTE_MS);
    const bad = write(world, { sequence: 1, lines: poisoned(1) });
    const first = start(world);
    const good = await feed(world, 60);
    await world.clock.runUntil(() => first.gauges().parkedObjects === 1, MINUTE_MS);
    const stoppedMs = world.clock.now();
    await first.stop();
    expect(world.clock.now() - stoppedMs).toBeLessThan(2000);
    expect(world.state.settledOf(bad.ref)).toHaveLength(2);

    await world.clock.runFor(6 * MINUTE_MS);
    const second = start(world);
    await world.clock.runUntil(allComplete(world, [bad]), MINUTE_MS);
    expectDelivered(world, [bad, ...good]);
    await second.stop();
  });

  it('waits no longer because the clock is set back', async () => {
    const world = createWorld();
    failOnPoison(world);
    const bad = write(world, { sequence: 1, lines: poisoned(1) });
    const streamer = start(world);
    await feed(world, 60);
    await world.clock.runUntil(() => streamer.gauges().parkedObjects === 1, MINUTE_MS);
    world.clock.aheadMs = -60 * MINUTE_MS;
    world.sink.onPost = () => null;
    await world.clock.runUntil(allComplete(world, [bad]), 10 * MINUTE_MS);
    await streamer.stop();
  });

  it('is not looked for without a pause while there is no room for it', async () => {
    const world = createWorld();
    failOnPoison(world);
    write(world, { sequence: 1, lines: poisoned(1) });
    const streamer = start(world, { processing: { queueObjectsMax: 2 } });
    await feed(world, 30);
    await world.clock.runUntil(() => streamer.gauges().parkedObjects === 1, MINUTE_MS);
    // All that is ready waits for its next attempt, for longer each time; the parked one falls due meanwhile.
    world.s3.onGet = () => {
      throw new StreamerError('S3_THROTTLED', 'slow down');
    };
    writeMany(world, 4);
    await world.clock.runFor(2 * MINUTE_MS);
    let sleeps = 0;
    const sleep = world.clock.sleep.bind(world.clock);
    world.clock.sleep = async (ms, signal) => {
      sleeps += 1;
      return sleep(ms, signal);
    };
    await world.clock.runFor(MINUTE_MS);
    expect(streamer.gauges().parkedObjects).toBe(1);
    expect(sleeps).toBeLessThan(1000);
    world.s3.onGet = () => undefined;
    world.sink.onPost = () => null;
    await world.clock.runUntil(() => streamer.gauges().parkedObjects === 0, 10 * MINUTE_MS);
    await streamer.stop();
  });

  it('inside a body that was refused is parked without its neighbours that were accepted', async () => {
    const world = createWorld({ endpoints: 1 });
    world.sink.onPost = (_, body) => {
      if (body.includes('BAD')) return answered(400, { text: 'no such field' });
      return body.includes('POISON') && world.clock.now() < START_MS + 10 * MINUTE_MS ? answered(500) : null;
    };
    const lines = linesOf('a', 8).with(4, '{"BAD":4}').with(6, '{"POISON":6}');
    const bad = write(world, { sequence: 1, lines });
    const streamer = start(world);
    const good = await feed(world, 120);
    await world.clock.runUntil(() => streamer.gauges().parkedObjects === 1, MINUTE_MS);
    const accepted = world.sink.lines.filter((line) => bad.lines.includes(line)).length;
    await world.clock.runUntil(allComplete(world, [bad]), 30 * MINUTE_MS);
    const isBad = (line: string): boolean => line.includes('BAD');
    expect(accepted).toBeGreaterThan(3);
    expect(world.sink.lines.toSorted()).toEqual(
      [bad, ...good].flatMap((each) => each.lines.filter((line) => !isBad(line))).toSorted(),
    );
    await streamer.stop();
  });
});

describe('endpoints that answer everything with 500', () => {
  it('are an outage, however long: nothing is parked, and all is delivered afterwards', async () => {
    const world = createWorld();
    world.sink.onPost = () => (world.clock.now() < START_MS + 20 * MINUTE_MS ? answered(500) : null);
    const written = writeMany(world, 12);
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written), 30 * MINUTE_MS);
    expect(streamer.events.of('batches parked')).toEqual([]);
    expectDelivered(world, written);
    // One request in a while, not one for each batch that waits.
    const failed = world.sink.posts.filter(({ status }) => status === 500);
    expect(failed.length / 20).toBeLessThan(60);
    await streamer.stop();
  });

  it('one of two: its share goes to the other, and nothing is parked', async () => {
    const world = createWorld();
    world.sink.onPost = ({ endpoint }) => (endpoint === 0 ? answered(500) : null);
    const written = writeMany(world, 40);
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written), 5 * MINUTE_MS);
    expect(streamer.events.of('batches parked')).toEqual([]);
    expectDelivered(world, written);
    await streamer.stop();
  });
});
