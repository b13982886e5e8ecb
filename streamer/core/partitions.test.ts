import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doSpansOverlap,
  foldersOfSpan,
  isMaybeNoMonth,
  mergePatterns,
  type PartitionPattern,
  patternOfFolder,
  spanOfFolder,
} from './partitions.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

interface Style {
  readonly shape: 'hive' | 'dashed' | 'slashed';
  readonly hasHour: boolean;
  readonly isPadded: boolean;
  readonly before: string;
  readonly after: string;
}

/** The specification: how people write the folder of a moment. */
function write(style: Style, atMs: number): string {
  const iso = new Date(atMs).toISOString();
  const pad = (digits: string): string => (style.isPadded ? digits : digits.replace(/^0/, ''));
  const [year, month, day, hour] = [
    iso.slice(0, 4),
    pad(iso.slice(5, 7)),
    pad(iso.slice(8, 10)),
    pad(iso.slice(11, 13)),
  ];
  const date = {
    hive: `year=${year}/month=${month}/day=${day}/${style.hasHour ? `hour=${hour}/` : ''}`,
    dashed: `${iso.slice(0, 10)}/`,
    slashed: `${year}/${month}/${day}/${style.hasHour ? `${hour}/` : ''}`,
  };
  return style.before + date[style.shape] + style.after;
}

const name = fc.constantFrom('', 'web/', 'feedname=Threat Team - Web/', 'a/b/', '4711/', 'v2/x=1/');
const style = fc
  .record({
    shape: fc.constantFrom('hive', 'dashed', 'slashed'),
    hasHour: fc.boolean(),
    isPadded: fc.boolean(),
    before: name,
    after: fc.constantFrom('', 'web/', 'host=a/'),
  })
  .map(({ shape, hasHour, ...rest }): Style => ({ shape, hasHour: hasHour && shape !== 'dashed', ...rest }));
const moment = fc.integer({ min: Date.UTC(2006, 0, 1), max: Date.UTC(2199, 11, 31) });

function floor(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs;
}

describe('spanOfFolder', () => {
  it('reads the day or the hour that a folder names, in UTC', () => {
    fc.assert(
      fc.property(style, moment, (of, atMs) => {
        const stepMs = of.hasHour ? HOUR_MS : DAY_MS;
        const startMs = floor(atMs, stepMs);
        expect(spanOfFolder(write(of, atMs))).toEqual({ startMs, endMs: startMs + stepMs });
      }),
    );
  });

  it('never excludes a folder above one that holds the moment, so that pruning by it skips nothing', () => {
    fc.assert(
      fc.property(style, moment, (of, atMs) => {
        const parts = write(of, atMs).split('/').slice(0, -1);
        for (let depth = 1; depth <= parts.length; depth += 1) {
          const span = spanOfFolder(`${parts.slice(0, depth).join('/')}/`);
          if (span === null) continue;
          expect(span.startMs).toBeLessThanOrEqual(atMs);
          expect(span.endMs).toBeGreaterThan(atMs);
        }
      }),
    );
  });

  it.each([
    ['year=2025/', Date.UTC(2025, 0), Date.UTC(2026, 0)],
    ['year=2025/month=9/', Date.UTC(2025, 8), Date.UTC(2025, 9)],
    ['year=2025/month=12/', Date.UTC(2025, 11), Date.UTC(2026, 0)],
    ['year=2024/month=2/day=29/', Date.UTC(2024, 1, 29), Date.UTC(2024, 2, 1)],
    ['logs/2025/09/', Date.UTC(2025, 8), Date.UTC(2025, 9)],
    ['2025/9/9/', Date.UTC(2025, 8, 9), Date.UTC(2025, 8, 10)],
    // In a folder that says that it is a year, an old one is one.
    ['1999-12-31/', Date.UTC(1999, 11, 31), Date.UTC(2000, 0, 1)],
    ['dt=2025-12-31/', Date.UTC(2025, 11, 31), Date.UTC(2026, 0, 1)],
    ['year=2025/month=12/day=31/hour=23/', Date.UTC(2025, 11, 31, 23), Date.UTC(2026, 0, 1)],
  ])('reads %s', (folder, startMs, endMs) => {
    expect(spanOfFolder(folder)).toEqual({ startMs, endMs });
  });

  // A customer's number is not a year: `1998/` pruned as "long ago" would never be read.
  it.each([
    '',
    'web/',
    '1998/',
    '4711/web/',
    '2025/77/',
    'year=25/',
    'year=1969/',
    'tenant/2001/7/',
    '2005/12/31/',
    'month=9/day=9/',
    '2025-13-01/',
    '2025-01-32/',
    'year=2025/month=9/day=0/',
    '2025/09/09/24/',
    '20250909/',
  ])('finds no date in %j, so that only a look inside can tell', (folder) => {
    expect(spanOfFolder(folder)).toBeNull();
  });
});

describe('a month of two bare numbers', () => {
  it.each([
    ['tenant/2015/7/', true],
    ['2015/07/', true],
    ['2015/07/01/', false],
    ['year=2015/month=7/', false],
    ['tenant/2001/7/', false],
    ['web/', false],
  ])('may be none: %s', (folder, isDoubtful) => {
    expect(isMaybeNoMonth(folder)).toBe(isDoubtful);
  });
});

describe('foldersOfSpan', () => {
  it('names every folder that holds a moment of the span, in the style of the folder that was seen, oldest first', () => {
    fc.assert(
      fc.property(style, moment, moment, fc.integer({ min: 1, max: 40 * DAY_MS }), (of, seenMs, startMs, lengthMs) => {
        const stepMs = of.hasHour ? HOUR_MS : DAY_MS;
        const span = { startMs, endMs: startMs + Math.min(lengthMs, 100 * stepMs) };
        const pattern = knownPattern(of, seenMs);
        const expected: string[] = [];
        for (let atMs = floor(startMs, stepMs); atMs < span.endMs; atMs += stepMs) expected.push(write(of, atMs));
        expect(foldersOfSpan(pattern, span)).toEqual(expected);
      }),
    );
  });

  it('names the folder itself among others for its own span, even where its padding cannot be told', () => {
    fc.assert(
      fc.property(style, moment, (of, atMs) => {
        const folder = write(of, atMs);
        const pattern = patternOfFolder(folder);
        const span = spanOfFolder(folder);
        expect(foldersOfSpan(pattern!, span!)).toContain(folder);
      }),
    );
  });

  const span = (start: string, end: string) => ({
    startMs: Date.parse(`${start}:00Z`),
    endMs: Date.parse(`${end}:00Z`),
  });

  it.each([
    [
      'day 9 to day 10',
      'year=2025/month=8/day=3/',
      span('2025-09-09T23:50', '2025-09-10T00:05'),
      ['year=2025/month=9/day=9/', 'year=2025/month=9/day=10/'],
    ],
    [
      'month 9 to month 10',
      'year=2025/month=9/day=9/',
      span('2025-09-30T23:59', '2025-10-01T00:01'),
      ['year=2025/month=9/day=30/', 'year=2025/month=10/day=1/'],
    ],
    ['the year end', '2025/01/09/', span('2025-12-31T23:59', '2026-01-01T00:01'), ['2025/12/31/', '2026/01/01/']],
    [
      'the leap day',
      'dt=2025-09-09/',
      span('2024-02-28T12:00', '2024-03-01T12:00'),
      ['dt=2024-02-28/', 'dt=2024-02-29/', 'dt=2024-03-01/'],
    ],
    [
      'no leap day',
      'dt=2025-09-09/',
      span('2025-02-28T12:00', '2025-03-01T12:00'),
      ['dt=2025-02-28/', 'dt=2025-03-01/'],
    ],
    [
      'hours over midnight',
      'year=2025/month=9/day=9/hour=7/',
      span('2025-09-09T22:30', '2025-09-10T00:30'),
      ['year=2025/month=9/day=9/hour=22/', 'year=2025/month=9/day=9/hour=23/', 'year=2025/month=9/day=10/hour=0/'],
    ],
    [
      'a span that ends at midnight',
      'year=2025/month=9/day=9/',
      span('2025-09-09T10:00', '2025-09-10T00:00'),
      ['year=2025/month=9/day=9/'],
    ],
  ])('crosses %s', (_, seen, of, folders) => {
    expect(foldersOfSpan(patternOfFolder(seen)!, of)).toEqual(folders);
  });

  it('gives both spellings while day 24 of month 11 is all that was seen, and each once where they agree', () => {
    const pattern = patternOfFolder('year=2025/month=11/day=24/');
    expect(pattern?.isPadded).toBeNull();
    expect(foldersOfSpan(pattern!, span('2025-12-09T12:00', '2025-12-10T12:00'))).toEqual([
      'year=2025/month=12/day=9/',
      'year=2025/month=12/day=09/',
      'year=2025/month=12/day=10/',
    ]);
  });
});

/** What is known of a style once a date was seen that tells the padding. */
function knownPattern(of: Style, seenMs: number): PartitionPattern {
  const telling = floor(seenMs, DAY_MS) + 3 * HOUR_MS;
  const folders = [write(of, seenMs), ...Array.from({ length: 400 }, (_, days) => write(of, telling + days * DAY_MS))];
  const pattern = folders.map(patternOfFolder).find((one) => one?.isPadded !== null);
  if (pattern === undefined || pattern === null)
    throw new Error(`no folder of ${JSON.stringify(of)} tells its padding`);
  return pattern;
}

describe('patternOfFolder', () => {
  it('is null for a folder that names no whole day', () => {
    for (const folder of ['', 'web/', 'year=2025/', 'year=2025/month=9/', '2025/09/'])
      expect(patternOfFolder(folder)).toBeNull();
  });

  it('needs no other date to know that YYYY-MM-DD is padded', () => {
    expect(patternOfFolder('dt=2025-11-24/')?.isPadded).toBe(true);
  });

  it('is null where some numbers are padded and others are not: no rule can name the next folder', () => {
    expect(patternOfFolder('year=2025/month=9/day=9/hour=05/')).toBeNull();
  });
});

describe('mergePatterns', () => {
  const unknown = patternOfFolder('year=2025/month=11/day=24/')!;
  const padded = patternOfFolder('year=2025/month=09/day=24/')!;
  const unpadded = patternOfFolder('year=2025/month=9/day=24/')!;

  it('lets the one that knows its padding speak for the one that does not', () => {
    expect(mergePatterns(unknown, padded)).toEqual(padded);
    expect(mergePatterns(unpadded, unknown)).toEqual(unpadded);
    expect(mergePatterns(unknown, unknown)).toEqual(unknown);
  });

  it('keeps both where a bucket holds both spellings', () => {
    expect(mergePatterns(padded, unpadded)).toBeNull();
  });

  it.each([
    'web/year=2025/month=9/day=9/',
    'year=2025/month=9/day=9/web/',
    'year=2025/month=9/day=9/hour=1/',
    '2025/9/9/',
  ])('keeps %s apart', (other) => {
    expect(mergePatterns(unpadded, patternOfFolder(other)!)).toBeNull();
  });
});

describe('doSpansOverlap', () => {
  it('is true when some moment is in both', () => {
    const span = fc
      .tuple(fc.nat(12), fc.integer({ min: 1, max: 6 }))
      .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs }));
    fc.assert(
      fc.property(span, span, (left, right) => {
        const moments = Array.from({ length: 20 }, (_, atMs) => atMs);
        const isIn = (atMs: number, of: typeof left): boolean => of.startMs <= atMs && atMs < of.endMs;
        expect(doSpansOverlap(left, right)).toBe(moments.some((atMs) => isIn(atMs, left) && isIn(atMs, right)));
      }),
    );
  });
});
