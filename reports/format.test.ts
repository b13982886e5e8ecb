import { describe, expect, it } from 'vitest';
import {
  describeCheck,
  formatActual,
  formatAmount,
  formatBytes,
  formatChange,
  formatMs,
  formatNumber,
  formatSeconds,
} from './format.ts';
import type { Check } from './model.ts';

const check: Check = {
  name: 'lag, worst file',
  kind: 'performance',
  path: 'latencyMs.lag.max',
  op: '<',
  limit: 60_000,
  actual: 60_012,
  unit: 'ms',
  ok: false,
  note: null,
};

describe('figures', () => {
  it('have three digits and thousands separators', () => {
    expect([0, 0.0123, 1.234, 12.34, 123.4, 12_345.6, 41].map(formatNumber)).toEqual([
      '0',
      '0.0123',
      '1.23',
      '12.3',
      '123',
      '12,346',
      '41',
    ]);
  });

  it('are a dash, never 0, when they were not measured', () => {
    expect([
      formatNumber(null),
      formatAmount(null, 'MB'),
      formatMs(null),
      formatSeconds(null),
      formatBytes(null),
      formatChange(null),
    ]).toEqual(Array.from({ length: 6 }, () => '–'));
  });

  it('carry their unit', () => {
    expect([
      formatAmount(12.4, '%'),
      formatAmount(0.05, 'share'),
      formatAmount(1500, 'ms'),
      formatAmount(228, 'MB/min'),
    ]).toEqual(['12.4%', '5%', '1.5 s', '228 MB/min']);
    expect([950, 60_000, 180_000, 18_000_000, 691_200_000].map(formatMs)).toEqual([
      '950 ms',
      '60 s',
      '3 min',
      '5 h',
      '8 days',
    ]);
    expect([999, 650_000, 10_000_000, 513e9, 2.88e12].map(formatBytes)).toEqual([
      '999 B',
      '650 KB',
      '10 MB',
      '513 GB',
      '2.88 TB',
    ]);
    expect([formatChange(204), formatChange(-9.09), formatChange(0)]).toEqual(['+204%', '-9.09%', '0%']);
  });

  it('never look equal to a limit that they missed', () => {
    expect(formatActual(check)).toBe('60,012 ms');
    expect(formatActual({ ...check, unit: 'share', limit: 0.05, actual: 0.050_04 })).toBe('5.004%');
    expect(describeCheck(check)).toBe('lag, worst file: 60,012 ms, required < 60 s.');
  });
});
