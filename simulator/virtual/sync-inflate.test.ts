import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '#streamer';
import { syncInflate } from './sync-inflate.ts';

const NO_SIGNAL = new AbortController().signal;

async function* pieces(stored: Uint8Array, bytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < stored.length; at += bytes) yield stored.subarray(at, at + bytes);
}

/** What came out, and the code of the failure that ended it. */
async function streamed(stored: Uint8Array, bytes: number): Promise<{ content: string; failure: string | null }> {
  const out: Buffer[] = [];
  try {
    for await (const piece of syncInflate.stream(pieces(stored, bytes), NO_SIGNAL)) out.push(Buffer.from(piece));
  } catch (error) {
    if (!hasCode(error, 'GZIP_CORRUPT', 'GZIP_TRUNCATED')) throw error;
    return { content: Buffer.concat(out).toString(), failure: error.code };
  }
  return { content: Buffer.concat(out).toString(), failure: null };
}

const text = fc.string({ maxLength: 300 }).map((short) => short.repeat(40));

describe('the synchronous inflate', () => {
  it('gives back any content, of any number of members, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 500 }),
        async (members, bytes) => {
          const stored = Buffer.concat(members.map((member) => gzipSync(member)));
          expect(await streamed(stored, bytes)).toEqual({ content: members.join(''), failure: null });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads a single member whole, and says no where it is longer than expected or damaged', async () => {
    const stored = gzipSync('line\n'.repeat(100));
    expect(await syncInflate.whole(stored, 499)).toBeNull();
    expect(await syncInflate.whole(stored.subarray(0, 20), 500)).toBeNull();
    const whole = await syncInflate.whole(stored, 500);
    expect(Buffer.from(whole?.content ?? []).toString()).toBe('line\n'.repeat(100));
    expect(await syncInflate.whole(stored, 500), 'what was stored is overwritten').not.toEqual(whole);
  });

  it('gives what is good of a damaged content, and tells how it is damaged', async () => {
    const first = gzipSync('good\n');
    expect(await streamed(Buffer.concat([first, gzipSync('more\n').subarray(0, 10)]), 1)).toEqual({
      content: 'good\n',
      failure: 'GZIP_TRUNCATED',
    });
    expect(await streamed(Buffer.concat([first, Buffer.from('garbage')]), first.length)).toEqual({
      content: 'good\n',
      failure: 'GZIP_CORRUPT',
    });
  });

  it('reads on behind zeros, as the real one does', async () => {
    const [first, second] = [gzipSync('first\n'), gzipSync('other\n')];
    const stored = Buffer.concat([first, Buffer.alloc(40), second, Buffer.alloc(9)]);
    for (const bytes of [1, 7, stored.length])
      expect(await streamed(stored, bytes)).toEqual({ content: 'first\nother\n', failure: null });
    expect(await syncInflate.whole(stored.subarray(0, -9), 6)).toBeNull();
    expect(await streamed(Buffer.concat([first, Buffer.alloc(40), Buffer.from('garbage')]), 1)).toEqual({
      content: 'first\n',
      failure: 'GZIP_CORRUPT',
    });
  });

  it('passes on what is no gzip', async () => {
    expect(await streamed(Buffer.from('plain text'), 1)).toEqual({ content: 'plain text', failure: null });
    expect(await streamed(Buffer.alloc(0), 1)).toEqual({ content: '', failure: null });
  });

  it('overwrites memory that is given back, so that nobody reads it unnoticed', async () => {
    const whole = await syncInflate.whole(gzipSync('line\n'), 100);
    whole?.release();
    expect(Buffer.from(whole?.content ?? []).toString()).toBe('~~~~~');
  });
});
