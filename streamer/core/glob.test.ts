import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseName, compileGlob, type Glob } from './glob.ts';

function glob(pattern: string): Glob {
  const compiled = compileGlob(pattern);
  if (compiled.kind === 'invalid') throw new Error(`${pattern}: ${compiled.reason}`);
  return compiled.glob;
}

/** The model: the same pattern as a regular expression. Only for patterns of these pieces. */
const PIECES: Readonly<Record<string, string>> = {
  '*': '[^/]*',
  '?': '[^/]',
  '[ab]': '[ab]',
  '[^ab]': '[^ab/]',
  '[a-c]': '[a-c]',
  '\\*': '\\*',
  '.': '\\.',
  a: 'a',
  b: 'b',
  '/': '/',
  é: 'é',
};
const pieces = fc.array(fc.constantFrom(...Object.keys(PIECES)), { minLength: 1, maxLength: 8 });
const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', '.', '*', 'é'), maxLength: 12 });

describe('compileGlob', () => {
  it('matches as the same pattern written as a regular expression does', () => {
    fc.assert(
      fc.property(pieces, key, (pattern, text) => {
        const regex = new RegExp(`^${pattern.map((piece) => PIECES[piece]).join('')}$`, 'u');
        const subject = pattern.includes('/') ? text : baseName(text);
        expect(glob(pattern.join('')).matches(text)).toBe(regex.test(subject));
      }),
      { numRuns: 500 },
    );
  });

  it('matches the base name when the pattern has no /, and the whole key below the prefix when it has one', () => {
    expect(glob('*.gz').matches('year=2025/month=10/a.gz')).toBe(true);
    expect(glob('error/*.gz').matches('error/a.gz')).toBe(true);
    expect(glob('error/*.gz').matches('db1/error/a.gz')).toBe(false);
    expect(glob('*/*.gz').matches('a/b/c.gz')).toBe(false);
  });

  it('takes a whole character for ?, not half of one', () => {
    expect(glob('a?b').matches('a😀b')).toBe(true);
  });

  it.each(['', '[', '[a', '[]a]', '[a-]', '[-a]', '[z-a]', 'a\\'])('refuses %j and says why', (pattern) => {
    expect(compileGlob(pattern)).toMatchObject({ kind: 'invalid', reason: expect.stringMatching(/\w/) });
  });

  it('never throws, whatever the pattern', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, text) => {
        const compiled = compileGlob(pattern);
        expect(compiled.kind === 'invalid' ? false : compiled.glob.matches(text)).toBeTypeOf('boolean');
      }),
    );
  });

  it('decides quickly where a naive matcher would try all ways to share the text among the stars', () => {
    const startedMs = performance.now();
    expect(glob(`${'*a'.repeat(20)}b`).matches('a'.repeat(1000))).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  it('weighs a pattern by the characters that it pins', () => {
    expect(glob('*.gz').weight).toBeLessThan(glob('*.json.gz').weight);
    expect(glob('[0-9]*').weight).toBe(1);
    expect(glob('*?*').weight).toBe(0);
  });
});
