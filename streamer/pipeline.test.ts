import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeBytes } from './core/ranges.ts';
import { exitCodeOf, StreamerError } from './errors.ts';
import type { SinkAnswer } from './ports.ts';
import { answered } from './testing/fakes.ts';
import {
  allComplete,
  createWorld,
  expectDelivered,
  keyOf,
  linesOf,
  start,
  START_MS,
  write,
  writeMany,
} from './testing/world.ts';
import { settle } from './testing/virtual-clock.ts';

describe('a streamer whose surroundings are well', () => {
  it('delivers every line once, and only then calls the object complete', async () => {
    const world = createWorld();
    const written = writeMany(world, 5);
    world.state.onCommit = () => {
      for (const { ref, lines } of written) {
        if (!world.state.isComplete(ref)) continue;
        for (const line of lines) expect(world.sink.lines).toContain(line);
      }
    };
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written));
    expectDelivered(world, written);
    expect(streamer.events.of('object completed').map(({ completed }) => completed.lines)).toEqual([
      37, 37, 37, 37, 37,
    ]);
    await streamer.stop();
    expect(world.s3.gets).toHaveLength(5);
  });

  it('posts no more lines and bytes at once than it may', async () => {
    const world = createWorld();
    const written = writeMany(world, 3, 200);
    const streamer = start(world, { http: { batchLinesMax: 7, batchBytesMax: 500 } });
    await world.clock.runUntil(allComplete(world, written));
    for (const { body } of world.sink.posts) {
      expect(body.split('\n').length - 1).toBeLessThanOrEqual(7);
      expect(body.length).toBeLessThanOrEqual(500);
    }
    expectDelivered(world, written);
    await streamer.stop();
  });

  it('lets tiny objects that wait together share a POST', async () => {
    const world = createWorld();
    world.sink.postMs = 50;
    const written = writeMany(world, 40, 2);
    const streamer = start(world, { http: { workers: 1 } });
    await world.clock.runUntil(allComplete(world, written));
    expectDelivered(world, written);
    expect(world.sink.posts.length).toBeLessThan(20);
    await streamer.stop();
  });

  it('tells the moments of each object’s life in order', async () => {
    const world = createWorld();
    const written = [write(world, { count: 25 })];
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written));
    const [event] = streamer.events.of('object completed');
    const { listedMs, times, eligibleMs } = event!.completed;
    const moments = [
      eligibleMs,
      listedMs,
      times.getIssuedMs,
      times.inflatedMs,
      times.batchClosedMs,
      times.firstSentMs,
      times.acknowledgedMs,
    ];
    expect(moments).toEqual(moments.toSorted((left, right) => left - right));
    expect(times.inflatedMs - times.getIssuedMs).toBe(world.s3.getMs);
    expect(times.acknowledgedMs - times.firstSentMs).toBe(world.sink.postMs);
    await streamer.stop();
  });

  it('never lets the content of a line into an event', async () => {
    const world = createWorld();
    const secret = 'kFJ82hs-very-secret';
    const lines = linesOf('a', 30).map((line, index) =>
      index % 7 === 0 ? `${line.slice(0, -1)},"s":"${secret}"}` : line,
    );
    const written = [write(world, { lines }), write(world, { sequence: 2, count: 30 })];
    let posts = 0;
    world.sink.onPost = (_, body) => {
      posts += 1;
      if (posts % 5 === 1) return { kind: 'network', code: 'ECONNRESET', message: 'gone' };
      return body.includes(secret) && body.split('\n').length === 2 ? answered(400, { text: 'bad record' }) : null;
    };
    const streamer = start(world, { processing: { lineBytesMax: 60 } });
    await world.clock.runUntil(allComplete(world, written));
    await streamer.stop();
    expect(JSON.stringify(streamer.events.all)).not.toContain(secret);
    expect(JSON.stringify(world.state.quarantined)).not.toContain(secret);
  });
});

describe('an object of every shape', () => {
  it.each([
    ['empty', ''],
    ['without a last newline', '{"a":1}\n{"a":2}'],
    ['of nothing but punctuation', '[\n\n]\n'],
    ['with stray commas, brackets and CRLF', '[\r\n{"a":1}\r\n,{"a":2}\n\n{"a":3}\n]'],
  ])('%s is delivered by its rule and completed', async (_, content) => {
    const world = createWorld();
    const ref = world.s3.put(keyOf(START_MS), gzipSync(content));
    const plain = world.s3.put(keyOf(START_MS, 2), Buffer.from(content));
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.isComplete(ref) && world.state.isComplete(plain));
    const records = content.match(/\{"a":\d\}/g) ?? [];
    expect(world.sink.lines.toSorted()).toEqual([...records, ...records].toSorted());
    await streamer.stop();
  });

  it('with a line of 2 MiB, beyond what a batch may hold, is delivered whole', async () => {
    const world = createWorld();
    const written = write(world, { lines: linesOf('a', 30).with(17, `{"long":"${'y'.repeat(2 * 1024 * 1024)}"}`) });
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [written]));
    expectDelivered(world, [written]);
    expect(world.state.quarantined).toEqual([]);
    await streamer.stop();
  });

  it('with a line that is too long delivers the others, and quarantines that one with its place', async () => {
    const world = createWorld();
    const lines = linesOf('a', 30).map((line, index) => (index === 17 ? `{"long":"${'y'.repeat(500)}"}` : line));
    const written = write(world, { lines });
    const streamer = start(world, { processing: { lineBytesMax: 300 } });
    await world.clock.runUntil(allComplete(world, [written]));
    expect(world.sink.lines).toEqual(lines.filter((_, index) => index !== 17));
    const [record] = world.state.quarantined;
    expect(record).toMatchObject({
      reason: 'line-too-long',
      firstLine: 17,
      lineCount: 1,
      object: { key: written.ref.key },
    });
    expect(written.content.slice(record!.range!.start, record!.range!.end)).toBe(`${lines[17]}\n`);
    expect(world.state.quarantined).toHaveLength(1);
    await streamer.stop();
  });

  it('larger than memory.limit is streamed, and never holds more than that', async () => {
    const world = createWorld();
    const written = [write(world, { count: 20_000 })];
    const streamer = start(world, {
      memoryLimitBytes: 200_000,
      http: { batchLinesMax: 1000, batchBytesMax: 4000, bufferBytes: 8000 },
      processing: { lineBytesMax: 1000 },
    });
    await world.clock.runUntil(allComplete(world, written));
    expectDelivered(world, written);
    expect(streamer.gauges().inFlightBytesMax).toBeLessThanOrEqual(200_000);
    await streamer.stop();
  });
});

describe('whatever fails a finite number of times', () => {
  const fault = fc.constantFrom<SinkAnswer | null>(
    null,
    answered(500),
    answered(503, { retryAfterMs: 700 }),
    answered(429),
    answered(404),
    { kind: 'timeout' },
    { kind: 'network', code: 'ECONNRESET', message: 'reset' },
  );
  const s3Fault = fc.constantFrom<StreamerError | null>(
    null,
    new StreamerError('S3_THROTTLED', 'slow down'),
    new StreamerError('S3_UNAVAILABLE', 'internal error'),
    new StreamerError('S3_ACCESS_DENIED', 'denied'),
  );

  it('no line is lost, and none is delivered twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 5 }),
        fc.array(fault, { maxLength: 30 }),
        fc.array(s3Fault, { maxLength: 6 }),
        fc.array(s3Fault, { maxLength: 6 }),
        fc.array(fc.boolean(), { maxLength: 6 }),
        async (sizes, postFaults, getFaults, listFaults, commitFaults) => {
          const world = createWorld();
          const written = sizes.map((count, index) => write(world, { sequence: index + 1, count }));
          world.sink.onPost = () => postFaults.pop() ?? null;
          world.s3.onGet = () => {
            const error = getFaults.pop();
            if (error != null) throw error;
          };
          world.s3.onList = () => {
            const error = listFaults.pop();
            if (error != null) throw error;
          };
          world.state.onCommit = () => {
            if (commitFaults.pop() === true && world.state.head !== null)
              throw new StreamerError('STATE_UNWRITABLE', 'disk full');
          };
          const streamer = start(world, { processing: { scanIntervalMs: 15_000 } });
          await world.clock.runUntil(allComplete(world, written));
          expectDelivered(world, written);
          expect(world.state.quarantined).toEqual([]);
          await streamer.stop();
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('a killed streamer is followed by one that delivers the rest: nothing is lost, and only what was not saved comes twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (livesMs, objects) => {
          const world = createWorld();
          world.sink.postMs = 200;
          const written = writeMany(world, objects, 80);
          let unsavedLines = 0;
          for (const lifeMs of livesMs) {
            const streamer = start(world, { http: { workers: 2 } });
            await world.clock.runFor(lifeMs);
            // A kill -9: nothing more is saved. What the sink has and state does not is what may come twice.
            const savedBytes = written.reduce(
              (sum, { ref, content }) =>
                sum + (world.state.isComplete(ref) ? content.length : rangeBytes(world.state.settledOf(ref))),
              0,
            );
            const seenBytes = [...new Set(world.sink.lines)].reduce((sum, line) => sum + line.length + 1, 0);
            unsavedLines += Math.max(0, seenBytes - savedBytes);
            world.state.onCommit = () => {
              throw new StreamerError('STATE_UNWRITABLE', 'killed');
            };
            streamer.killNow();
            await world.clock.runUntil(() => streamer.ended.isEnded, 60_000);
            world.state.onCommit = () => undefined;
          }
          const last = start(world, { http: { workers: 2 } });
          await world.clock.runUntil(allComplete(world, written));
          await last.stop();
          const all = written.flatMap(({ lines }) => lines);
          expect(new Set(world.sink.lines)).toEqual(new Set(all));
          const twiceBytes =
            world.sink.lines.reduce((sum, line) => sum + line.length + 1, 0) -
            all.reduce((sum, line) => sum + line.length + 1, 0);
          expect(twiceBytes).toBeLessThanOrEqual(unsavedLines);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});

it('a state that cannot be written at the first start is what the streamer ends with, and nothing is left behind', async () => {
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown): void => void rejections.push(reason);
  process.on('unhandledRejection', onRejection);
  const full = new StreamerError('STATE_UNWRITABLE', 'no space left');
  const world = createWorld();
  write(world);
  world.state.onCommit = () => {
    throw full;
  };
  const streamer = start(world);
  await settle();
  process.off('unhandledRejection', onRejection);
  expect(streamer.ended).toEqual({ isEnded: true, error: full });
  expect(exitCodeOf(streamer.ended.error)).toBe(2);
  expect(rejections).toEqual([]);
});
