/**
 * Reads times written in a Go time layout (`2006-01-02T15:04:05Z07:00`), as `log_formats[].timestamp_format` holds them, with the rules of
 * Go's `time.Parse`: UTC where the text names no zone; a fraction of a second may follow the seconds even if the layout has none.
 * Two deliberate differences: a layout without a year gives no time (Go says year 0), and a zone abbreviation other than GMT+n
 * counts as UTC (Go asks the machine's own zone, so its answer depends on where it runs).
 */

type Field =
  | 'year4'
  | 'year2'
  | 'monthName'
  | 'monthShort'
  | 'month'
  | 'month2'
  | 'weekdayName'
  | 'weekdayShort'
  | 'day'
  | 'day2'
  | 'daySpace'
  | 'yearDay3'
  | 'yearDaySpace'
  | 'hour24'
  | 'hour12'
  | 'hour12Zero'
  | 'minute'
  | 'minute2'
  | 'second'
  | 'second2'
  | 'upperHalfDay'
  | 'lowerHalfDay'
  | 'fraction'
  | 'fractionMaybe'
  | 'zoneName'
  | 'zoneOffset'
  | 'zoneOffsetOrZ';

type Token =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'field'; readonly field: Field; readonly text: string };

export interface TimeLayout {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Without a year no time can be told. */
  readonly hasYear: boolean;
  /** Texts of this layout sort by time when sorted as text: fixed-width fields, the most significant first. */
  readonly isTextOrderTimeOrder: boolean;
}

/** Longest first where one chunk begins another. `Jan` and `Mon` are not chunks inside a longer lower-case word. */
const CHUNK =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm|[-Z]07:00:00|[-Z]070000|[-Z]07:00|[-Z]0700|[-Z]07|[.,](?:0+|9+)(?!\d)/g;

const FIELDS: Readonly<Record<string, Field>> = {
  '2006': 'year4',
  '06': 'year2',
  January: 'monthName',
  Jan: 'monthShort',
  '1': 'month',
  '01': 'month2',
  Monday: 'weekdayName',
  Mon: 'weekdayShort',
  '2': 'day',
  '02': 'day2',
  _2: 'daySpace',
  '002': 'yearDay3',
  __2: 'yearDaySpace',
  '15': 'hour24',
  '3': 'hour12',
  '03': 'hour12Zero',
  '4': 'minute',
  '04': 'minute2',
  '5': 'second',
  '05': 'second2',
  PM: 'upperHalfDay',
  pm: 'lowerHalfDay',
  MST: 'zoneName',
};

function fieldOf(chunk: string): Field {
  const field = FIELDS[chunk];
  if (field !== undefined) return field;
  if (chunk.startsWith('-')) return 'zoneOffset';
  if (chunk.startsWith('Z')) return 'zoneOffsetOrZ';
  return chunk.includes('0') ? 'fraction' : 'fractionMaybe';
}

export function compileTimeLayout(text: string): TimeLayout {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(CHUNK)) {
    if (match.index > end) tokens.push({ kind: 'literal', text: text.slice(end, match.index) });
    tokens.push({ kind: 'field', field: fieldOf(match[0]), text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) tokens.push({ kind: 'literal', text: text.slice(end) });
  const fields = tokens.flatMap((token) => (token.kind === 'field' ? [token.field] : []));
  return {
    text,
    tokens,
    hasYear: fields.includes('year4') || fields.includes('year2'),
    isTextOrderTimeOrder: isSortable(fields),
  };
}

const SORTABLE: readonly (readonly Field[])[] = [
  ['year4', 'month2', 'day2', 'hour24', 'minute2', 'second2', 'fraction'],
  ['year4', 'yearDay3', 'hour24', 'minute2', 'second2', 'fraction'],
];

function isSortable(fields: readonly Field[]): boolean {
  return fields.length > 0 && SORTABLE.some((order) => fields.every((field, index) => field === order[index]));
}

/** What has been read so far. A null part was not in the text. */
interface Parts {
  year: number | null;
  month: number | null;
  day: number | null;
  yearDay: number | null;
  hour: number;
  isAfternoon: boolean | null;
  minute: number;
  second: number;
  millisecond: number;
  offsetMinutes: number;
}

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const SHORT_MONTHS = MONTHS.map((name) => name.slice(0, 3));
const SHORT_WEEKDAYS = WEEKDAYS.map((name) => name.slice(0, 3));

/** A field's reader gives back how many characters it took, or null when the text does not fit. */
type Reader = (rest: string, parts: Parts, chunk: string) => number | null;

/** A reader of a number: `pattern` is anchored at the start; its first group holds the digits. */
function numberReader(pattern: RegExp, min: number, max: number, put: (parts: Parts, value: number) => void): Reader {
  return (rest, parts) => {
    const match = pattern.exec(rest);
    if (match === null) return null;
    const value = Number(match[1]);
    if (value < min || value > max) return null;
    put(parts, value);
    return match[0].length;
  };
}

/** A reader of a name: letter case does not matter, as in Go. */
function nameReader(names: readonly string[], put: (parts: Parts, index: number) => void): Reader {
  return (rest, parts) => {
    const index = names.findIndex((name) => rest.slice(0, name.length).toLowerCase() === name);
    if (index === -1) return null;
    put(parts, index);
    return names[index]?.length ?? null;
  };
}

function halfDayReader(morning: string, afternoon: string): Reader {
  return (rest, parts) => {
    const half = rest.slice(0, 2);
    if (half !== morning && half !== afternoon) return null;
    parts.isAfternoon = half === afternoon;
    return 2;
  };
}

const putMonth = (parts: Parts, value: number): void => {
  parts.month = value;
};
const putMonthIndex = (parts: Parts, index: number): void => {
  parts.month = index + 1;
};
const putDay = (parts: Parts, value: number): void => {
  parts.day = value;
};
const putYearDay = (parts: Parts, value: number): void => {
  parts.yearDay = value;
};
const putHour = (parts: Parts, value: number): void => {
  parts.hour = value;
};
const putMinute = (parts: Parts, value: number): void => {
  parts.minute = value;
};
const putSecond = (parts: Parts, value: number): void => {
  parts.second = value;
};
const putNothing = (): void => {};

const READERS: Readonly<Record<Field, Reader>> = {
  year4: numberReader(/^(\d{4})/, 0, 9999, (parts, value) => {
    parts.year = value;
  }),
  // Go's pivot: 69 to 99 are the 1900s.
  year2: numberReader(/^(\d{2})/, 0, 99, (parts, value) => {
    parts.year = value >= 69 ? 1900 + value : 2000 + value;
  }),
  monthName: nameReader(MONTHS, putMonthIndex),
  monthShort: nameReader(SHORT_MONTHS, putMonthIndex),
  month: numberReader(/^(\d{1,2})/, 1, 12, putMonth),
  month2: numberReader(/^(\d{2})/, 1, 12, putMonth),
  weekdayName: nameReader(WEEKDAYS, putNothing),
  weekdayShort: nameReader(SHORT_WEEKDAYS, putNothing),
  day: numberReader(/^(\d{1,2})/, 1, 31, putDay),
  day2: numberReader(/^(\d{2})/, 1, 31, putDay),
  daySpace: numberReader(/^ ?(\d{1,2})/, 1, 31, putDay),
  yearDay3: numberReader(/^(\d{3})/, 1, 366, putYearDay),
  yearDaySpace: numberReader(/^ {0,2}(\d{1,3})/, 1, 366, putYearDay),
  hour24: numberReader(/^(\d{1,2})/, 0, 23, putHour),
  hour12: numberReader(/^(\d{1,2})/, 0, 12, putHour),
  hour12Zero: numberReader(/^(\d{2})/, 0, 12, putHour),
  minute: numberReader(/^(\d{1,2})/, 0, 59, putMinute),
  minute2: numberReader(/^(\d{2})/, 0, 59, putMinute),
  second: numberReader(/^(\d{1,2})/, 0, 59, putSecond),
  second2: numberReader(/^(\d{2})/, 0, 59, putSecond),
  upperHalfDay: halfDayReader('AM', 'PM'),
  lowerHalfDay: halfDayReader('am', 'pm'),
  fraction: readFraction,
  fractionMaybe: (rest, parts) => (/^[.,]\d/.test(rest) ? readFractionDigits(rest, parts) : 0),
  zoneName: readZoneName,
  zoneOffset: readZoneOffset,
  zoneOffsetOrZ: (rest, parts, chunk) =>
    rest.startsWith('Z') ? 1 : readZoneOffset(rest, parts, chunk.replace('Z', '-')),
};

function readFractionDigits(rest: string, parts: Parts): number | null {
  const match = /^[.,](\d+)/.exec(rest);
  if (match === null) return null;
  parts.millisecond = Number(`0.${match[1]}`) * 1000;
  return match[0].length;
}

/** `.000`: exactly as many digits as the layout has zeros. */
function readFraction(rest: string, parts: Parts, chunk: string): number | null {
  const text = rest.slice(0, chunk.length);
  return /^[.,]\d+$/.test(text) && text.length === chunk.length ? readFractionDigits(text, parts) : null;
}

function readZoneName(rest: string, parts: Parts): number | null {
  const match = /^(?:UTC|(?:GMT([+-]\d{1,2})?|([+-]\d{2})|ChST|MeST|WITA|[A-Z]{4}T|[A-Z]{3}T|[A-Z]{3})(?![A-Z]))/.exec(
    rest,
  );
  if (match === null) return null;
  const hours = match[1] ?? match[2];
  if (hours !== undefined) parts.offsetMinutes = Number(hours) * 60;
  return match[0].length;
}

/** `chunk` tells the shape: `-07`, `-0700`, `-07:00`, `-070000`, `-07:00:00`. */
function readZoneOffset(rest: string, parts: Parts, chunk: string): number | null {
  const text = rest.slice(0, chunk.length);
  const shape = chunk.includes(':') ? /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/ : /^([+-])(\d{2})(?:(\d{2})(\d{2})?)?$/;
  const match = text.length === chunk.length ? shape.exec(text) : null;
  if (match === null) return null;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  const seconds = Number(match[4] ?? 0);
  if (hours > 24 || minutes > 60 || seconds > 60) return null;
  parts.offsetMinutes = (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes + seconds / 60);
  return chunk.length;
}

/** Epoch milliseconds (with a fraction where the text has one), or null when the text is not a time in this layout. */
export function parseTime(layout: TimeLayout, text: string): number | null {
  const parts: Parts = {
    year: null,
    month: null,
    day: null,
    yearDay: null,
    hour: 0,
    isAfternoon: null,
    minute: 0,
    second: 0,
    millisecond: 0,
    offsetMinutes: 0,
  };
  let rest = text;
  for (const [index, token] of layout.tokens.entries()) {
    const taken =
      token.kind === 'literal' ? matchLiteral(rest, token.text) : READERS[token.field](rest, parts, token.text);
    if (taken === null) return null;
    rest = rest.slice(taken);
    if (isSecondBeforeOther(layout.tokens, index)) {
      const fraction = readFractionDigits(rest, parts);
      if (fraction !== null) rest = rest.slice(fraction);
    }
  }
  return rest === '' ? toEpochMs(parts) : null;
}

/** Whether the token is the seconds and the layout does not name the fraction itself. */
function isSecondBeforeOther(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  const next = tokens[index + 1];
  if (token?.kind !== 'field' || (token.field !== 'second' && token.field !== 'second2')) return false;
  return next?.kind !== 'field' || (next.field !== 'fraction' && next.field !== 'fractionMaybe');
}

/** Characters of `rest` that the literal takes. As in Go, a run of spaces matches any run of at least one, or the end of the text. */
function matchLiteral(rest: string, literal: string): number | null {
  let at = 0;
  let index = 0;
  while (index < literal.length) {
    if (literal[index] === ' ') {
      if (at < rest.length && rest[at] !== ' ') return null;
      while (literal[index] === ' ') index += 1;
      while (rest[at] === ' ') at += 1;
    } else {
      if (rest[at] !== literal[index]) return null;
      index += 1;
      at += 1;
    }
  }
  return at;
}

function toEpochMs(parts: Parts): number | null {
  const { year } = parts;
  if (year === null) return null;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const date = new Date(0);
  if (parts.yearDay !== null) {
    if (parts.yearDay > (isLeap ? 366 : 365)) return null;
    date.setUTCFullYear(year, 0, parts.yearDay);
    // A text that states both must not contradict itself.
    if (parts.month !== null && parts.month !== date.getUTCMonth() + 1) return null;
    if (parts.day !== null && parts.day !== date.getUTCDate()) return null;
  } else {
    const day = parts.day ?? 1;
    date.setUTCFullYear(year, (parts.month ?? 1) - 1, day);
    // 30 February would have become a day of March.
    if (date.getUTCDate() !== day) return null;
  }
  const minutes = hourOfDay(parts) * 60 + parts.minute - parts.offsetMinutes;
  return date.getTime() + minutes * 60_000 + parts.second * 1000 + parts.millisecond;
}

function hourOfDay(parts: Parts): number {
  if (parts.isAfternoon === true && parts.hour < 12) return parts.hour + 12;
  if (parts.isAfternoon === false && parts.hour === 12) return 0;
  return parts.hour;
}
