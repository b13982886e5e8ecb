import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyStatus, parseRetryAfter } from './response.ts';

const CAP_MS = 300_000;
const NOW_MS = Date.UTC(2025, 9, 12, 21, 41, 32);

describe('classifyStatus', () => {
  it('counts 2xx as delivered and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
        expect(classifyStatus(status, null).kind === 'delivered').toBe(status >= 200 && status <= 299);
      }),
    );
  });

  it.each([408, 429, 500, 502, 503, 504, 599])('retries %i, which may succeed later', (status) => {
    expect(classifyStatus(status, 1500)).toEqual({ kind: 'retry', afterMs: 1500 });
    expect(classifyStatus(status, null)).toEqual({ kind: 'retry', afterMs: null });
  });

  it.each([400, 413, 422])('takes %i as a refusal of the body', (status) => {
    expect(classifyStatus(status, null)).toEqual({ kind: 'refused' });
  });

  it.each([301, 304, 401, 403, 404, 405, 411, 415, 426, 451])('takes %i as the fault of the endpoint', (status) => {
    expect(classifyStatus(status, null)).toEqual({ kind: 'misconfigured' });
  });
});

describe('parseRetryAfter', () => {
  it('is null or between 0 and its cap, whatever the header says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), (header) => {
        const afterMs = parseRetryAfter(header, NOW_MS, CAP_MS);
        if (afterMs === null) return;
        expect(afterMs).toBeGreaterThanOrEqual(0);
        expect(afterMs).toBeLessThanOrEqual(CAP_MS);
      }),
    );
  });

  it.each([
    ['120', 120_000],
    [' 2 ', 2000],
    ['0', 0],
    ['86400', CAP_MS],
    ['99999999999999999999', CAP_MS],
    ['Sun, 12 Oct 2025 21:41:42 GMT', 10_000],
    ['Sunday, 12-Oct-25 21:41:42 GMT', 10_000],
    ['Sun Oct 12 21:41:42 2025', 10_000],
    ['Sun, 12 Oct 2025 21:41:00 GMT', 0],
    ['Wed, 12 Oct 2044 21:41:00 GMT', CAP_MS],
  ])('reads %j', (header, afterMs) => {
    expect(parseRetryAfter(header, NOW_MS, CAP_MS)).toBe(afterMs);
  });

  // V8 reads a date into nearly anything: '-5' and 'try 5' become days of 2001, and a past date would say "at once".
  it.each(['', 'soon', '-5', '1.5', 'try 5', '20.25', '1e3', '5, 6'])('does not guess at %j', (header) => {
    expect(parseRetryAfter(header, NOW_MS, CAP_MS)).toBeNull();
  });

  it('takes a date without a zone as GMT, wherever the machine stands', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      expect(parseRetryAfter('Sun Oct 12 21:41:42 2025', NOW_MS, CAP_MS)).toBe(10_000);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('is null without a header', () => {
    expect(parseRetryAfter(null, NOW_MS, CAP_MS)).toBeNull();
  });
});
