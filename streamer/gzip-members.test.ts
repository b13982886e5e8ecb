import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesAround, readMembers } from './gzip-members.ts';
import { BufferPool } from './io/buffer-pool.ts';
import { createNodeInflate, inflateMemberSync } from './io/node-inflate.ts';
import { allComplete, createWorld, expectDelivered, keyOf, linesOf, start, START_MS, write } from './testing/world.ts';

const inflate = createNodeInflate(
  new BufferPool({ bytesMax: 0, idleBytesMax: 0, idleMsMax: 0, lastIdleMsMax: 0, nowMs: () => 0 }),
);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

function contentOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** A member whose trailer does not fit its content. */
function withWrongCrc(member: Buffer): Buffer {
  const wrong = Buffer.from(member);
  wrong[wrong.length - 8]! ^= 0xff;
  return wrong;
}

describe('readMembers', () => {
  it('gives the content of all members, and names exactly those whose CRC is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ maxLength: 300 }), fc.boolean()), { minLength: 1, maxLength: 6 }),
        fc.nat(20),
        async (parts, paddingBytes) => {
          const members = parts.map(([part, isSound]) => {
            const member = gzipSync(part);
            return isSound ? member : withWrongCrc(member);
          });
          const stored = Buffer.concat([...members, Buffer.alloc(paddingBytes)]);
          const read = await readMembers(inflate, stored, 1e6);
          expect(text(read!.content)).toBe(parts.map(([part]) => part).join(''));
          expect(read!.restAt).toBeNull();
          let at = 0;
          const damaged = parts.flatMap(([part, isSound]) => {
            const range = { start: at, end: at + Buffer.byteLength(part) };
            at = range.end;
            // Of a member that says it is empty nothing is missing.
            return isSound || part === '' ? [] : [range];
          });
          expect(read!.damaged).toEqual(damaged);
        },
      ),
      { numRuns: 40 },
    );
  });

  // Python's gzip reads on behind them; zlib and gzip(1) do not.
  it('reads on behind zeros: a hole that a power cut left, or blocks that are padded', async () => {
    const [first, second] = [gzipSync('first\n'), gzipSync('second\n')];
    const stored = Buffer.concat([first, Buffer.alloc(512), second, Buffer.alloc(7)]);
    const read = await readMembers(inflate, stored, 1e6);
    expect({ content: text(read!.content), restAt: read!.restAt }).toEqual({
      content: 'first\nsecond\n',
      restAt: null,
    });
    const garbage = Buffer.concat([first, Buffer.alloc(512), Buffer.from('garbage')]);
    expect((await readMembers(inflate, garbage, 1e6))?.restAt).toBe(first.length + 512);
  });

  it('loses nothing to an empty member whose CRC is wrong, wherever it stands', async () => {
    // At the beginning it set the whole object aside: its range was empty, and the line around it ended with the content.
    const empty = withWrongCrc(gzipSync(''));
    for (const stored of [Buffer.concat([empty, gzipSync('a\nb\n')]), Buffer.concat([gzipSync('a\nb\n'), empty])]) {
      const read = await readMembers(inflate, stored, 1e6);
      expect({ content: text(read!.content), damaged: read!.damaged }).toEqual({ content: 'a\nb\n', damaged: [] });
    }
  });

  it('stops before one of which nothing came though it had something: that is told, not left out', async () => {
    const spoilt = gzipSync('');
    spoilt[spoilt.length - 1] = 1;
    const first = gzipSync('a\n');
    const read = await readMembers(inflate, Buffer.concat([first, spoilt, gzipSync('b\n')]), 1e6);
    expect({ content: text(read!.content), restAt: read!.restAt }).toEqual({ content: 'a\n', restAt: first.length });
  });

  it('reads headers with every optional field, as the standard has them', () => {
    const plain = gzipSync('content\n');
    const fields = Buffer.concat([Buffer.from([3, 0, 1, 2, 3]), Buffer.from('name\0comment\0'), Buffer.from([9, 9])]);
    const header = Buffer.from(plain.subarray(0, 10));
    header[3] = 2 + 4 + 8 + 16;
    const stored = Buffer.concat([header, fields, plain.subarray(10)]);
    const member = inflateMemberSync(stored, 0, 100);
    expect({ content: text(member!.content), end: member!.end, isSound: member!.isSound }).toEqual({
      content: 'content\n',
      end: stored.length,
      isSound: true,
    });
  });

  it('stops at what is no whole member, at what is too large, and takes nothing where the first is such', async () => {
    const good = gzipSync('good\n');
    const cut = gzipSync('cut off\n').subarray(0, 15);
    expect((await readMembers(inflate, Buffer.concat([good, cut]), 1e6))?.restAt).toBe(good.length);
    expect((await readMembers(inflate, Buffer.concat([good, Buffer.from('garbage')]), 1e6))?.restAt).toBe(good.length);
    expect((await readMembers(inflate, Buffer.concat([good, gzipSync('x'.repeat(1000))]), 100))?.restAt).toBe(
      good.length,
    );
    expect(await readMembers(inflate, cut, 1e6)).toBeNull();
    expect(await readMembers(inflate, gzipSync('x'.repeat(1000)), 100)).toBeNull();
  });
});

it('linesAround reaches from the beginning of the first line touched to the end of the last', () => {
  const content = Buffer.from('aaa\nbbb\nccc\nddd');
  expect(linesAround(content, [{ start: 5, end: 6 }])).toEqual([{ start: 4, end: 8 }]);
  expect(linesAround(content, [{ start: 4, end: 8 }])).toEqual([{ start: 4, end: 8 }]);
  expect(
    linesAround(content, [
      { start: 6, end: 9 },
      { start: 13, end: 14 },
    ]),
  ).toEqual([{ start: 4, end: 15 }]);
  expect(linesAround(content, [])).toEqual([]);
});

describe('an object with zeros between its members', () => {
  it.each([
    ['the last the larger', 20, 40],
    ['the last the smaller', 40, 20],
    ['both as long', 30, 30],
  ])('is delivered with all of them, %s', async (_, before, behind) => {
    const world = createWorld();
    const [first, second] = [linesOf('a', before), linesOf('b', behind)];
    const ref = world.s3.put(
      keyOf(START_MS),
      Buffer.concat([gzipSync(contentOf(first)), Buffer.alloc(512), gzipSync(contentOf(second))]),
    );
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.isComplete(ref), 600_000);
    expect(world.sink.lines.toSorted()).toEqual([...first, ...second].toSorted());
    expect(world.state.quarantined).toEqual([]);
    await streamer.stop();
  });

  it('is not called complete where what follows them is no member', async () => {
    const world = createWorld();
    const lines = linesOf('a', 25);
    const ref = world.s3.put(
      keyOf(START_MS),
      Buffer.concat([gzipSync(contentOf(lines)), Buffer.alloc(512), Buffer.from('the rest of a line\n')]),
    );
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.isComplete(ref), 600_000);
    expect(world.sink.lines.toSorted()).toEqual(lines.toSorted());
    expect(world.state.quarantined).toMatchObject([{ reason: 'gzip-corrupt', object: { key: ref.key } }]);
    await streamer.stop();
  });
});

describe('an object with a member whose CRC is wrong', () => {
  it('delivers the lines of the others, none of that one, and quarantines just it, after three readings', async () => {
    const world = createWorld();
    const [first, second, third] = [linesOf('a', 25), linesOf('b', 25), linesOf('c', 25)];
    const stored = Buffer.concat([
      gzipSync(contentOf(first)),
      withWrongCrc(gzipSync(contentOf(second))),
      gzipSync(contentOf(third)),
    ]);
    const ref = world.s3.put(keyOf(START_MS), stored);
    const other = write(world, { sequence: 2 });
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.isComplete(ref) && allComplete(world, [other])(), 600_000);
    expect(world.sink.lines.toSorted()).toEqual([...first, ...third, ...other.lines].toSorted());
    const [before, bad] = [contentOf(first).length, contentOf(second).length];
    expect(world.state.quarantined).toMatchObject([
      { reason: 'gzip-corrupt', range: { start: before, end: before + bad }, object: { key: ref.key } },
    ]);
    expect(world.s3.gets.filter((key) => key === ref.key)).toHaveLength(3);
    await streamer.stop();
  });

  it('delivers no line that begins in it, wherever it ends', async () => {
    const world = createWorld();
    const first = linesOf('a', 25);
    // Its last line goes on in a member that is cut.
    const bad = withWrongCrc(gzipSync('garbled\nbegins garbled, '));
    const cut = gzipSync(`ends well\n${contentOf(linesOf('b', 2_000))}`).subarray(0, -100);
    const ref = world.s3.put(keyOf(START_MS), Buffer.concat([gzipSync(contentOf(first)), bad, cut]));
    const streamer = start(world);
    await world.clock.runUntil(() => world.state.isComplete(ref), 600_000);
    expect(world.sink.lines.filter((line) => line.includes('garbled'))).toEqual([]);
    expect(world.sink.lines).toEqual(expect.arrayContaining([...first, ...linesOf('b', 100)]));
    expect(world.state.quarantined).toMatchObject([
      { reason: expect.stringMatching(/^gzip-/), object: { key: ref.key } },
    ]);
    await streamer.stop();
  });

  it('loses nothing when the damage came from the wire', async () => {
    const world = createWorld();
    const written = write(world, { damage: withWrongCrc });
    const streamer = start(world);
    await world.clock.runUntil(() => world.s3.gets.length > 0);
    world.s3.replace(written.ref.key, gzipSync(written.content));
    await world.clock.runUntil(allComplete(world, [written]), 60_000);
    expectDelivered(world, [written]);
    expect(world.state.quarantined).toEqual([]);
    await streamer.stop();
  });
});
