import { deflateRawSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { singleMemberRawBytes } from './gzip-member.ts';

/** Lines with some variety, as logs have it. */
function content(lines: number): Buffer {
  const texts = Array.from(
    { length: lines },
    (_, line) => `{"line":${line},"id":"${(line * 2_654_435_761) % 2 ** 32}"}`,
  );
  return Buffer.from(`${texts.join('\n')}\n`);
}

describe('the uncompressed length of an object that nobody inflates', () => {
  it('is known of a single member, whatever its level', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 3000 }), fc.integer({ min: 1, max: 9 }), (lines, level) => {
        const raw = content(lines);
        expect(singleMemberRawBytes(gzipSync(raw, { level }))).toBe(raw.length);
      }),
    );
  });

  it('is known behind a header with a name, a comment and a checksum', () => {
    const raw = content(300);
    const plain = gzipSync(raw);
    const header = Buffer.from([0x1f, 0x8b, 8, 2 | 8 | 16, 0, 0, 0, 0, 0, 3, ...Buffer.from('a.json\0why\0'), 0, 0]);
    const named = Buffer.concat([header, deflateRawSync(raw), plain.subarray(-8)]);
    expect(singleMemberRawBytes(named)).toBe(raw.length);
  });

  const member = gzipSync(content(500));
  it.each<[string, Buffer]>([
    ['nothing at all', Buffer.alloc(0)],
    ['plain text', content(50)],
    ['less than a header', member.subarray(0, 9)],
    ['less than a member', member.subarray(0, 17)],
    ['another method', Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), member.subarray(3)])],
    ['reserved flags', Buffer.concat([member.subarray(0, 3), Buffer.from([0x20]), member.subarray(4)])],
    ['an empty member', gzipSync('')],
    ['several members, the last of them empty', Buffer.concat([member, gzipSync('')])],
    ['several members, the last of them small', Buffer.concat([member, gzipSync('one line\n')])],
    ['zeros behind it', Buffer.concat([member, Buffer.alloc(512)])],
    ['garbage behind it', Buffer.concat([member, Buffer.from('no gzip member')])],
    ['more than logs ever give', gzipSync(Buffer.alloc(1_000_000, 'x'))],
    ['less than it has as stored', gzipSync('short')],
  ])('is not known of %s', (_, stored) => {
    expect(singleMemberRawBytes(stored)).toBeNull();
  });

  it('is not known of what was cut off, but for one in a thousand', () => {
    const taken = Array.from({ length: member.length - 1 }, (_, bytes) => member.subarray(0, bytes)).filter(
      (cut) => singleMemberRawBytes(cut) !== null,
    );
    expect(taken.length).toBeLessThanOrEqual(member.length / 1000);
  });
});
