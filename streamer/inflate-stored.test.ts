import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode, StreamerError } from './errors.ts';
import { inflateStored } from './inflate-stored.ts';
import { BufferPool } from './io/buffer-pool.ts';
import { createNodeInflate } from './io/node-inflate.ts';

const inflate = createNodeInflate(
  new BufferPool({ bytesMax: 64e6, idleBytesMax: 0, idleMsMax: 0, lastIdleMsMax: 0, nowMs: () => 0 }),
);

/** 600 kB of lines that differ enough to fill 130 kB of gzip. */
const LINES = Buffer.from(
  Array.from(
    { length: 10_000 },
    (_, index) =>
      `{"n":${index},"user":"${((index * 2_654_435_761) % 4_294_967_296).toString(36)}","action":"Allowed"}\n`,
  ).join(''),
);
const STORED = gzipSync(LINES);

async function inflateAll(stored: Uint8Array): Promise<{ content: Buffer; code: string | null }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of inflateStored(inflate, stored, new AbortController().signal)) chunks.push(chunk);
    return { content: Buffer.concat(chunks), code: null };
  } catch (error) {
    return {
      content: Buffer.concat(chunks),
      code: hasCode(error, 'GZIP_CORRUPT', 'GZIP_TRUNCATED') ? error.code : String(error),
    };
  }
}

describe('inflateStored', () => {
  it('gives the content of a sound object, in one pass', async () => {
    const { content, code } = await inflateAll(STORED);
    expect({ code, isWhole: content.equals(LINES) }).toEqual({ code: null, isWhole: true });
  });

  it.each(['<html>502 Bad Gateway</html>', '\x1f\x8b\xff\xff\xff\xff\xff\xff\xff\xff\xff'])(
    'gives everything before garbage that follows a member: %j',
    async (garbage) => {
      const { content, code } = await inflateAll(Buffer.concat([STORED, Buffer.from(garbage, 'latin1')]));
      expect({ code, isWhole: content.equals(LINES) }).toEqual({ code: 'GZIP_CORRUPT', isWhole: true });
    },
  );

  it('gives all but a few bytes of what stands before the damage, wherever that is', async () => {
    // Stored blocks of a second member: damage to a block's header is found at once, and nothing before it is in doubt.
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), async (blocks) => {
        const plain = gzipSync(LINES, { level: 0 });
        // Each stored block holds at most 65,535 bytes behind a five-byte header; the gzip header has ten.
        const blockLengths: number[] = [];
        for (let at = 10; at < plain.length - 8;) {
          const length = plain.readUInt16LE(at + 1);
          blockLengths.push(length);
          at += 5 + length;
        }
        const sound = Math.min(blocks, blockLengths.length - 1);
        const soundBytes = blockLengths.slice(0, sound).reduce((sum, length) => sum + length, 0);
        const damaged = Buffer.from(plain);
        damaged[10 + 5 * sound + soundBytes] = 0xff;
        const { content, code } = await inflateAll(damaged);
        expect(code).toBe('GZIP_CORRUPT');
        expect(LINES.subarray(0, content.length).equals(content)).toBe(true);
        expect(soundBytes - content.length).toBeLessThan(16);
      }),
      { numRuns: 5 },
    );
  });

  it('reads a truncated object once: nothing of it is kept back', async () => {
    const { content, code } = await inflateAll(STORED.subarray(0, STORED.length / 2));
    expect(code).toBe('GZIP_TRUNCATED');
    expect(LINES.subarray(0, content.length).equals(content)).toBe(true);
    expect(content.length).toBeGreaterThan(LINES.length * 0.45);
  });

  it('gives each byte once, wherever the passes cut their chunks', async () => {
    const passes = [['abcde'], ['abc', 'defg'], ['a', 'bcdefgh']];
    const failing = {
      ...inflate,
      async *stream(): AsyncIterable<Uint8Array> {
        for (const text of passes.shift() ?? []) yield Buffer.from(text);
        throw new StreamerError('GZIP_CORRUPT', 'damaged');
      },
    };
    let given = '';
    const reading = (async () => {
      for await (const chunk of inflateStored(failing, STORED, new AbortController().signal))
        given += Buffer.from(chunk).toString();
    })();
    await expect(reading).rejects.toThrow('damaged');
    expect(given).toBe('abcdefgh');
  });

  it('stops at the first other failure', async () => {
    const failure = new Error('not damage');
    let passes = 0;
    const failing = {
      ...inflate,
      async *stream(): AsyncIterable<Uint8Array> {
        passes += 1;
        yield Buffer.from('a\n');
        throw failure;
      },
    };
    const reading = (async () => {
      for await (const _ of inflateStored(failing, STORED, new AbortController().signal));
    })();
    await expect(reading).rejects.toThrow(failure);
    expect(passes).toBe(1);
  });
});
