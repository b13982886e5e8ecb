import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamerError } from './errors.ts';
import type { RecordedEvents } from './testing/fakes.ts';
import {
  allComplete,
  createWorld,
  expectDelivered,
  keyOf,
  start,
  START_MS,
  write,
  writeMany,
  type Written,
} from './testing/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Prefixes that head scans listed since a moment. */
function headScans(events: RecordedEvents, since = 0): readonly string[] {
  return events.all
    .slice(since)
    .flatMap((event) => (event.kind === 'listed' && event.motion === 'head' ? [event.prefix] : []));
}

describe('head scans', () => {
  it('find each object within a scan, over midnight from day 9 to day 10, month 9 to 10, and the year end', async () => {
    for (const midnight of [Date.UTC(2025, 8, 10), Date.UTC(2025, 9, 1), Date.UTC(2026, 0, 1), Date.UTC(2024, 1, 29)]) {
      const world = createWorld({ nowMs: midnight - 3 * MINUTE_MS });
      // Day 9 tells that the numbers are not padded; else both spellings are listed, which finds them as well.
      const written: Written[] = [write(world)];
      const streamer = start(world, { processing: { scanIntervalMs: 1000, lookbackIntervalMs: 24 * HOUR_MS } });
      await world.clock.runUntil(allComplete(world, written), 10_000);
      for (let minute = 0; minute < 6; minute += 0.5) {
        await world.clock.runFor(30_000);
        const one = write(world, { count: 3 });
        written.push(one);
        await world.clock.runUntil(allComplete(world, [one]), 4000);
      }
      expectDelivered(world, written);
      await streamer.stop();
    }
  });

  it('find _1, _2 and _10 of one second, in whatever order they appear', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 9, 10, 11, 100], { minLength: 2 }), async (sequences) => {
        const world = createWorld();
        const streamer = start(world, { processing: { lookbackIntervalMs: 24 * HOUR_MS } });
        const first = write(world, { sequence: 5 });
        await world.clock.runUntil(allComplete(world, [first]), 10_000);
        const written = [first];
        for (const sequence of sequences) {
          await world.clock.runFor(3000);
          const late = write(world, { atMs: START_MS, sequence, count: 2 });
          written.push(late);
          await world.clock.runUntil(allComplete(world, [late]), 4000);
        }
        expectDelivered(world, written);
        await streamer.stop();
      }),
      { numRuns: 20 },
    );
  });

  it('begin near the newest key, so that a scan costs the same all day', async () => {
    const world = createWorld();
    for (let minute = 0; minute < 200; minute += 1)
      write(world, { atMs: START_MS - minute * MINUTE_MS, lastModifiedMs: START_MS - minute * MINUTE_MS, count: 1 });
    const streamer = start(world);
    await world.clock.runFor(10_000);
    const startAfter = world.s3.lists.findLast((request) => request.startAfter !== null)!.startAfter!;
    expect(Number(/\/(\d+)_/.exec(startAfter)?.[1]) * 1000).toBeGreaterThanOrEqual(START_MS - 3 * MINUTE_MS);
    expect(streamer.events.of('listed').findLast(({ motion }) => motion === 'head')?.objects).toBeLessThan(4);
    await streamer.stop();
  });

  it('cost a LIST for each active folder and for each 1,000 new objects, beside 33,000 settled ones of the last 24 hours', async () => {
    const world = createWorld();
    const settled = 33_000;
    const everyMs = (24 * HOUR_MS) / settled;
    const stored = gzipSync('{}\n');
    const refs = Array.from({ length: settled }, (_, index) => {
      const atMs = START_MS - Math.round((index + 1) * everyMs);
      return world.s3.put(keyOf(atMs, index), stored, { lastModifiedMs: Math.floor(atMs / 1000) * 1000 });
    });
    const head = { startFromMs: 0, floorMs: START_MS - 24 * HOUR_MS };
    const changes = refs.map((object) => ({ object, settled: [], complete: true }));
    await world.state.commit({ changes, quarantined: [], fulfilled: [], head, forgetBeforeMs: null });
    const streamer = start(world, { processing: { lookbackIntervalMs: HOUR_MS } });
    await world.clock.runFor(30_000);
    const requestsBefore = world.s3.lists.length;
    const startedMs = world.clock.now();
    const written: Written[] = [];
    // Ten times the documented number of objects.
    for (let second = 0; second < 60; second += 1) {
      written.push(...writeMany(world, 4, 1));
      await world.clock.runFor(1000);
    }
    await world.clock.runUntil(allComplete(world, written), 10_000);
    const [scans, activeFolders] = [Math.ceil((world.clock.now() - startedMs) / 1000), 1];
    const requests = world.s3.lists.length - requestsBefore;
    expect(requests).toBeLessThanOrEqual(scans * activeFolders + Math.ceil(written.length / 1000));
    expect(requests).toBeGreaterThan(scans / 2);
    expect(world.s3.gets).toHaveLength(written.length);
    await streamer.stop();
  });

  it('list nothing but the active folders: not the one with a folder marker or a foreign file, nor what lies below one', async () => {
    const world = createWorld();
    world.s3.put('web/', Buffer.alloc(0));
    world.s3.put('web/README.txt', Buffer.from('not a log'));
    for (let index = 0; index < 50; index += 1)
      world.s3.put(keyOf(START_MS, index).replace('day=9/', 'day=9/archive/old/'), gzipSync('{}\n'), {
        lastModifiedMs: 0,
      });
    const written = [write(world)];
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written), 10_000);
    const before = streamer.events.all.length;
    await world.clock.runFor(20_000);
    const day = 'web/year=2025/month=9/day=9/';
    expect(new Set(headScans(streamer.events, before))).toEqual(new Set([day, `${day}archive/old/`]));
    const listed = streamer.events.of('listed').filter(({ motion, prefix }) => motion === 'head' && prefix === day);
    expect(listed.at(-1)?.objects).toBe(1);
    await streamer.stop();
  });

  // Found by the virtual world: by their LastModified, two files that tell no time moved the cursor behind all names that were still to come.
  it('are not moved past what comes by foreign files', async () => {
    const world = createWorld();
    const streamer = start(world, { processing: { lookbackIntervalMs: 24 * HOUR_MS } });
    const first = write(world);
    await world.clock.runUntil(allComplete(world, [first]), 10_000);
    for (const name of ['_SUCCESS', 'notes.txt']) {
      await world.clock.runFor(2 * MINUTE_MS);
      world.s3.put(keyOf(world.clock.now()).replace(/[^/]+$/, name), Buffer.alloc(1));
    }
    await world.clock.runFor(10_000);
    const next = write(world);
    await world.clock.runUntil(allComplete(world, [next]), 10_000);
    await streamer.stop();
  });

  it('do not grow by folders that are named for each run', async () => {
    const world = createWorld();
    const processing = { scanIntervalMs: 10 * MINUTE_MS, lookbackIntervalMs: 30 * MINUTE_MS };
    const streamer = start(world, { processing });
    const scanned: number[] = [];
    for (let day = 0; day < 6; day += 1) {
      for (let run = 0; run < 24; run += 1) {
        const key = keyOf(world.clock.now()).replace(/[^/]+$/, (name) => `run=${day}-${run}/${name}`);
        world.s3.put(key, gzipSync('{"a":1}\n'));
        await world.clock.runFor(HOUR_MS);
      }
      const before = streamer.events.all.length;
      await world.clock.runFor(HOUR_MS);
      scanned.push(new Set(headScans(streamer.events, before)).size);
    }
    expect(Math.max(...scanned)).toBeLessThanOrEqual(30);
    await streamer.stop();
  });

  it('wait until an object is as old as delay_window says', async () => {
    const world = createWorld();
    const written = [write(world)];
    const streamer = start(world, { processing: { delayWindowMs: 60_000 } });
    await world.clock.runFor(59_000);
    expect(world.s3.gets).toEqual([]);
    await world.clock.runUntil(allComplete(world, written), 3000);
    await streamer.stop();
  });

  it('do not wait for a time stamp from the future', async () => {
    const world = createWorld();
    const written = [write(world, { atMs: START_MS + 12 * HOUR_MS }), write(world, { atMs: START_MS + 2 * MINUTE_MS })];
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written), MINUTE_MS);
    const later = [write(world, { count: 2 })];
    await world.clock.runUntil(allComplete(world, later), 4000);
    for (const { completed } of streamer.events.of('object completed'))
      expect(completed.eligibleMs).toBeLessThanOrEqual(completed.listedMs + 1000);
    await streamer.stop();
  });
});

describe('look-back sweeps', () => {
  it('find what arrives late, in today’s folder and in yesterday’s', async () => {
    const world = createWorld();
    const written = [write(world)];
    const streamer = start(world, { processing: { lookbackIntervalMs: 5 * MINUTE_MS } });
    await world.clock.runUntil(allComplete(world, written), 10_000);
    await world.clock.runFor(10 * MINUTE_MS);
    written.push(write(world));
    await world.clock.runFor(5000);
    const late = [
      write(world, { atMs: world.clock.now() - 5 * HOUR_MS }),
      write(world, { atMs: world.clock.now() - 20 * HOUR_MS }),
    ];
    await world.clock.runUntil(allComplete(world, late), 6 * MINUTE_MS);
    expectDelivered(world, [...written, ...late]);
    expect(streamer.events.of('object found').filter(({ isLate }) => isLate)).toHaveLength(2);
    await streamer.stop();
  });

  it('find a feed that begins beside the known ones', async () => {
    const world = createWorld();
    const written = [write(world)];
    const streamer = start(world, { processing: { lookbackIntervalMs: 5 * MINUTE_MS } });
    await world.clock.runUntil(allComplete(world, written), 10_000);
    const feed = (atMs: number) => ({
      ref: world.s3.put(keyOf(atMs).replace('web/', 'web/dns/'), gzipSync('{"dns":1}\n')),
      lines: ['{"dns":1}'],
      content: '',
    });
    const first = feed(world.clock.now());
    await world.clock.runUntil(allComplete(world, [first]), 6 * MINUTE_MS);
    const second = feed(world.clock.now());
    await world.clock.runUntil(allComplete(world, [second]), 4000);
    await streamer.stop();
  });

  // Found by the virtual world: the sweep that waited had listed the folder before, and the next one no longer looked back so far.
  it('find what came while a sweep waited for a full queue for longer than the look-back', async () => {
    const world = createWorld();
    let isAway = true;
    world.sink.onPost = () => (isAway ? { kind: 'timeout' } : null);
    const earlier = Array.from({ length: 30 }, (_, index) => write(world, { sequence: index + 1, count: 1 }));
    const processing = {
      queueObjectsMax: 3,
      workers: 2,
      lookbackMs: 30 * MINUTE_MS,
      lookbackIntervalMs: 5 * MINUTE_MS,
    };
    const streamer = start(world, { processing, memoryLimitBytes: 2000 });
    await world.clock.runFor(20 * MINUTE_MS);
    const meanwhile = write(world);
    await world.clock.runFor(2 * HOUR_MS);
    isAway = false;
    await world.clock.runUntil(allComplete(world, [...earlier, meanwhile]), 20 * MINUTE_MS);
    await streamer.stop();
  });

  it('leave out, by name, what is older than the look-back or than the start', async () => {
    const world = createWorld();
    write(world, { atMs: START_MS - 3 * HOUR_MS, lastModifiedMs: START_MS - 3 * HOUR_MS });
    write(world, { atMs: START_MS - 72 * HOUR_MS, lastModifiedMs: START_MS - 72 * HOUR_MS });
    const fresh = [write(world)];
    const streamer = start(world, { processing: { startFrom: 'now' } });
    await world.clock.runUntil(allComplete(world, fresh), 10_000);
    await world.clock.runFor(10_000);
    expectDelivered(world, fresh);
    const reasons = new Set(streamer.events.of('object skipped').map(({ reason }) => reason));
    expect(reasons).toEqual(new Set(['before-start', 'folder-outside-lookback']));
    await streamer.stop();
  });

  it('with start_from now, as in the original, begin a minute before what is eligible, and say why they leave out the rest', async () => {
    const world = createWorld();
    const old = write(world, { atMs: START_MS - 300_000, lastModifiedMs: START_MS - 300_000 });
    const fresh = write(world, { atMs: START_MS - 30_000, sequence: 2, lastModifiedMs: START_MS - 30_000 });
    const streamer = start(world, { processing: { startFrom: 'now' } });
    await world.clock.runUntil(allComplete(world, [fresh]), 60_000);
    expectDelivered(world, [fresh]);
    expect(streamer.events.of('object skipped')).toContainEqual(
      expect.objectContaining({ key: old.ref.key, reason: 'before-start' }),
    );
    await streamer.stop();
  });

  it('with start_from beginning read what is there, the oldest first, while what is fresh goes before it', async () => {
    // Days 2 to 11: string order would begin with day 10.
    const nowMs = START_MS + 3 * 24 * HOUR_MS;
    const world = createWorld({ nowMs });
    const old = Array.from({ length: 10 }, (_, index) => {
      const atMs = nowMs - (10 - index) * 24 * HOUR_MS;
      return write(world, { atMs, lastModifiedMs: atMs, count: 2 });
    });
    const streamer = start(world, { processing: { workers: 1 } });
    await world.clock.runUntil(() => world.s3.gets.length === 3);
    const fresh = write(world, { count: 2 });
    await world.clock.runUntil(allComplete(world, [...old, fresh]));
    expect(world.s3.gets.filter((key) => key !== fresh.ref.key)).toEqual(old.map(({ ref }) => ref.key));
    expectDelivered(world, [...old, fresh]);
    await streamer.stop();
  });
});

describe('a second start', () => {
  it('finds what came while nobody was there, and reads nothing twice', async () => {
    const world = createWorld();
    const before = [write(world), write(world, { sequence: 2 })];
    const first = start(world);
    await world.clock.runUntil(allComplete(world, before));
    await world.clock.runFor(2000);
    await first.stop();
    await world.clock.runFor(30 * HOUR_MS);
    const away = [write(world, { atMs: START_MS + HOUR_MS, lastModifiedMs: START_MS + HOUR_MS }), write(world)];
    const second = start(world);
    await world.clock.runUntil(allComplete(world, away), MINUTE_MS);
    expectDelivered(world, [...before, ...away]);
    expect(world.s3.gets).toHaveLength(4);
    await second.stop();
  });

  it('still reads an object that was under way at the kill, however long ago that is', async () => {
    const world = createWorld({ endpoints: 1 });
    world.sink.onPost = () => ({ kind: 'timeout' });
    const stuck = write(world);
    const first = start(world, {
      processing: { lookbackMs: HOUR_MS, lookbackIntervalMs: 5 * MINUTE_MS, scanIntervalMs: 15_000 },
    });
    await world.clock.runFor(3 * HOUR_MS);
    first.killNow();
    await world.clock.runUntil(() => first.ended.isEnded);
    expect(world.state.head!.floorMs).toBeLessThanOrEqual(stuck.ref.lastModifiedMs);
    await world.clock.runFor(50 * HOUR_MS);
    world.sink.onPost = () => null;
    const second = start(world, { processing: { lookbackMs: HOUR_MS } });
    await world.clock.runUntil(allComplete(world, [stuck]), MINUTE_MS);
    expectDelivered(world, [stuck]);
    await second.stop();
  });
});

// Found by the virtual world: the object was modified after midnight, the folder is the day's before, and only the floor told what to look for.
describe('a second start after a long pause', () => {
  it('enters a folder whose day ended before the object in it came', async () => {
    const midnightMs = Date.UTC(2025, 8, 10);
    const world = createWorld({ nowMs: midnightMs + MINUTE_MS, endpoints: 1 });
    world.sink.onPost = () => ({ kind: 'timeout' });
    const stuck = write(world, { atMs: midnightMs - MINUTE_MS });
    const processing = { lookbackMs: HOUR_MS, lookbackIntervalMs: 5 * MINUTE_MS, scanIntervalMs: 15_000 };
    const first = start(world, { processing });
    await world.clock.runFor(3 * HOUR_MS);
    first.killNow();
    await world.clock.runUntil(() => first.ended.isEnded);
    await world.clock.runFor(50 * HOUR_MS);
    world.sink.onPost = () => null;
    const second = start(world, { processing });
    await world.clock.runUntil(allComplete(world, [stuck]), MINUTE_MS);
    await second.stop();
  });
});

describe('a LIST that fails', () => {
  it('is tried again, for as long as it takes, and shows in the health meanwhile', async () => {
    const world = createWorld();
    const written = [write(world)];
    world.s3.onList = () => {
      if (world.clock.now() < START_MS + 10 * MINUTE_MS) throw new StreamerError('S3_UNAVAILABLE', 'away');
    };
    const streamer = start(world);
    await world.clock.runFor(9 * MINUTE_MS);
    expect(streamer.gauges().isS3Healthy).toBe(false);
    expect(world.s3.lists.length).toBeLessThan(200);
    await world.clock.runUntil(allComplete(world, written));
    expect(streamer.gauges().isS3Healthy).toBe(true);
    await streamer.stop();
  });
});

// tenant/2001/7/ was read as July 2001, and never entered.
describe('a folder of numbers that look like a date', () => {
  const put = (world: ReturnType<typeof createWorld>, folder: string) => {
    const name = keyOf(world.clock.now()).split('/').at(-1) ?? '';
    return { ref: world.s3.put(`web/${folder}${name}`, gzipSync('{"a":1}\n')), lines: ['{"a":1}'], content: '' };
  };

  it('from before S3 is none: what it holds is delivered', async () => {
    const world = createWorld();
    const streamer = start(world, { processing: { lookbackIntervalMs: MINUTE_MS } });
    // The very first sweep enters everything.
    await world.clock.runFor(MINUTE_MS / 2);
    const written = [put(world, 'tenant/2001/7/')];
    await world.clock.runUntil(allComplete(world, written), 5 * MINUTE_MS);
    expectDelivered(world, written);
    expect(streamer.events.of('folders passed by')).toEqual([]);
    await streamer.stop();
  });

  it('of long ago is passed by, and that is told once', async () => {
    const world = createWorld();
    put(world, 'tenant/2015/7/');
    put(world, 'tenant/2015/8/');
    const written = [write(world)];
    const streamer = start(world, { processing: { lookbackIntervalMs: MINUTE_MS } });
    await world.clock.runUntil(allComplete(world, written), 2 * MINUTE_MS);
    await world.clock.runFor(5 * MINUTE_MS);
    const told = streamer.events.of('folders passed by');
    expect(told).toMatchObject([{ bucket: 'logs', prefix: 'web/tenant/2015/7/', folders: 2 }]);
    await streamer.stop();
  });
});

// One folder that a policy denied held back its whole source for ever: the walk waited for it.
describe('a folder that may not be listed', () => {
  const denied = () => new StreamerError('S3_ACCESS_DENIED', 'an explicit deny');

  it.each(['web/private/', 'web/zprivate/', 'web/year=2025/month=9/day=8/'])(
    '(%s) is passed by: the rest of its source is found, live and late',
    async (folder) => {
      const world = createWorld();
      world.s3.onList = ({ prefix }) => {
        if (prefix.startsWith(folder)) throw denied();
      };
      world.s3.put(`${folder}x.gz`, gzipSync('a\n'));
      const written = [write(world)];
      const streamer = start(world);
      await world.clock.runUntil(allComplete(world, written), MINUTE_MS);
      written.push(write(world, { sequence: 9 }));
      await world.clock.runUntil(allComplete(world, written), 4000);
      written.push(write(world, { atMs: world.clock.now() - 5 * HOUR_MS }));
      await world.clock.runUntil(allComplete(world, written), 6 * MINUTE_MS);
      expectDelivered(world, written);
      expect(streamer.gauges().isS3Healthy).toBe(false);
      expect(streamer.events.of('folder refused')[0]).toMatchObject({ bucket: 'logs', prefix: folder });
      await streamer.stop();
    },
  );

  it('that is active rests between two attempts, and its neighbour is scanned', async () => {
    const world = createWorld();
    const inner = (name: string, sequence: number) => {
      const key = keyOf(world.clock.now(), sequence).replace('web/', `web/${name}/`);
      return { ref: world.s3.put(key, gzipSync('{"a":1}\n')), lines: ['{"a":1}'], content: '' };
    };
    const first = [inner('dns', 1), inner('fw', 1)];
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, first), 10_000);
    world.s3.onList = ({ prefix }) => {
      if (prefix.startsWith('web/dns/')) throw denied();
    };
    await world.clock.runFor(10_000);
    const before = world.s3.lists.length;
    const [held, next] = [inner('dns', 2), inner('fw', 2)];
    await world.clock.runUntil(allComplete(world, [next]), 4000);
    await world.clock.runFor(10 * MINUTE_MS);
    expect(world.s3.lists.slice(before).filter(({ prefix }) => prefix.startsWith('web/dns/')).length).toBeLessThan(30);
    world.s3.onList = () => undefined;
    await world.clock.runUntil(allComplete(world, [held]), 7 * MINUTE_MS);
    expect(streamer.gauges().isS3Healthy).toBe(true);
    await streamer.stop();
  });

  it('holds the floor: what stands in it is found once it may be listed, also after a restart and after the look-back', async () => {
    const world = createWorld();
    const key = `web/private/${START_MS / 1000}_1_1_1.gz`;
    const held = { ref: world.s3.put(key, gzipSync('{"a":1}\n')), lines: ['{"a":1}'], content: '' };
    let isDenied = true;
    world.s3.onList = ({ prefix }) => {
      if (isDenied && prefix.startsWith('web/private/')) throw denied();
    };
    const processing = { lookbackMs: HOUR_MS, lookbackIntervalMs: 5 * MINUTE_MS, scanIntervalMs: 15_000 };
    const good = write(world);
    const first = start(world, { processing });
    await world.clock.runFor(3 * HOUR_MS);
    expect(world.state.isComplete(good.ref)).toBe(true);
    await first.stop();
    const second = start(world, { processing });
    await world.clock.runFor(3 * HOUR_MS);
    expect(world.state.head!.floorMs).toBeLessThanOrEqual(held.ref.lastModifiedMs);
    isDenied = false;
    await world.clock.runUntil(allComplete(world, [held]), 10 * MINUTE_MS);
    await world.clock.runFor(10 * MINUTE_MS);
    expect(world.state.head!.floorMs).toBeGreaterThan(held.ref.lastModifiedMs);
    expect(second.gauges().isS3Healthy).toBe(true);
    expectDelivered(world, [good, held]);
    await second.stop();
  });

  it('shows in the health no longer once it is gone', async () => {
    const world = createWorld();
    world.s3.onList = ({ prefix }) => {
      if (prefix.startsWith('web/private/')) throw denied();
    };
    const { key } = world.s3.put('web/private/x.gz', gzipSync('a\n'));
    const streamer = start(world, { processing: { lookbackIntervalMs: 5 * MINUTE_MS } });
    await world.clock.runFor(MINUTE_MS);
    expect(streamer.gauges().isS3Healthy).toBe(false);
    world.s3.remove(key);
    await world.clock.runFor(10 * MINUTE_MS);
    expect(streamer.gauges().isS3Healthy).toBe(true);
    await streamer.stop();
  });

  it('is waited for when the source itself may not be listed either: that is an outage', async () => {
    const world = createWorld();
    let isDenied = false;
    world.s3.onList = () => {
      if (isDenied) throw denied();
    };
    const first = write(world);
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [first]), 10_000);
    isDenied = true;
    await world.clock.runFor(20 * MINUTE_MS);
    expect(streamer.events.of('folder refused')).toEqual([]);
    expect(streamer.gauges().isS3Healthy).toBe(false);
    isDenied = false;
    const next = write(world);
    await world.clock.runUntil(allComplete(world, [next]), 35_000);
    expect(streamer.gauges().isS3Healthy).toBe(true);
    await streamer.stop();
  });
});

describe('the queue of objects', () => {
  it('is bounded: a backlog of any size is listed only as fast as it is read', async () => {
    const world = createWorld();
    const old = Array.from({ length: 120 }, (_, index) =>
      write(world, { atMs: START_MS - 5 * HOUR_MS - index * 1000, lastModifiedMs: START_MS - 5 * HOUR_MS, count: 1 }),
    );
    const streamer = start(world, { processing: { queueObjectsMax: 10, workers: 2 } });
    let most = 0;
    await world.clock.runUntil(() => {
      most = Math.max(most, streamer.gauges().readyObjects);
      return allComplete(world, old)();
    });
    expect(most).toBeLessThanOrEqual(10);
    expectDelivered(world, old);
    await streamer.stop();
  });
});
