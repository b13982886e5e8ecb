import { describe, expect, it } from 'vitest';
import { formatBytes, formatColumns, formatCount, formatDuration } from './output.ts';

describe('the words of the commands', () => {
  it('sizes are in powers of ten, with three digits', () => {
    expect([0, 999, 1000, 650_123, 12_345_678, 2.88e12, 5e15].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '650 kB',
      '12.3 MB',
      '2.88 TB',
      '5000 TB',
    ]);
  });

  it('durations are in the units that people use', () => {
    expect([0, 12.4, 999, 41_000, 60_000, 200_000, 3_600_000, 7_500_000].map(formatDuration)).toEqual([
      '0 ms',
      '12 ms',
      '999 ms',
      '41 s',
      '1 min',
      '3 min 20 s',
      '1 h',
      '2 h 5 min',
    ]);
  });

  it('counts agree with their noun', () => {
    expect([formatCount(1, 'object'), formatCount(0, 'object'), formatCount(33_000, 'object')]).toEqual([
      '1 object',
      '0 objects',
      '33,000 objects',
    ]);
  });

  it('columns stand under each other, without blanks at the end of a line', () => {
    expect(
      formatColumns([
        ['a', 'bb', 'c'],
        ['aaa', '', 'a long last one'],
        ['x', 'y', ''],
      ]),
    ).toBe('a    bb  c\naaa      a long last one\nx    y');
  });
});
