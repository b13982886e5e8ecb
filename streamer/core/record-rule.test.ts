import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordOf, type RecordRule } from './record-rule.ts';

const ZSCALER: RecordRule = { dropsArrayPunctuation: true, headerLines: 0 };
const PLAIN: RecordRule = { dropsArrayPunctuation: false, headerLines: 0 };
const line = fc.string({ unit: fc.constantFrom('a', '{', '}', '[', ']', 'é', ' ', '\t', ',', '\r'), maxLength: 12 });

describe('recordOf', () => {
  it('never changes a byte: it only takes some off the ends', () => {
    fc.assert(
      fc.property(line, fc.constantFrom(ZSCALER, PLAIN), (text, ofRule) => {
        const bytes = Buffer.from(text, 'latin1');
        const record = recordOf(bytes, ofRule);
        if (record === null) return;
        expect(record.buffer).toBe(bytes.buffer);
        expect(text).toContain(Buffer.from(record).toString('latin1'));
      }),
    );
  });

  it.each([
    [',{"a":1}', '{"a":1}'],
    [' ,{"a":1}', '{"a":1}'],
    [',,{"a":1}', ',{"a":1}'],
    ['{"a":1},', '{"a":1},'],
    ['{"a":1}\r', '{"a":1}'],
    ['[{"a":1}]', '[{"a":1}]'],
    ['  {"a":1}  ', '  {"a":1}  '],
    ['[', null],
    [' ]\t', null],
    [' , ', null],
    ['\r', null],
  ])('makes of %j for JSON arrays: %j', (text, record) => {
    const found = recordOf(Buffer.from(text), ZSCALER);
    expect(found === null ? null : Buffer.from(found).toString()).toBe(record);
  });

  it.each([
    [',a', ',a'],
    ['[', '['],
    [' ', ' '],
    ['a\r', 'a'],
    ['', null],
    ['\r', null],
  ])('makes of %j for plain lines: %j', (text, record) => {
    const found = recordOf(Buffer.from(text), PLAIN);
    expect(found === null ? null : Buffer.from(found).toString()).toBe(record);
  });
});
