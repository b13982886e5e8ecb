import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdentityReader } from './identity.ts';
import { memoryIdentity, memoryLine } from './memory-load.ts';

const reader = new IdentityReader(memoryIdentity);

function readFrom(text: string) {
  const bytes = Buffer.from(text);
  return reader.read(bytes, 0, bytes.length);
}

describe('IdentityReader', () => {
  it('reads every identity that a line can carry, wherever the line lies', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), fc.nat(999_999_999), fc.nat(50), (index, line, before) => {
        const bytes = Buffer.concat([Buffer.alloc(before, ' '), memoryLine(index, line, 'x')]);
        expect(reader.read(bytes, before, bytes.length)).toEqual({ index, line });
      }),
    );
  });

  it('finds the marker where something was put before it', () => {
    expect(readFrom(`,${memoryLine(7, 8, 'x').toString()}`)).toEqual({ index: 7, line: 8 });
  });

  it('passes over a marker without digits', () => {
    expect(readFrom(`{"recordid":"00000${memoryLine(7, 8, 'x').toString()}`)).toEqual({ index: 7, line: 8 });
  });

  it('finds none in a line without marker, with other signs than digits, or cut inside the digits', () => {
    const whole = memoryLine(7, 8, 'x').toString();
    expect(readFrom('')).toBeNull();
    expect(readFrom('{"some":"other line, long enough to hold an identity"}')).toBeNull();
    expect(readFrom(whole.replace('000000007', '00000000x'))).toBeNull();
    expect(readFrom(whole.slice(0, reader.headBytes - 1))).toBeNull();
    expect(readFrom(whole.slice(0, reader.headBytes))).toEqual({ index: 7, line: 8 });
  });

  it('does not look beyond the end of the line', () => {
    const bytes = Buffer.from(`short\n${memoryLine(7, 8, 'x').toString()}\n`);
    expect(reader.read(bytes, 0, 5)).toBeNull();
    expect(reader.read(memoryLine(7, 8, 'x'), 0, reader.headBytes - 1)).toBeNull();
  });
});
