import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNamer } from './object-name.ts';

describe('createNamer', () => {
  it('names the documented example', () => {
    const name = createNamer('_weblog/feedname=Threat Team - Web/', 0);
    expect(name(1_760_305_292_999.9)).toEqual({
      key: '_weblog/feedname=Threat Team - Web/year=2025/month=10/day=12/1760305292_56442_130_1.gz',
      fileTimestampMs: 1_760_305_292_000,
    });
  });

  it('pads neither month nor day, and turns the page at midnight UTC', () => {
    const name = createNamer('', 0);
    const keys = [
      '2025-09-09T23:59:59.999Z',
      '2025-09-10T00:00:00Z',
      '2025-12-31T23:59:59Z',
      '2026-01-01T00:00:00Z',
    ].map((time) => name(Date.parse(time)).key.split('/').slice(0, 3).join('/'));
    expect(keys).toEqual([
      'year=2025/month=9/day=9',
      'year=2025/month=9/day=10',
      'year=2025/month=12/day=31',
      'year=2026/month=1/day=1',
    ]);
  });

  it('names a time ahead, and tells it by the clock of the machine', () => {
    const dayMs = 24 * 3_600_000;
    const name = createNamer('', 0, dayMs);
    expect(name(Date.parse('2026-12-31T12:00:00.500Z'))).toEqual({
      key: `year=2027/month=1/day=1/${Date.parse('2027-01-01T12:00:00Z') / 1000}_56442_130_1.gz`,
      fileTimestampMs: Date.parse('2026-12-31T12:00:00Z'),
    });
  });

  it('never gives a key twice, numbers a second from 1 on, and reads back as the time it was made from', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 1_500, noNaN: true }), { maxLength: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), gaps, (startMs, gapsMs) => {
        const name = createNamer('p/', 0);
        const sequences = new Map<number, number>();
        const keys = new Set<string>();
        let timeMs = startMs;
        for (const gapMs of gapsMs) {
          timeMs += gapMs;
          const { key, fileTimestampMs } = name(timeMs);
          const [second = '', , , sequence = ''] = key.slice(key.lastIndexOf('/') + 1, -'.gz'.length).split('_');
          expect(Number(second) * 1_000).toBe(fileTimestampMs);
          expect(timeMs - fileTimestampMs).toBeGreaterThanOrEqual(0);
          expect(timeMs - fileTimestampMs).toBeLessThan(1_000);
          expect(Number(sequence)).toBe((sequences.get(fileTimestampMs) ?? 0) + 1);
          sequences.set(fileTimestampMs, Number(sequence));
          keys.add(key);
        }
        expect(keys.size).toBe(gapsMs.length);
      }),
    );
  });

  it('keeps two generators apart that upload parts of one load into one prefix', () => {
    expect(createNamer('', 0)(5_000).key).not.toBe(createNamer('', 40)(5_000).key);
  });

  it('refuses to go back in time, for it could name an object twice', () => {
    const name = createNamer('', 0);
    name(5_000);
    expect(() => name(4_999)).toThrow('in the order of their times');
  });
});
