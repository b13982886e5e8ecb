import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBytes, parseDurationMs, parseHostAndPort } from './units.ts';

describe('parseDurationMs', () => {
  it.each([
    ['15s', 15_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['1d12h', 129_600_000],
    ['250us', 0.25],
    ['.5s', 500],
    ['16.1s', 16_100],
    ['100.5ms', 101],
    ['1500us', 2],
    ['0', 0],
  ])('reads %s', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });

  it.each(['', '15', 's', '1 s', '-1s', '1m 30s', '1x', '1sm', '1.2.3s', 'constructor'])(
    'takes %j for no duration',
    (text) => {
      expect(parseDurationMs(text)).toBeNull();
    },
  );

  it('adds up the parts', () => {
    const part = fc.tuple(fc.nat(999), fc.constantFrom('ms', 's', 'm', 'h', 'd'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const texts = parts.map(([count, unit]) => `${count}${unit}`);
        const sum = texts.reduce((total, text) => total + (parseDurationMs(text) ?? Number.NaN), 0);
        expect(parseDurationMs(texts.join(''))).toBe(sum);
      }),
    );
  });
});

describe('parseBytes', () => {
  it.each([
    ['1048576', 1_048_576],
    ['256MiB', 268_435_456],
    ['64 MB', 64_000_000],
    ['1.5GiB', 1_610_612_736],
    ['10mib', 10_485_760],
    ['5B', 5],
    ['0', 0],
  ])('reads %s', (text, expected) => {
    expect(parseBytes(text)).toBe(expected);
  });

  it.each(['', 'MiB', '64M', '1k', '-1', '1.5', '1.0001KB', '1 M B', '9999999TiB', '1constructor'])(
    'takes %j for no size',
    (text) => {
      expect(parseBytes(text)).toBeNull();
    },
  );
});

describe('parseHostAndPort', () => {
  it.each([
    ['localhost:4317', { host: 'localhost', port: 4317 }],
    [':8080', { host: '', port: 8080 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
  ])('reads %s', (text, expected) => {
    expect(parseHostAndPort(text)).toEqual(expected);
  });

  it.each(['', 'localhost', 'localhost:', '::1:8080', 'h:65536', 'a b:1', 'u@h:1', 'http://h:1'])(
    'takes %j for no address',
    (text) => {
      expect(parseHostAndPort(text)).toBeNull();
    },
  );
});
