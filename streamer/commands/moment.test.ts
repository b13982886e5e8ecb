import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoment, parseMoment } from './moment.ts';

const NOW_MS = Date.UTC(2025, 9, 12, 21, 41, 32);

describe('parseMoment', () => {
  it('reads every time that formatMoment and JavaScript write', () => {
    // From 1970 to 9999, to the millisecond.
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
        expect(parseMoment(new Date(ms).toISOString(), NOW_MS)).toBe(ms);
        expect(parseMoment(formatMoment(ms), NOW_MS)).toBe(Math.floor(ms / 1000) * 1000);
      }),
    );
  });

  it.each([
    ['2025-10-12T21:41:32Z', NOW_MS],
    ['2025-10-12T21:41:32', NOW_MS],
    ['2025-10-12 21:41:32', NOW_MS],
    ['2025-10-12 21:41:32 UTC', NOW_MS],
    ['2025-10-12T23:41:32+02:00', NOW_MS],
    ['2025-10-12T23:41:32+0200', NOW_MS],
    ['2025-10-12T14:41:32-07', NOW_MS],
    ['2025-10-12T21:41:32.250Z', NOW_MS + 250],
    ['2025-10-12T21:41', NOW_MS - 32_000],
    ['2025-10-12T21:41Z', NOW_MS - 32_000],
    ['2025-10-12', Date.UTC(2025, 9, 12)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['1760305292', NOW_MS],
    ['1760305292.5', NOW_MS + 500],
    ['1760305292000', NOW_MS],
    ['2h ago', NOW_MS - 7_200_000],
    ['1h30m ago', NOW_MS - 5_400_000],
    ['7d ago', NOW_MS - 604_800_000],
    ['-2h', NOW_MS - 7_200_000],
    [' now ', NOW_MS],
  ])('reads %s', (text, momentMs) => {
    expect(parseMoment(text, NOW_MS)).toBe(momentMs);
  });

  it.each([
    '',
    'soon',
    '2025',
    '2025-13-01',
    '2025-02-30',
    '2025-10-12T25:00:00Z',
    '2h',
    '+2h',
    'ago',
    '2 ago',
    '-',
    '12/10/2025',
    'NaN',
    '123456789012',
  ])('refuses %s', (text) => {
    expect(parseMoment(text, NOW_MS)).toBeNull();
  });
});
