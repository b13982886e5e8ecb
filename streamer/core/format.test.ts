import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFormat, compileFormats, type FormatDefinition } from './format.ts';

function definition(changes: Partial<FormatDefinition>): FormatDefinition {
  return {
    name: 'own',
    filenamePattern: '*.log',
    timestampRegex: String.raw`(\d{10})`,
    timestampFormat: 'unix',
    isTimestampRequired: false,
    contentType: 'text/plain',
    recordRule: { dropsArrayPunctuation: false, headerLines: 0 },
    origin: 'user',
    ...changes,
  };
}

const zscaler = definition({
  name: 'zscaler',
  filenamePattern: '[0-9]*_*_*_*',
  timestampRegex: String.raw`^(\d{9,11})(?:_[^_]+){3,}$`,
  isTimestampRequired: true,
  origin: 'built-in',
});

/** The name of the format that `auto` chooses. */
function nameOf(definitions: readonly FormatDefinition[], key: string): string | undefined {
  return compileFormats([zscaler, ...definitions]).choose('auto', key)?.format.name;
}

describe('compileFormat', () => {
  it('finds the time in the base name, whatever the partition before it', () => {
    // The original took the whole key for the name, so it never found a file below a partition.
    const key = 'year=2025/month=10/day=12/1760305292_56442_130_1.gz';
    expect(compileFormat(zscaler).match(key)).toEqual({ fileTimestampMs: Date.parse('2025-10-12T21:41:32Z') });
  });

  it('looks at the whole key below the prefix when the base name tells no time', () => {
    const format = compileFormat(
      definition({ timestampRegex: String.raw`(\d{4}/\d{2}/\d{2})/`, timestampFormat: '2006/01/02' }),
    );
    expect(format.match('2025/10/12/a.log')).toEqual({ fileTimestampMs: Date.parse('2025-10-12T00:00:00Z') });
  });

  it('leaves the time open when the name fits but tells none', () => {
    expect(compileFormat(definition({})).match('a.log')).toEqual({ fileTimestampMs: null });
  });

  it('does not take an object whose name must tell the time and does not', () => {
    expect(compileFormat(zscaler).match('1760305292_56442_130.gz')).toBeNull();
    expect(compileFormat(zscaler).match('20_a_b_c.gz')).toBeNull();
  });

  it('reads unix milliseconds', () => {
    const format = compileFormat(definition({ timestampRegex: String.raw`(\d{13})`, timestampFormat: 'unix_ms' }));
    expect(format.match('a-1760305292123.log')).toEqual({ fileTimestampMs: 1760305292123 });
  });

  it('takes a number beyond the year 9999 for no time', () => {
    const format = compileFormat(definition({ timestampRegex: String.raw`(\d+)` }));
    expect(format.match('1760305292123.log')).toEqual({ fileTimestampMs: null });
  });

  it.each([
    [String.raw`^(\d{10})_`, 'unix', true],
    [String.raw`^(\d{4}-\d{2}-\d{2})`, '2006-01-02', true],
    [String.raw`(\d{10})`, 'unix', false],
    [String.raw`^(?:a)(\d{10})`, 'unix', false],
    [String.raw`^(\d{2}-\d{2}-\d{4})`, '02-01-2006', false],
  ])('knows whether keys sort by time: %s as %s', (timestampRegex, timestampFormat, expected) => {
    expect(compileFormat(definition({ timestampRegex, timestampFormat })).isKeyOrderTimeOrder).toBe(expected);
  });
});

describe('compileFormats', () => {
  const broad = definition({ name: 'broad', filenamePattern: '*.gz', origin: 'recipe' });
  const narrow = definition({ name: 'narrow', filenamePattern: 'app-*.gz', origin: 'recipe' });

  it('reads a source of a named format with that format or not at all', () => {
    const formats = compileFormats([zscaler, narrow]);
    expect(formats.choose('narrow', 'app-1.gz')?.format.name).toBe('narrow');
    expect(formats.choose('narrow', '1760305292_1_1_1.gz')).toBeNull();
  });

  it('prefers the more specific pattern, in whatever order they are defined', () => {
    expect(nameOf([broad, narrow], 'app-1.gz')).toBe('narrow');
    expect(nameOf([narrow, broad], 'app-1.gz')).toBe('narrow');
  });

  it("prefers the user's own to a shipped one that is as specific", () => {
    const own = definition({ name: 'own', filenamePattern: '*app-*.gz', origin: 'user' });
    expect(nameOf([narrow, own], 'app-1.gz')).toBe('own');
  });

  it('prefers among equals the one that finds a time, then the one defined first', () => {
    const silent = definition({ name: 'silent', filenamePattern: '*.gz', timestampRegex: '(x)' });
    const telling = definition({ name: 'telling', filenamePattern: '*.gz' });
    expect(nameOf([silent, telling], '1760305292.gz')).toBe('telling');
    expect(nameOf([silent, telling], 'a.gz')).toBe('silent');
  });

  it("still knows a zscaler file when the user's own format takes every .gz", () => {
    // The original picked one at random: both match.
    const all = definition({ name: 'cloudfront', filenamePattern: '*.gz', timestampRegex: '(never)' });
    expect(nameOf([all], '1760305292_56442_130_1.gz')).toBe('zscaler');
  });

  it('falls back to zscaler, without a time, for a name that nothing fits', () => {
    const chosen = compileFormats([zscaler]).choose('auto', 'README');
    expect(chosen).toMatchObject({ fileTimestampMs: null, isByName: false });
    expect(chosen?.format.name).toBe('zscaler');
  });

  it('makes the same choice in whatever order the formats are defined, as long as no two are equally specific', () => {
    const patterns = ['*', '?*a*', '*.g*', 'app*', '*-*.gz*', '*a*p*.gz*', '*app*.gz*', 'app-?.gz'];
    const list = patterns.map((filenamePattern, index) => definition({ name: `f${index}`, filenamePattern }));
    const weights = patterns.map((pattern) => pattern.replaceAll(/[*?]/g, '').length);
    expect(new Set(weights).size).toBe(patterns.length);
    const keys = fc.constantFrom('app-1.gz', 'app-12.gz', 'app', 'x.gz', 'a', 'b', 'wrap-up.gz', '1760305292_1_1_1.gz');
    fc.assert(
      fc.property(fc.shuffledSubarray(list, { minLength: list.length }), keys, (shuffled, key) => {
        expect(nameOf(shuffled, key)).toBe(nameOf(list, key));
      }),
    );
  });

  it('trusts key order only where every object is of one format', () => {
    const formats = compileFormats([zscaler, narrow]);
    expect(formats.isKeyOrderTimeOrder('zscaler')).toBe(true);
    expect(formats.isKeyOrderTimeOrder('narrow')).toBe(false);
    expect(formats.isKeyOrderTimeOrder('auto')).toBe(false);
  });

  it('fails loudly for a format that does not exist', () => {
    expect(() => compileFormats([zscaler]).named('nope')).toThrow('there is no format nope');
  });
});
