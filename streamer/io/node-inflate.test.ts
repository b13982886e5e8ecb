import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawBytesFromTrailer } from '../core/gzip-trailer.ts';
import { hasCode } from '../errors.ts';
import { BufferPool } from './buffer-pool.ts';
import { FREED_BYTES_MIN } from './free-memory.ts';
import { createNodeInflate } from './node-inflate.ts';

const pool = new BufferPool({
  bytesMax: 64e6,
  idleBytesMax: 64 * 1024 * 1024,
  idleMsMax: 1e9,
  lastIdleMsMax: 1e9,
  nowMs: () => 0,
});
const inflate = createNodeInflate(pool);
const never = new AbortController().signal;

const LINES = Buffer.from(
  Array.from({ length: 3000 }, (_, index) => `{"n":${index},"user":"user${(index * 7919) % 997}"}\n`).join(''),
);

/** A source that knows whether it was closed. */
function sourceOf(stored: Uint8Array, pieceBytes: number) {
  const source = { isClosed: false, pieces: 0 };
  async function* read(): AsyncIterable<Uint8Array> {
    try {
      for (let start = 0; start < stored.length; start += pieceBytes) {
        source.pieces += 1;
        yield stored.subarray(start, start + pieceBytes);
      }
    } finally {
      source.isClosed = true;
    }
  }
  return { source, read };
}

/** All that comes out, and the code with which it ended (null: well). */
async function inflateAll(
  stored: Uint8Array,
  pieceBytes = 65_536,
): Promise<{ content: Buffer; code: string | null; isClosed: boolean }> {
  const { source, read } = sourceOf(stored, pieceBytes);
  const chunks: Uint8Array[] = [];
  let code: string | null = null;
  try {
    for await (const chunk of inflate.stream(read(), never)) chunks.push(chunk);
  } catch (error) {
    code = hasCode(error, 'GZIP_CORRUPT', 'GZIP_TRUNCATED') ? error.code : String(error);
  }
  return { content: Buffer.concat(chunks), code, isClosed: source.isClosed };
}

const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => {
  rejections.push(reason);
};
beforeEach(() => {
  rejections.length = 0;
  process.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', onRejection);
  expect(rejections).toEqual([]);
});

describe('the content of a sound object', () => {
  const members = fc.array(fc.uint8Array({ maxLength: 2000 }), { minLength: 1, maxLength: 4 });

  it('comes out whole, for any number of members and any pieces, even of one byte', async () => {
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 1, max: 300 }), async (parts, pieceBytes) => {
        const stored = Buffer.concat(parts.map((part) => gzipSync(part)));
        const { content, code, isClosed } = await inflateAll(stored, pieceBytes);
        expect({ content, code, isClosed }).toEqual({ content: Buffer.concat(parts), code: null, isClosed: true });
      }),
      { numRuns: 60 },
    );
  });

  it('comes out as it is where there is no gzip magic, whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 50 }), fc.integer({ min: 1, max: 5 }), async (text, pieceBytes) => {
        const stored = Buffer.from(text);
        expect(await inflateAll(stored, pieceBytes)).toEqual({ content: stored, code: null, isClosed: true });
      }),
    );
  });

  // A body's first piece may be one byte long: 1f alone is not yet gzip, and the compressed bytes would be delivered as lines.
  it('is recognised as gzip even when its first byte comes alone', async () => {
    expect((await inflateAll(gzipSync('{"a":1}\n'), 1)).content.toString()).toBe('{"a":1}\n');
  });

  it('may be empty: no bytes at all, or a member without content', async () => {
    expect(await inflateAll(Buffer.alloc(0))).toMatchObject({ content: Buffer.alloc(0), code: null });
    expect(await inflateAll(gzipSync(''))).toMatchObject({ content: Buffer.alloc(0), code: null });
  });

  it('comes out whole behind zeros, too, which a power cut or padded blocks leave between members', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 2000 }), fc.nat(700)), { minLength: 1, maxLength: 4 }),
        fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(65_536)),
        async (parts, pieceBytes) => {
          const stored = Buffer.concat(parts.flatMap(([part, zeros]) => [gzipSync(part), Buffer.alloc(zeros)]));
          const { content, code, isClosed } = await inflateAll(stored, pieceBytes);
          const whole = Buffer.concat(parts.map(([part]) => part));
          expect({ content, code, isClosed }).toEqual({ content: whole, code: null, isClosed: true });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('may be followed by zeros, which some tools pad with', async () => {
    expect(await inflateAll(Buffer.concat([gzipSync(LINES), Buffer.alloc(512)]))).toMatchObject({
      content: LINES,
      code: null,
    });
  });
});

describe('the content of a damaged object', () => {
  const stored = gzipSync(LINES);

  it('comes out up to the last byte that arrived when it is cut, wherever that is, and then says so', async () => {
    const cuts = fc.oneof(
      fc.integer({ min: 2, max: stored.length - 1 }),
      fc.integer({ min: stored.length - 12, max: stored.length - 1 }),
      fc.integer({ min: 2, max: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(cuts, async (length) => {
        const { content, code, isClosed } = await inflateAll(stored.subarray(0, length));
        expect(code).toBe('GZIP_TRUNCATED');
        expect(isClosed).toBe(true);
        expect(LINES.subarray(0, content.length).equals(content)).toBe(true);
        // 2 = Z_SYNC_FLUSH: what zlib itself can say of so many bytes.
        if (length > 20) expect(content.length).toBe(gunzipSync(stored.subarray(0, length), { finishFlush: 2 }).length);
      }),
      { numRuns: 80 },
    );
  });

  // A stream that was paused threw away what it held when the damage destroyed it: 80 KB of good lines.
  it('comes out whole, however slowly it is taken, when only what follows it is damaged', async () => {
    const garbage = Buffer.concat([stored, Buffer.from('these bytes are no gzip member')]);
    const chunks: Uint8Array[] = [];
    let code: string | null = null;
    try {
      for await (const chunk of inflate.stream(sourceOf(garbage, 64).read(), never)) {
        chunks.push(chunk);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } catch (error) {
      code = hasCode(error, 'GZIP_CORRUPT') ? error.code : String(error);
    }
    expect(code).toBe('GZIP_CORRUPT');
    // What shares a piece of 64 stored bytes with the garbage may stay in zlib's hands.
    expect(Buffer.concat(chunks).length).toBeGreaterThan(LINES.length * 0.97);
  });

  it('says corrupt, never truncated and never well, when a byte of it has changed', async () => {
    // The first ten bytes and the file name in them may change without harm (time, operating system).
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: stored.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const damaged = Buffer.from(stored);
          damaged[at] = damaged[at]! ^ mask;
          const { code } = await inflateAll(damaged);
          // A changed block type can make the content run past its end.
          expect(['GZIP_CORRUPT', 'GZIP_TRUNCATED']).toContain(code);
        },
      ),
      { numRuns: 80 },
    );
  });

  it.each([
    ['a checksum that does not fit', stored.length - 8],
    ['a length that does not fit', stored.length - 1],
    ['an unknown compression method', 2],
  ])('is corrupt with %s', async (_, at) => {
    const damaged = Buffer.from(stored);
    damaged[at] = damaged[at]! ^ 0xff;
    expect((await inflateAll(damaged)).code).toBe('GZIP_CORRUPT');
  });

  it('is corrupt with garbage behind it, and comes out whole when it arrives in pieces no longer than a trailer', async () => {
    const { content, code } = await inflateAll(
      Buffer.concat([stored, Buffer.from('<html>gateway time-out</html>')]),
      8,
    );
    expect(code).toBe('GZIP_CORRUPT');
    expect(content.equals(LINES)).toBe(true);
  });

  it.each([
    ['garbage', Buffer.from('no member'), 'GZIP_CORRUPT'],
    ['a cut member', gzipSync('cut\n').subarray(0, 11), 'GZIP_TRUNCATED'],
  ])('keeps what stands before zeros and %s, and says so', async (_, tail, expected) => {
    for (const pieceBytes of [8, 65_536]) {
      const { content, code } = await inflateAll(Buffer.concat([stored, Buffer.alloc(512), tail]), pieceBytes);
      expect({ code, isWhole: content.equals(LINES) }).toEqual({ code: expected, isWhole: true });
    }
  });

  it('keeps whole members before a cut one', async () => {
    const { content, code } = await inflateAll(Buffer.concat([stored, stored.subarray(0, 15)]));
    expect({ code, isWhole: content.equals(LINES) }).toEqual({ code: 'GZIP_TRUNCATED', isWhole: true });
  });
});

describe('a stream that ends early', () => {
  it('closes its source when the reader stops, after any chunk', async () => {
    for (const stored of [
      gzipSync(Buffer.concat(Array.from({ length: 40 }, () => LINES))),
      Buffer.alloc(400_000, 'abc\n'),
    ]) {
      const { source, read } = sourceOf(stored, 512);
      for await (const chunk of inflate.stream(read(), never)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      await expect.poll(() => source.isClosed).toBe(true);
      expect(source.pieces).toBeLessThan(stored.length / 512);
    }
  });

  it('ends when the signal aborts, even while the source hangs', async () => {
    const stop = new AbortController();
    async function* hanging(): AsyncIterable<Uint8Array> {
      yield gzipSync(LINES).subarray(0, 5000);
      await new Promise(() => undefined);
    }
    const reading = (async () => {
      for await (const _ of inflate.stream(hanging(), stop.signal));
    })();
    setTimeout(() => stop.abort(), 10);
    await expect(reading).rejects.toThrow('it was stopped');
  });

  it('passes on the failure of its source as it is: that says nothing of the content', async () => {
    const failure = new Error('the wire broke');
    async function* broken(): AsyncIterable<Uint8Array> {
      yield gzipSync(LINES).subarray(0, 5000);
      throw failure;
    }
    const reading = (async () => {
      for await (const _ of inflate.stream(broken(), never));
    })();
    await expect(reading).rejects.toThrow(failure);
  });
});

describe('whole', () => {
  it('gives the content in one buffer of the pool, and gives that back when it is released', async () => {
    const first = (await inflate.whole(gzipSync(LINES), LINES.length))!;
    expect(Buffer.from(first.content).equals(LINES)).toBe(true);
    const { buffer } = first.content;
    first.release();
    const second = (await inflate.whole(gzipSync(LINES), LINES.length))!;
    expect(second.content.buffer).toBe(buffer);
    // Not released: the next one must not write into it.
    const third = (await inflate.whole(gzipSync(LINES.toReversed()), LINES.length))!;
    expect(third.content.buffer).not.toBe(buffer);
    expect(Buffer.from(second.content).equals(LINES)).toBe(true);
    for (const inflated of [second, third]) inflated.release();
  });

  it('is the same as the stream for every sound object whose trailer tells its length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), fc.boolean(), async (content, isGzip) => {
        const stored = isGzip ? gzipSync(content) : Buffer.from(content);
        if (!isGzip && stored[0] === 0x1f) return;
        const inflated = (await inflate.whole(stored, rawBytesFromTrailer(stored)))!;
        expect(Buffer.from(inflated.content).equals(Buffer.from(content))).toBe(true);
        inflated.release();
      }),
    );
  });

  it('is null when there is more than it may give: several members, a trailer that lies, a bomb', async () => {
    expect(await inflate.whole(Buffer.concat([gzipSync(LINES), gzipSync('x\n')]), 2)).toBeNull();
    expect(await inflate.whole(gzipSync(LINES), LINES.length - 1)).toBeNull();
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    expect(await inflate.whole(bomb, 1000)).toBeNull();
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect(await inflate.whole(Buffer.from('plain\n'), 5)).toBeNull();
  });

  // The last member's trailer says how long the content is: as long as the first, in the second case.
  it.each([LINES.length + 7, LINES.length, 3])(
    'is null when zeros hide another member, of %i bytes',
    async (secondBytes) => {
      const second = gzipSync(Buffer.alloc(secondBytes, 'x'));
      for (const first of [LINES, Buffer.alloc(3, 'y')]) {
        const stored = Buffer.concat([gzipSync(first), Buffer.alloc(512), second]);
        expect(await inflate.whole(stored, rawBytesFromTrailer(stored))).toBeNull();
      }
    },
  );

  it('is null when the content is damaged or cut', async () => {
    const stored = gzipSync(LINES);
    const damaged = Buffer.from(stored);
    damaged[stored.length - 7] = damaged[stored.length - 7]! ^ 1;
    for (const bad of [
      damaged,
      stored.subarray(0, -1),
      stored.subarray(0, 5),
      Buffer.concat([stored, Buffer.from('garbage')]),
    ]) {
      expect(await inflate.whole(bad, LINES.length)).toBeNull();
    }
  });

  it('frees what was stored once it is inflated, and leaves it to the streaming way where it was not', async () => {
    const incompressible = Buffer.from(
      Uint32Array.from({ length: 50_000 }, (_, index) => Math.imul(index * index, 0x9e3779b1)).buffer,
    );
    const stored = Buffer.allocUnsafeSlow(gzipSync(incompressible).length);
    gzipSync(incompressible).copy(stored);
    expect(await inflate.whole(stored, 1000)).toBeNull();
    expect(stored.length).toBeGreaterThan(FREED_BYTES_MIN);
    expect((await inflate.whole(stored, incompressible.length))?.content.length).toBe(incompressible.length);
    expect(stored.length).toBe(0);
  });

  it('never gives a buffer back that zlib may still write into', async () => {
    const ownPool = new BufferPool({
      bytesMax: 64e6,
      idleBytesMax: 1e9,
      idleMsMax: 1e9,
      lastIdleMsMax: 1e9,
      nowMs: () => 0,
    });
    const damaged = gzipSync(LINES);
    damaged.fill(0xff, damaged.length - 40);
    expect(await createNodeInflate(ownPool).whole(damaged, LINES.length)).toBeNull();
    expect(ownPool.idleBytes).toBe(0);
  });
});
