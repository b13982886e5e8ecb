import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { coversRange } from './core/ranges.ts';
import type { QuarantineRecord } from './ports.ts';
import { answered } from './testing/fakes.ts';
import {
  allComplete,
  createWorld,
  expectDelivered,
  keyOf,
  linesOf,
  start,
  START_MS,
  type World,
  write,
  writeMany,
} from './testing/world.ts';

const MINUTE_MS = 60_000;

/** Refuses every body that holds a bad line, as a receiver with a schema would. */
function refuseBadLines(world: World): void {
  world.sink.onPost = (_, body) => (body.includes('BAD') ? answered(400, { text: 'line 3: no such field' }) : null);
}

describe('a line that is refused', () => {
  it('is found among its neighbours and quarantined with its place; every other line is delivered once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(59), { maxLength: 6 }),
        async (count, badLines) => {
          const world = createWorld();
          refuseBadLines(world);
          const bodies = new Map<string, string>();
          const { onPost } = world.sink;
          world.sink.onPost = (request, body) => {
            // A receiver that knows keys must never take one piece for another.
            expect(bodies.get(request.idempotencyKey) ?? body).toBe(body);
            bodies.set(request.idempotencyKey, body);
            return onPost(request, body);
          };
          const isBad = (index: number): boolean => badLines.includes(index);
          const lines = linesOf('a', count).map((line, index) => (isBad(index) ? `{"BAD":${index}}` : line));
          const written = write(world, { lines });
          const others = [2, 3].map((sequence) => write(world, { sequence }));
          const streamer = start(world);
          // A bad line behind which nothing good follows waits until something else is accepted: the feed goes on.
          while (!allComplete(world, [written, ...others])() && others.length < 60) {
            others.push(write(world, { sequence: 2 + others.length }));
            await world.clock.runFor(MINUTE_MS);
          }
          await world.clock.runUntil(allComplete(world, [written, ...others]));
          expect(world.sink.lines.toSorted()).toEqual(
            [...lines.filter((_, index) => !isBad(index)), ...others.flatMap((other) => other.lines)].toSorted(),
          );
          const places = world.state.quarantined.map(({ range, firstLine, lineCount, reason, detail }) => {
            expect({ lineCount, reason, detail }).toEqual({
              lineCount: 1,
              reason: 'refused',
              detail: 'answered 400: line 3: no such field',
            });
            expect(written.content.slice(range!.start, range!.end)).toBe(`{"BAD":${firstLine}}\n`);
            return firstLine;
          });
          expect(places.toSorted((left, right) => left! - right!)).toEqual(
            [...new Set(badLines)].filter((index) => index < count).toSorted((left, right) => left - right),
          );
          await streamer.stop();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is found even where no other body was ever accepted: the good half of its own shows that the endpoint works', async () => {
    const world = createWorld({ endpoints: 1 });
    refuseBadLines(world);
    const lines = linesOf('a', 8).with(3, '{"BAD":3}');
    const written = write(world, { lines });
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [written]), MINUTE_MS);
    expect(world.state.quarantined).toMatchObject([{ firstLine: 3 }]);
    await streamer.stop();
  });

  it('in every batch does not stop the rest', async () => {
    const world = createWorld();
    refuseBadLines(world);
    const written = Array.from({ length: 20 }, (_, index) =>
      write(world, { sequence: index + 1, lines: linesOf(`o${index}`, 10).with(5, '{"BAD":5}') }),
    );
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written), 5 * MINUTE_MS);
    expect(world.sink.lines).toHaveLength(20 * 9);
    expect(world.state.quarantined).toHaveLength(20);
    await streamer.stop();
  });

  // Found by the virtual world: the worker that waited for proof was the only one, so nothing was sent that could have proved anything.
  it('does not stop the rest even where there is a single worker', async () => {
    const world = createWorld({ endpoints: 1 });
    refuseBadLines(world);
    const bad = write(world, { lines: ['{"BAD":0}'] });
    const others = [2, 3, 4].map((sequence) => write(world, { sequence }));
    const streamer = start(world, { http: { workers: 1 } });
    await world.clock.runUntil(allComplete(world, [bad, ...others]), 5 * MINUTE_MS);
    await streamer.stop();
  });

  // Found by the virtual world: refused batches held all memory, the first waited for proof, and the good lines of the others, which could have brought it, behind it.
  it('that waits for proof does not keep the next refused batch from being taken apart', async () => {
    const world = createWorld({ endpoints: 1 });
    refuseBadLines(world);
    const alone = write(world, { lines: ['{"BAD":0}'] });
    const streamer = start(world, { http: { workers: 1 } });
    await world.clock.runUntil(() => world.sink.posts.length >= 2);
    const mixed = write(world, { sequence: 2, lines: ['{"BAD":1}', '{"good":1}'] });
    await world.clock.runUntil(allComplete(world, [alone, mixed]), 5 * MINUTE_MS);
    expect(world.state.quarantined).toHaveLength(2);
    await streamer.stop();
  });

  // Found by the virtual world (seed 1313): after some server errors it went to one endpoint only, and what else was sent to the others, which had got less.
  it('is sent to each endpoint in turn while it waits for proof, whatever server errors it got before', async () => {
    const world = createWorld({ endpoints: 3 });
    let posts = 0;
    world.sink.onPost = (_, body) => {
      if (!body.includes('BAD')) return null;
      posts += 1;
      return posts > 1 && posts <= 4 ? answered(503) : answered(400);
    };
    const bad = write(world, { lines: ['{"BAD":0}'] });
    const streamer = start(world);
    await world.clock.runFor(MINUTE_MS);
    expect(world.state.quarantined).toEqual([]);
    for (let sequence = 2; sequence < 7; sequence += 1) {
      write(world, { sequence, count: 1 });
      await world.clock.runFor(MINUTE_MS);
    }
    expect(world.state.isComplete(bad.ref)).toBe(true);
    expect(world.state.quarantined).toHaveLength(1);
    await streamer.stop();
  });

  // Its record was saved at once, and its range with the batch, which may wait through an outage: a crash between the two left a record of a line that was sent again.
  it('gets its record in the commit that settles it, also where another line of its batch waits for proof', async () => {
    const world = createWorld({ endpoints: 1 });
    refuseBadLines(world);
    const written = write(world, { lines: ['{"BAD":0}', '{"BAD":1}', '{"good":2}', '{"BAD":3}'] });
    const streamer = start(world);
    await world.clock.runFor(MINUTE_MS);
    expect(world.state.isComplete(written.ref)).toBe(false);
    const isSettled = ({ range }: QuarantineRecord): boolean => coversRange(world.state.settledOf(written.ref), range!);
    expect(world.state.quarantined.filter((record) => !isSettled(record))).toEqual([]);
    streamer.killNow();
    await world.clock.runUntil(() => streamer.ended.isEnded);
    expect(world.state.quarantined.map((record) => [record.firstLine, isSettled(record)])).toEqual([[3, true]]);
  });

  it('alone in its object waits until something else shows that the endpoint accepts at all', async () => {
    const world = createWorld({ endpoints: 1 });
    refuseBadLines(world);
    const lonely = write(world, { lines: ['{"BAD":0}'] });
    const streamer = start(world);
    await world.clock.runFor(5 * MINUTE_MS);
    expect(world.state.quarantined).toEqual([]);
    const other = write(world, { sequence: 2 });
    await world.clock.runUntil(allComplete(world, [lonely, other]), MINUTE_MS);
    expect(world.state.quarantined).toHaveLength(1);
    await streamer.stop();
  });

  it('among lines that the format changes is named by its record, inside the range of its batch', async () => {
    const world = createWorld();
    refuseBadLines(world);
    const content = '[\n{"a":0}\n,{"a":1}\n,{"BAD":2}\n{"a":3}\n]';
    const ref = world.s3.put(keyOf(START_MS), gzipSync(content));
    const other = write(world, { sequence: 2 });
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.isComplete(ref) && world.state.isComplete(other.ref));
    const [record] = world.state.quarantined;
    expect(content.slice(record!.range!.start, record!.range!.end)).toContain('{"BAD":2}');
    expect(record?.detail).toContain('record 2');
    await streamer.stop();
  });

  // One byte is taken away (the comma) and one is added (the last newline): the lengths agree, the places do not.
  it('is never named by a wrong place, even where the changes add up to nothing', async () => {
    const world = createWorld();
    refuseBadLines(world);
    const content = '{"a":0}\n,{"a":1}\n{"BAD":2}\n{"a":3}';
    const ref = world.s3.put(keyOf(START_MS), gzipSync(content));
    const other = write(world, { sequence: 2 });
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.isComplete(ref) && world.state.isComplete(other.ref));
    expect(world.state.quarantined[0]?.range).toEqual({ start: 0, end: content.length });
    await streamer.stop();
  });
});

describe('a body that is too large for the endpoint', () => {
  it('is delivered in pieces', async () => {
    const world = createWorld({ endpoints: 1 });
    world.sink.onPost = (_, body) => (body.length > 200 ? answered(413) : null);
    const written = writeMany(world, 3, 40);
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written), 5 * MINUTE_MS);
    expectDelivered(world, written);
    expect(world.state.quarantined).toEqual([]);
    await streamer.stop();
  });
});

describe('an endpoint that refuses everything', () => {
  it('from the start is an outage: nothing is quarantined, however long it lasts', async () => {
    const world = createWorld();
    world.sink.onPost = () => (world.clock.now() < START_MS + 60 * MINUTE_MS ? answered(400, { text: 'no' }) : null);
    const written = writeMany(world, 5);
    const streamer = start(world, { processing: { scanIntervalMs: 15_000 } });
    await world.clock.runFor(60 * MINUTE_MS);
    expect(world.state.quarantined).toEqual([]);
    expect(world.sink.posts.length).toBeLessThan(5000);
    await world.clock.runUntil(allComplete(world, written));
    expectDelivered(world, written);
    await streamer.stop();
  });

  it('is not hammered with the pieces of a batch', async () => {
    const world = createWorld({ endpoints: 1 });
    world.sink.onPost = () => answered(400, { text: 'no' });
    write(world, { count: 500 });
    const streamer = start(world, { http: { batchLinesMax: 1000, batchBytesMax: 1_000_000, workers: 1 } });
    await world.clock.runFor(10_000);
    expect(world.sink.posts.length).toBeLessThan(40);
    streamer.killNow();
    await world.clock.runUntil(() => streamer.ended.isEnded);
  });

  it('after it has worked well is an outage too', async () => {
    const world = createWorld();
    const early = writeMany(world, 5);
    const streamer = start(world, { processing: { scanIntervalMs: 5000 } });
    await world.clock.runUntil(allComplete(world, early));
    const brokenMs = world.clock.now();
    world.sink.onPost = () => (world.clock.now() < brokenMs + 10 * MINUTE_MS ? answered(422, { text: 'no' }) : null);
    const late = Array.from({ length: 5 }, (_, index) => write(world, { sequence: 10 + index }));
    await world.clock.runUntil(allComplete(world, late));
    expect(world.state.quarantined).toEqual([]);
    expectDelivered(world, [...early, ...late]);
    await streamer.stop();
  });

  it('while the others accept everything does not condemn the data', async () => {
    const world = createWorld({ endpoints: 3 });
    world.sink.onPost = ({ endpoint }) => (endpoint === 1 ? answered(400, { text: 'wrong input' }) : null);
    const written = writeMany(world, 20);
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written), 10 * MINUTE_MS);
    expect(world.state.quarantined).toEqual([]);
    expectDelivered(world, written);
    await streamer.stop();
  });
});
