/**
 * Reads dates out of S3 "folders" and names the folders that hold a given day, so that discovery lists only what is active.
 * Known shapes, anywhere below the source's prefix: `year=2025/month=9/day=9/` (with or without `hour=`) and `2025/09/09/`, padded or not,
 * and `2025-09-09/` (also as `dt=2025-09-09/`). All dates are UTC.
 */

/** [startMs, endMs), epoch ms. */
export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

type Shape = 'hive' | 'dashed' | 'slashed';

/** How a folder with a date is written, so that the same folder of another day can be named. */
export interface PartitionPattern {
  readonly before: string;
  readonly shape: Shape;
  readonly hasHour: boolean;
  /** Null when the dates seen so far do not tell (day 24 of month 11). */
  readonly isPadded: boolean | null;
  readonly after: string;
}

interface ParsedDate {
  readonly shape: Shape;
  readonly before: string;
  readonly after: string;
  readonly year: string;
  readonly month: string | undefined;
  readonly day: string | undefined;
  readonly hour: string | undefined;
}

const SHAPES: readonly { readonly shape: Shape; readonly regex: RegExp }[] = [
  {
    shape: 'hive',
    regex:
      /^(?<before>(?:.*\/)?)year=(?<year>\d{4})\/(?:month=(?<month>\d{1,2})\/(?:day=(?<day>\d{1,2})\/(?:hour=(?<hour>\d{1,2})\/)?)?)?(?<after>.*)$/s,
  },
  {
    shape: 'dashed',
    regex: /^(?<before>(?:.*\/)?(?:[^/=]+=)?)(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})\/(?<after>.*)$/s,
  },
  {
    shape: 'slashed',
    // A lone four-digit folder may as well be a customer's number: it is not taken for a year.
    regex:
      /^(?<before>(?:.*\/)?)(?<year>\d{4})\/(?<month>\d{1,2})\/(?:(?<day>\d{1,2})\/(?:(?<hour>\d{1,2})\/)?)?(?<after>.*)$/s,
  },
];

/** S3 began in that year. Between slashes, what looks like an earlier one is a number: of a customer, a shop, a device. */
const SLASHED_YEAR_MIN = 2006;
const YEAR_MIN = 1970;

function parseDate(folder: string): ParsedDate | null {
  for (const { shape, regex } of SHAPES) {
    const groups = regex.exec(folder)?.groups;
    if (groups === undefined) continue;
    const { before = '', after = '', year, month, day, hour } = groups;
    if (year === undefined || Number(year) < (shape === 'slashed' ? SLASHED_YEAR_MIN : YEAR_MIN)) continue;
    if (month !== undefined && (Number(month) < 1 || Number(month) > 12)) continue;
    if (day !== undefined && (Number(day) < 1 || Number(day) > 31)) continue;
    if (hour !== undefined && Number(hour) > 23) continue;
    return { shape, before, after, year, month, day, hour };
  }
  return null;
}

/**
 * The time that a folder (ending in `/`, below the source's prefix) stands for, as fine as it says: a year, a month, a day or an hour.
 * Null when it holds no date: then only a look inside can tell.
 */
export function spanOfFolder(folder: string): TimeSpan | null {
  const date = parseDate(folder);
  if (date === null) return null;
  const year = Number(date.year);
  if (date.month === undefined) return { startMs: Date.UTC(year, 0), endMs: Date.UTC(year + 1, 0) };
  const month = Number(date.month) - 1;
  if (date.day === undefined) return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) };
  const day = Number(date.day);
  if (date.hour === undefined) return { startMs: Date.UTC(year, month, day), endMs: Date.UTC(year, month, day + 1) };
  const hour = Number(date.hour);
  return { startMs: Date.UTC(year, month, day, hour), endMs: Date.UTC(year, month, day, hour + 1) };
}

/** Whether only two bare numbers make a month of the folder, with no day that would confirm it: `2015/7/` may be the site 7 of the customer 2015. */
export function isMaybeNoMonth(folder: string): boolean {
  const date = parseDate(folder);
  return date !== null && date.shape === 'slashed' && date.day === undefined;
}

/** The pattern of a folder that names a whole day (or hour); null for any other folder, and for one whose numbers are padded some so, some otherwise. */
export function patternOfFolder(folder: string): PartitionPattern | null {
  const date = parseDate(folder);
  if (date === null || date.month === undefined || date.day === undefined) return null;
  const numbers = [date.month, date.day, ...(date.hour === undefined ? [] : [date.hour])];
  const isSomePadded =
    date.shape === 'dashed' || numbers.some((digits) => digits.startsWith('0') && digits.length === 2);
  const isSomeUnpadded = numbers.some((digits) => digits.length === 1);
  if (isSomePadded && isSomeUnpadded) return null;
  return {
    before: date.before,
    shape: date.shape,
    hasHour: date.hour !== undefined,
    isPadded: isSomePadded ? true : isSomeUnpadded ? false : null,
    after: date.after,
  };
}

/** Two patterns that differ only in whether padding is known become the one that knows; others are null. */
export function mergePatterns(left: PartitionPattern, right: PartitionPattern): PartitionPattern | null {
  const isSamePlace =
    left.before === right.before &&
    left.after === right.after &&
    left.shape === right.shape &&
    left.hasHour === right.hasHour;
  if (!isSamePlace) return null;
  if (left.isPadded === right.isPadded || right.isPadded === null) return left;
  return left.isPadded === null ? right : null;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Every folder of the pattern that holds some moment of the span, oldest first; both spellings where padding is not known and matters. */
export function foldersOfSpan(pattern: PartitionPattern, span: TimeSpan): readonly string[] {
  const stepMs = pattern.hasHour ? HOUR_MS : DAY_MS;
  const folders: string[] = [];
  for (let atMs = Math.floor(span.startMs / stepMs) * stepMs; atMs < span.endMs; atMs += stepMs) {
    const spellings = pattern.isPadded === null ? [false, true] : [pattern.isPadded];
    folders.push(...new Set(spellings.map((isPadded) => formatFolder(pattern, atMs, isPadded))));
  }
  return folders;
}

function formatFolder(pattern: PartitionPattern, atMs: number, isPadded: boolean): string {
  const date = new Date(atMs);
  const digits = (value: number): string => String(value).padStart(isPadded ? 2 : 1, '0');
  const year = String(date.getUTCFullYear());
  const month = digits(date.getUTCMonth() + 1);
  const day = digits(date.getUTCDate());
  const hour = digits(date.getUTCHours());
  const { before, after } = pattern;
  switch (pattern.shape) {
    case 'hive':
      return `${before}year=${year}/month=${month}/day=${day}/${pattern.hasHour ? `hour=${hour}/` : ''}${after}`;
    case 'dashed':
      return `${before}${year}-${month}-${day}/${after}`;
    case 'slashed':
      return `${before}${year}/${month}/${day}/${pattern.hasHour ? `${hour}/` : ''}${after}`;
  }
}

/** Whether two spans share a moment. */
export function doSpansOverlap(left: TimeSpan, right: TimeSpan): boolean {
  return left.startMs < right.endMs && right.startMs < left.endMs;
}
