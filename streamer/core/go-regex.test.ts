import { describe, expect, it } from 'vitest';
import { compileGoRegex, groupCount } from './go-regex.ts';

describe('compileGoRegex', () => {
  it.each([
    [String.raw`(?P<time>\d{10})`, 'a-1760305292.gz', '1760305292'],
    [String.raw`(?i)LOG-(\d+)`, 'log-42', '42'],
    [String.raw`\A([[:digit:]]+)\z`, '1760305292', '1760305292'],
    [String.raw`([[:alpha:]_]+)`, '12ab_c', 'ab_c'],
    [String.raw`\\A(.)`, String.raw`x\Ay`, 'y'],
    [String.raw`"timestamp":"([^"]+)"`, '"timestamp":"now"', 'now'],
  ])('%s finds in %s what it finds in Go', (expression, text, group) => {
    expect(compileGoRegex(expression).exec(text)?.[1]).toBe(group);
  });

  it.each([String.raw`(\pL+)`, String.raw`\Q(\E`, '([[:nonsense:]])', '([[:^digit:]])', '(', '*', '[[:constructor:]]'])(
    'refuses %s instead of reading it in another way',
    (expression) => {
      expect(() => compileGoRegex(expression)).toThrow(SyntaxError);
    },
  );
});

describe('groupCount', () => {
  it.each([
    ['a', 0],
    ['(?:a)', 0],
    ['(a)|(b)', 2],
    [String.raw`\(a\)[(]`, 0],
    ['(?<x>a(b))', 2],
  ])('counts the capturing groups of %s', (expression, count) => {
    expect(groupCount(new RegExp(expression))).toBe(count);
  });
});
