import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGzip, rawBytesFromTrailer } from './gzip-trailer.ts';

describe('rawBytesFromTrailer', () => {
  it('tells the uncompressed length of every single-member object', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 0, max: 9 }), (content, level) => {
        expect(rawBytesFromTrailer(gzipSync(content, { level }))).toBe(content.length);
      }),
    );
  });

  it('reads a view at its own offset', () => {
    const stored = gzipSync('x'.repeat(70_000));
    const padded = Buffer.concat([Buffer.alloc(7, 0xff), stored, Buffer.alloc(9, 0xff)]);
    expect(rawBytesFromTrailer(padded.subarray(7, 7 + stored.length))).toBe(70_000);
  });

  it('takes content without the gzip magic as its own length', () => {
    expect(rawBytesFromTrailer(Buffer.from('{"plain":1}\n'))).toBe(12);
    expect(rawBytesFromTrailer(new Uint8Array())).toBe(0);
  });

  it('says 0 of a member that is cut before it could hold anything', () => {
    expect(rawBytesFromTrailer(gzipSync('abc').subarray(0, 11))).toBe(0);
  });
});

describe('isGzip', () => {
  it('looks at the first two bytes only', () => {
    expect(isGzip(Uint8Array.of(0x1f, 0x8b))).toBe(true);
    expect(isGzip(Uint8Array.of(0x1f))).toBe(false);
    expect(isGzip(Uint8Array.of(0x1f, 0x8c, 0x8b))).toBe(false);
    expect(isGzip(new Uint8Array())).toBe(false);
  });
});
