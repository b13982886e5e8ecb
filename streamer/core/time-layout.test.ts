import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTimeLayout, parseTime } from './time-layout.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const two = (value: number): string => String(value).padStart(2, '0');
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;

/** The model: how a moment (UTC) is written for each chunk of a layout. */
const WRITERS: Readonly<Record<string, (date: Date) => string>> = {
  '2006': (date) => String(date.getUTCFullYear()),
  '06': (date) => two(date.getUTCFullYear() % 100),
  January: (date) => MONTHS[date.getUTCMonth()] ?? '',
  Jan: (date) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  '1': (date) => String(date.getUTCMonth() + 1),
  '01': (date) => two(date.getUTCMonth() + 1),
  Monday: (date) => WEEKDAYS[date.getUTCDay()] ?? '',
  Mon: (date) => (WEEKDAYS[date.getUTCDay()] ?? '').slice(0, 3),
  '2': (date) => String(date.getUTCDate()),
  '02': (date) => two(date.getUTCDate()),
  _2: (date) => String(date.getUTCDate()).padStart(2, ' '),
  '15': (date) => two(date.getUTCHours()),
  '3': (date) => String(hour12(date)),
  '03': (date) => two(hour12(date)),
  '4': (date) => String(date.getUTCMinutes()),
  '04': (date) => two(date.getUTCMinutes()),
  '5': (date) => String(date.getUTCSeconds()),
  '05': (date) => two(date.getUTCSeconds()),
  PM: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  pm: (date) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  MST: () => 'UTC',
  'Z07:00': () => 'Z',
  '-0700': () => '+0000',
};

const dayParts = fc.constantFrom(
  ['2006', '01', '02'],
  ['2006', 'Jan', '_2'],
  ['Monday', '06', '1', '2'],
  ['02', 'January', '2006'],
  ['Mon', 'Jan', '2', '2006'],
);
const clockParts = fc.constantFrom(
  ['15', '04', '05'],
  ['3', '4', '5', 'PM'],
  ['pm', '03', '04', '05'],
  ['15', '4', '5'],
);
const zoneParts = fc.constantFrom([], ['MST'], ['Z07:00'], ['-0700']);
// Between any two chunks stands something that is neither a digit nor a letter.
const separator = fc.constantFrom('-', '/', ', ', '@', ' ');
const layoutParts = fc
  .tuple(dayParts, clockParts, zoneParts, fc.boolean())
  .map(([day, clock, zone, isClockFirst]) => (isClockFirst ? [clock, zone, day] : [day, clock, zone]).flat());
const moment = fc.date({
  min: new Date('1970-01-01T00:00:00Z'),
  max: new Date('2068-12-31T23:59:59Z'),
  noInvalidDate: true,
});

describe('parseTime', () => {
  it('reads back what was written in the layout, to the second', () => {
    fc.assert(
      fc.property(layoutParts, separator, moment, (parts, between, date) => {
        const text = parts.map((part) => WRITERS[part]?.(date)).join(between);
        expect(parseTime(compileTimeLayout(parts.join(between)), text)).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });

  it.each([
    ['20060102T1504Z', '20251012T2141Z', '2025-10-12T21:41:00Z'],
    ['2006-01-02T15:04:05.000000Z', '2025-10-12T21:41:32.500000Z', '2025-10-12T21:41:32.500Z'],
    ['2006-01-02T15:04:05.999', '2025-10-12T21:41:32', '2025-10-12T21:41:32Z'],
    ['2006-01-02T15:04:05', '2025-10-12T21:41:32,250', '2025-10-12T21:41:32.250Z'],
    ['2006-01-02T15:04:05Z07:00', '2025-10-12T23:41:32+02:00', '2025-10-12T21:41:32Z'],
    ['2006-01-02T15:04:05Z07:00', '2025-10-12T21:41:32Z', '2025-10-12T21:41:32Z'],
    ['02/Jan/2006:15:04:05 -0700', '12/oct/2025:14:41:32 -0700', '2025-10-12T21:41:32Z'],
    ['2006-01-02 15:04:05 MST', '2025-10-12 21:41:32 UTC', '2025-10-12T21:41:32Z'],
    ['2006-01-02 15:04:05 MST', '2025-10-12 21:41:32 GMT+2', '2025-10-12T19:41:32Z'],
    // An offset says more than an abbreviation, whichever comes first.
    ['2006-01-02 15:04:05 -0700 MST', '2025-10-12 16:41:32 -0500 EST', '2025-10-12T21:41:32Z'],
    ['060102 15:04:05', '251012  1:41:32', '2025-10-12T01:41:32Z'],
    ['Jan _2 2006', 'Oct  2 2025', '2025-10-02T00:00:00Z'],
    ['2006 002', '2024 366', '2024-12-31T00:00:00Z'],
    ['3 PM 2006', '12 AM 2025', '2025-01-01T00:00:00Z'],
    ['3 PM 2006', '12 PM 2025', '2025-01-01T12:00:00Z'],
    ['06', '69', '1969-01-01T00:00:00Z'],
    ['06', '68', '2068-01-01T00:00:00Z'],
    ['2006-01-02-15', '2024-02-29-23', '2024-02-29T23:00:00Z'],
    // Not chunks: Jan inside a word, and a literal underscore before the year.
    ['Janet_2006', 'Janet_2025', '2025-01-01T00:00:00Z'],
  ])('reads %s from %s', (layout, text, expected) => {
    expect(parseTime(compileTimeLayout(layout), text)).toBe(Date.parse(expected));
  });

  it.each([
    ['2006-01-02', '2025-02-29', 'a day that the month does not have'],
    ['2006-01-02', '2025-13-01', 'a month that there is not'],
    ['2006-01-02T15', '2025-10-12T24', 'an hour that there is not'],
    ['2006-01-02', '2025-10-12x', 'more text than the layout has'],
    ['2006-01-02', '2025-10', 'less text than the layout has'],
    ['2006-01-02', '25-10-12', 'a year of two digits where four belong'],
    ['2006-01-02T15:04:05.000', '2025-10-12T21:41:32.25', 'fewer digits of the fraction than zeros'],
    ['2006 002', '2025 366', 'day 366 of a year that has 365'],
    ['2006-01-02 002', '2025-01-02 003', 'two days that contradict each other'],
    ['Jan _2 15:04:05', 'Oct 12 21:41:32', 'no year at all'],
  ])('takes %s from %s for no time: %s', (layout, text) => {
    expect(parseTime(compileTimeLayout(layout), text)).toBeNull();
  });

  it('never throws, whatever layout and text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (layout, text) => {
        const parsed = parseTime(compileTimeLayout(layout), text);
        expect(parsed === null || Number.isFinite(parsed)).toBe(true);
      }),
    );
  });
});

describe('isTextOrderTimeOrder', () => {
  it.each(['2006-01-02-15-04', '20060102T150405Z', '2006/01/02', '2006 002 15', '2006-01-02T15:04:05.000'])(
    'holds for %s: a later moment is a greater text',
    (layout) => {
      expect(compileTimeLayout(layout).isTextOrderTimeOrder).toBe(true);
    },
  );

  it.each([
    '02-01-2006',
    '2006-1-2',
    '06-01-02',
    '2006-01-02 MST',
    '2006-01-02T15:04:05-07:00',
    '2006 Jan 02',
    '15:04',
    '',
  ])('does not hold for %j', (layout) => {
    expect(compileTimeLayout(layout).isTextOrderTimeOrder).toBe(false);
  });
});
