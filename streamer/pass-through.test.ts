import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeBytes } from './core/ranges.ts';
import { StreamerError } from './errors.ts';
import type { SinkAnswer } from './ports.ts';
import { answered, GARBAGE } from './testing/fakes.ts';
import {
  allComplete,
  createWorld,
  expectDelivered,
  linesOf,
  start as startAny,
  testConfig,
  type World,
  write,
  writeMany,
  type Written,
} from './testing/world.ts';

const MINUTE_MS = 60_000;
const LINES = 80;

type Overrides = NonNullable<Parameters<typeof testConfig>[0]>;

/** The format of the test's names, without its rule. */
const formats = testConfig().processing.formats.map((format) => ({
  ...format,
  recordRule: { dropsArrayPunctuation: false, headerLines: 0 },
}));

function start(world: World, { http, processing, ...rest }: Overrides = {}) {
  return startAny(world, {
    ...rest,
    http: { compression: 'passthrough', ...http },
    processing: { formats, ...processing },
  });
}

function unopened(world: World): readonly string[] {
  return world.sink.posts.filter((post) => post.isUnopened && post.status === 200).map(({ body }) => body);
}

describe('an object that is passed through', () => {
  it('is one POST of its gzip bytes, under a key of its whole range, and complete when that is acknowledged', async () => {
    const world = createWorld();
    const written = writeMany(world, 5, LINES);
    const bodies: Buffer[] = [];
    world.sink.onPost = ({ parts, encoding, bodyBytes }) => {
      expect(encoding).toBe('gzip');
      bodies.push(Buffer.concat(parts));
      expect(bodyBytes).toBe(bodies.at(-1)?.length);
      return null;
    };
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, written));
    expectDelivered(world, written);
    expect(world.sink.posts).toHaveLength(5);
    expect(bodies.map((body) => gunzipSync(body).toString()).toSorted()).toEqual(
      written.map(({ content }) => content).toSorted(),
    );
    for (const [index, { content }] of written.entries())
      expect(world.sink.posts.map(({ idempotencyKey }) => idempotencyKey)).toContainEqual(
        expect.stringMatching(new RegExp(`^v${index + 1}-[0-9a-f]{8}-0-${content.length}$`)),
      );
    const completed = streamer.events.of('object completed').map((event) => event.completed);
    expect(completed.map(({ lines, batches }) => [lines, batches])).toEqual(Array.from({ length: 5 }, () => [null, 1]));
    const ascending = (left: number, right: number): number => left - right;
    expect(completed.map(({ rawBytes }) => rawBytes).toSorted(ascending)).toEqual(
      written.map(({ content }) => content.length).toSorted(ascending),
    );
    expect(streamer.events.of('batch posted').map(({ bodyBytes }) => bodyBytes)).toEqual(
      completed.map(({ rawBytes }) => rawBytes),
    );
    await streamer.stop();
  });

  it('holds its stored bytes and no more, while the endpoints are dead', async () => {
    const world = createWorld();
    const written = writeMany(world, 60, 400);
    const storedBytesMax = Math.max(...written.map(({ ref }) => ref.sizeBytes));
    const memoryLimitBytes = storedBytesMax * 8;
    world.sink.onPost = () => (world.clock.now() < deadUntilMs ? { kind: 'timeout' } : null);
    const deadUntilMs = world.clock.now() + MINUTE_MS;
    const streamer = start(world, { memoryLimitBytes });
    await world.clock.runFor(MINUTE_MS / 2);
    expect(streamer.gauges().inFlightBytes).toBeGreaterThan(storedBytesMax);
    await world.clock.runUntil(allComplete(world, written));
    expect(streamer.gauges().inFlightBytesMax).toBeLessThanOrEqual(memoryLimitBytes);
    expectDelivered(world, written);
    expect(unopened(world)).toHaveLength(60);
    await streamer.stop();
  });

  it('is sent again, whole, after a kill before its completion was saved', async () => {
    const world = createWorld();
    const written = writeMany(world, 1, LINES);
    const first = start(world);
    world.state.onCommit = () => {
      if (world.state.head !== null) throw new StreamerError('STATE_UNWRITABLE', 'killed');
    };
    await world.clock.runUntil(() => world.sink.lines.length > 0);
    first.killNow();
    await world.clock.runUntil(() => first.ended.isEnded);
    world.state.onCommit = () => undefined;
    const second = start(world);
    await world.clock.runUntil(allComplete(world, written));
    expect(unopened(world)).toEqual([written[0]?.content, written[0]?.content]);
    expect(new Set(world.sink.posts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    await second.stop();
  });
});

describe('what is in doubt is opened', () => {
  const cut = (stored: Buffer): Buffer => stored.subarray(0, stored.length - 100);
  it.each<[string, (stored: Buffer) => Buffer, string | null]>([
    ['plain text', (stored) => gunzipSync(stored), null],
    ['two members', (stored) => Buffer.concat([stored, gzipSync('{"a":1}\n')]), null],
    ['an empty member at the end', (stored) => Buffer.concat([stored, gzipSync('')]), null],
    ['garbage behind it', (stored) => Buffer.concat([stored, GARBAGE]), 'gzip-corrupt'],
    ['no end', cut, 'gzip-truncated'],
  ])('an object with %s: its good lines are delivered', async (_, damage, reason) => {
    const world = createWorld();
    const written = write(world, { lines: linesOf('a', 400), damage });
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [written]));
    const delivered = new Set(world.sink.lines);
    expect(written.lines.filter((line) => delivered.has(line)).length).toBeGreaterThan(reason === null ? 399 : 50);
    expect(unopened(world)).toEqual([]);
    expect(world.state.quarantined.map((record) => record.reason)).toEqual(reason === null ? [] : [reason]);
    await streamer.stop();
  });

  it('one that is larger than may be passed through, or than memory bears', async () => {
    const world = createWorld();
    const written = write(world, { count: 2000 });
    const small = write(world, { sequence: 2, count: LINES });
    const streamer = start(world, { http: { passThroughBytesMax: written.ref.sizeBytes - 1 } });
    await world.clock.runUntil(allComplete(world, [written, small]));
    expectDelivered(world, [written, small]);
    expect(unopened(world)).toEqual([small.content]);
    await streamer.stop();
    const tight = createWorld();
    const large = write(tight, { count: 2000 });
    const second = start(tight, { memoryLimitBytes: large.ref.sizeBytes * 3, processing: { lineBytesMax: 1000 } });
    await tight.clock.runUntil(allComplete(tight, [large]));
    expectDelivered(tight, [large]);
    expect(unopened(tight)).toEqual([]);
    await second.stop();
  });

  it('one of which something is settled: only the rest is sent', async () => {
    const world = createWorld();
    const written = write(world, { count: LINES });
    const end = written.content.indexOf('\n', 1000) + 1;
    const change = { object: written.ref, settled: [{ start: 0, end }], complete: false };
    await world.state.commit({ changes: [change], quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null });
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [written]));
    expect(world.sink.lines.map((line) => `${line}\n`).join('')).toBe(written.content.slice(end));
    await streamer.stop();
  });

  it('one with a rule for its lines, should the configuration ever let it through', async () => {
    const world = createWorld();
    const content = `[\n${linesOf('a', LINES).join('\n,')}\n]\n`;
    world.s3.put(write(world).ref.key, gzipSync(content));
    const streamer = start(world, { processing: { formats: testConfig().processing.formats } });
    await world.clock.runUntil(() => world.sink.lines.length >= LINES);
    expect(world.sink.lines).toEqual(linesOf('a', LINES));
    await streamer.stop();
  });

  it.each([400, 413, 422])(
    'one that is refused with %i: the line at fault is set aside, and no other',
    async (status) => {
      const world = createWorld();
      const bad = write(world, { lines: linesOf('a', LINES).with(33, '{"BAD":1}') });
      const good = [2, 3, 4].map((sequence) => write(world, { sequence, count: LINES }));
      world.sink.onPost = (_, body) => (body.includes('BAD') ? answered(status, { text: 'bad record' }) : null);
      const streamer = start(world);
      await world.clock.runUntil(allComplete(world, [bad, ...good]));
      expect(world.sink.lines.toSorted()).toEqual(
        [bad, ...good].flatMap(({ lines }) => lines.filter((line) => !line.includes('BAD'))).toSorted(),
      );
      const [record] = world.state.quarantined;
      expect(record).toMatchObject({ reason: 'refused', firstLine: 33, lineCount: 1, object: { key: bad.ref.key } });
      expect(bad.content.slice(record?.range?.start, record?.range?.end)).toBe('{"BAD":1}\n');
      expect(world.state.quarantined).toHaveLength(1);
      expect(unopened(world)).toHaveLength(3);
      expect(streamer.events.of('object opened')).toMatchObject([{ object: bad.ref, status, error: 'bad record' }]);
      await streamer.stop();
    },
  );

  it('one that only an endpoint finds too large, once', async () => {
    const world = createWorld();
    const written = write(world, { count: 2000 });
    world.sink.onPost = (_, body) => (body.length > 10_000 ? answered(413) : null);
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, [written]));
    expectDelivered(world, [written]);
    expect(world.sink.posts.filter(({ status }) => status === 413)).toHaveLength(1);
    expect(world.state.quarantined).toEqual([]);
    await streamer.stop();
  });

  it('one that endpoints fail on while they take others: only the batch at fault waits', async () => {
    const world = createWorld();
    const isPoisoned = (): boolean => world.clock.now() < healedMs;
    const healedMs = world.clock.now() + 10 * MINUTE_MS;
    const bad = write(world, { lines: linesOf('a', LINES).with(33, '{"POISON":1}') });
    world.sink.onPost = (_, body) => (body.includes('POISON') && isPoisoned() ? answered(500) : null);
    const streamer = start(world);
    const good: Written[] = [];
    for (let second = 2; second < 120; second += 2) {
      good.push(write(world, { sequence: second, count: LINES }));
      await world.clock.runFor(2000);
    }
    await world.clock.runUntil(allComplete(world, good));
    expect(world.state.isComplete(bad.ref)).toBe(false);
    expect(new Set(world.sink.lines.filter((line) => bad.lines.includes(line))).size).toBe(LINES - 10);
    await world.clock.runUntil(allComplete(world, [bad]));
    expectDelivered(world, [bad, ...good]);
    expect(unopened(world)).toHaveLength(good.length);
    await streamer.stop();
  });
});

it('an endpoint that refuses everything condemns nothing', async () => {
  const world = createWorld();
  const written = writeMany(world, 8, LINES);
  const endsMs = world.clock.now() + 10 * MINUTE_MS;
  world.sink.onPost = () => (world.clock.now() < endsMs ? answered(400, { text: 'out of order' }) : null);
  const streamer = start(world);
  await world.clock.runUntil(allComplete(world, written));
  expectDelivered(world, written);
  expect(world.state.quarantined).toEqual([]);
  await streamer.stop();
});

describe('whatever fails a finite number of times', () => {
  const fault = fc.constantFrom<SinkAnswer | null>(
    null,
    answered(400),
    answered(413),
    answered(500),
    answered(503, { retryAfterMs: 700 }),
    answered(404),
    { kind: 'timeout' },
    { kind: 'network', code: 'ECONNRESET', message: 'reset' },
  );
  const shape = fc.constantFrom<(stored: Buffer) => Buffer>(
    (stored) => stored,
    (stored) => stored,
    (stored) => gunzipSync(stored),
    (stored) => Buffer.concat([stored, gzipSync('')]),
  );

  it('no line is lost, and none is delivered twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), shape), { minLength: 1, maxLength: 6 }),
        fc.array(fault, { maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 6 }),
        async (objects, postFaults, commitFaults) => {
          const world = createWorld();
          const written = objects.map(([count, damage], index) => write(world, { sequence: index + 1, count, damage }));
          world.sink.onPost = () => postFaults.pop() ?? null;
          world.state.onCommit = () => {
            if (commitFaults.pop() === true && world.state.head !== null)
              throw new StreamerError('STATE_UNWRITABLE', 'disk full');
          };
          const streamer = start(world, { processing: { scanIntervalMs: 15_000 } });
          await world.clock.runUntil(allComplete(world, written));
          await streamer.stop();
          // What is refused by chance, again and again, may be taken for a bad line: it is set aside with its range.
          const setAside = world.state.quarantined.map(({ object, range }) => {
            const { content } = written.find(({ ref }) => ref.key === object.key)!;
            return content.slice(range!.start, range!.end).trimEnd();
          });
          expect([...world.sink.lines, ...setAside].toSorted()).toEqual(
            written.flatMap(({ lines }) => lines).toSorted(),
          );
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('after kills nothing is lost, and only what was not saved comes twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (livesMs, objects) => {
          const world = createWorld();
          world.sink.postMs = 200;
          const written = writeMany(world, objects, LINES);
          let unsavedBytes = 0;
          for (const lifeMs of livesMs) {
            const streamer = start(world, { http: { workers: 2 } });
            await world.clock.runFor(lifeMs);
            const savedBytes = written.reduce(
              (sum, { ref, content }) =>
                sum + (world.state.isComplete(ref) ? content.length : rangeBytes(world.state.settledOf(ref))),
              0,
            );
            const seenBytes = [...new Set(world.sink.lines)].reduce((sum, line) => sum + line.length + 1, 0);
            unsavedBytes += Math.max(0, seenBytes - savedBytes);
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
          const bytesOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);
          expect(bytesOf(world.sink.lines) - bytesOf(all)).toBeLessThanOrEqual(unsavedBytes);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
