/**
 * The contents that objects of the virtual world hold: small, each line unique, built once per process and shared by all worlds, so that a world costs
 * neither text nor gzip. What a content is follows from its id alone.
 * The truth about each line stands beside the bytes: where it lies, and what must become of it.
 */
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { createRandom, type SeededRandom } from '../random.ts';
import { type ContentKind, kindOfContent, LINE_BYTES_MAX } from './content-kinds.ts';

/** `delivered`: acknowledged. `refused`, `too-long`: set aside, with a record. */
type LineFate = 'delivered' | 'refused' | 'too-long';

export interface ContentLine {
  /** [start, end) in bytes of the uncompressed content, newline included. */
  readonly start: number;
  readonly end: number;
  /** What is to be delivered, one character a byte. */
  readonly text: string;
  readonly fate: LineFate;
}

export interface Content {
  readonly id: number;
  readonly kind: ContentKind;
  /** As S3 holds it. */
  readonly stored: Uint8Array;
  readonly etag: string;
  readonly rawBytes: number;
  /** Every record that can be read; of a damaged content those before the damage. */
  readonly lines: readonly ContentLine[];
  /** The reason with which its rest must end in quarantine. */
  readonly damage: 'gzip-corrupt' | 'gzip-truncated' | null;
}

/** Every endpoint refuses a body that holds it. */
export const POISON = '"poison"';

interface RawLine {
  /** As it stands in the object, newline included. */
  readonly raw: string;
  /** Null where the line holds no record. */
  readonly record: string | null;
  readonly fate: LineFate;
}

const CSV_HEADING = '"Timestamp","Identity","Internal IP","Action","Domain"';
const GARBAGE = 'these bytes are no gzip member';
const SHARED = createRandom('contents of the virtual world');
const WORDS = ['login', 'invoice', 'report', 'static', 'search', 'mail', 'update', 'news'] as const;

const contents = new Map<number, Content>();
/** Place of each line's text: content id times `PLACE` plus the line's ordinal. */
const placeOfText = new Map<string, number>();
const PLACE = 8_192;

export function contentOf(id: number): Content {
  const known = contents.get(id);
  if (known !== undefined) return known;
  const content = buildContent(id);
  contents.set(id, content);
  for (const [index, { text }] of content.lines.entries()) placeOfText.set(text, id * PLACE + index);
  return content;
}

/** Which line of which content this is, byte for byte; null when it is none. Only contents that somebody asked for are known. */
export function findLine(text: string): { readonly contentId: number; readonly line: number } | null {
  const place = placeOfText.get(text);
  return place === undefined ? null : { contentId: Math.floor(place / PLACE), line: place % PLACE };
}

function buildContent(id: number): Content {
  const kind = kindOfContent(id);
  const random = SHARED.fork(id);
  const rawLines = rawLinesOf(kind, id, random);
  const raw = Buffer.from(rawLines.map((line) => line.raw).join(''), 'latin1');
  const stored = storedOf(kind, raw, random);
  const damage = damageOf(kind);
  // What a wrong checksum vouches for may be garbled: no line of it is to be delivered.
  const readableBytes = damage === null ? raw.length : kind === 'bad-checksum' ? 0 : readableBytesOf(stored);
  const lines = placeLines(rawLines).filter(({ end }) => damage === null || end <= readableBytes);
  return { id, kind, stored, etag: id.toString(16).padStart(32, '0'), rawBytes: raw.length, lines, damage };
}

function placeLines(rawLines: readonly RawLine[]): readonly ContentLine[] {
  const lines: ContentLine[] = [];
  let start = 0;
  for (const { raw, record, fate } of rawLines) {
    const end = start + raw.length;
    if (record !== null) lines.push({ start, end, text: record, fate });
    start = end;
  }
  return lines;
}

function rawLinesOf(kind: ContentKind, id: number, random: SeededRandom): readonly RawLine[] {
  switch (kind) {
    case 'empty':
    case 'zero-bytes':
      return [];
    case 'tiny':
      return clean(id, 1 + random.below(3), random);
    case 'small':
    case 'plain':
    case 'bad-checksum':
    case 'trailing-garbage':
      return clean(id, 4 + random.below(16), random);
    case 'medium':
    case 'multi-member':
    case 'truncated':
    case 'corrupt':
      return clean(id, 20 + random.below(60), random);
    case 'big':
      return clean(id, 700 + random.below(800), random).map((line) => noisy(line, random));
    case 'dirty':
      return dirty(clean(id, 3 + random.below(30), random), random);
    case 'long-line':
      return clean(id, 3 + random.below(20), random).map((line) => (random.chance(0.2) ? tooLong(line, random) : line));
    case 'poison': {
      const lines = poisoned(clean(id, 2 + random.below(20), random), random);
      return random.chance(0.4) ? dirty(lines, random) : lines;
    }
    case 'csv':
      return csv(id, 2 + random.below(20), random);
  }
}

function clean(id: number, count: number, random: SeededRandom): readonly RawLine[] {
  return Array.from({ length: count }, (_, line) => {
    const url = `https://www.${random.pick(WORDS)}.example/${random.pick(WORDS)}/${random.below(100_000)}`;
    const record =
      `{"sourcetype":"zscalernss-web","event":{"recordid":"${identity(id, line)}","user":"user-${random.below(50)}",` +
      `"url":"${url}","action":"${random.chance(0.9) ? 'Allowed' : 'Blocked'}","bytes":${random.below(1_000_000)}}}`;
    return { raw: `${record}\n`, record, fate: 'delivered' };
  });
}

function identity(id: number, line: number): string {
  return `${String(id).padStart(9, '0')}${String(line).padStart(9, '0')}`;
}

function dirty(lines: readonly RawLine[], random: SeededRandom): readonly RawLine[] {
  const nothing = (raw: string): RawLine => ({ raw, record: null, fate: 'delivered' });
  const odd = lines.flatMap((line): readonly RawLine[] => {
    const record = random.chance(0.1) ? `${line.record?.slice(0, -2) ?? ''},"odd":"\xff\xfe\xc3("}}` : line.record;
    const raw = `${random.chance(0.3) ? ',' : ''}${record ?? ''}${random.chance(0.3) ? '\r\n' : '\n'}`;
    const blank = random.chance(0.2) ? [nothing(random.pick(['\n', '\r\n', '  \n', ',\n']))] : [];
    return [...blank, { ...line, raw, record }];
  });
  const all = random.chance(0.5) ? [nothing('[\n'), ...odd, nothing(']\n')] : odd;
  // The last line may lack its newline, record or bracket.
  const last = all.at(-1);
  if (last === undefined || !random.chance(0.6)) return all;
  return [...all.slice(0, -1), { ...last, raw: last.raw.replace(/\r?\n$/, '') }];
}

/** Hard to compress: what is large in the world must be large in S3, too. */
function noisy({ record }: RawLine, random: SeededRandom): RawLine {
  const noise = Array.from({ length: 8 }, () => random.uint32().toString(36)).join('');
  const longer = `${record?.slice(0, -2) ?? ''},"noise":"${noise}"}}`;
  return { raw: `${longer}\n`, record: longer, fate: 'delivered' };
}

function tooLong({ record }: RawLine, random: SeededRandom): RawLine {
  const long = `${record?.slice(0, -2) ?? ''},"payload":"${'x'.repeat(LINE_BYTES_MAX + random.below(4_000))}"}}`;
  return { raw: `${long}\n`, record: long, fate: 'too-long' };
}

function poisoned(lines: readonly RawLine[], random: SeededRandom): readonly RawLine[] {
  const certain = random.below(lines.length);
  return lines.map((line, index) => {
    if (index !== certain && !random.chance(0.1)) return line;
    const record = `${line.record?.slice(0, -2) ?? ''},${POISON}:true}}`;
    return { raw: `${record}\n`, record, fate: 'refused' };
  });
}

function csv(id: number, count: number, random: SeededRandom): readonly RawLine[] {
  const lines = Array.from({ length: count }, (_, line): RawLine => {
    const record = `"2025-09-09 22:10:0${line % 10}","${identity(id, line)}","10.0.0.${random.below(256)}","Allowed","${random.pick(WORDS)}.example."`;
    return { raw: `${record}\r\n`, record, fate: 'delivered' };
  });
  return [{ raw: `${CSV_HEADING}\r\n`, record: null, fate: 'delivered' }, ...lines];
}

function storedOf(kind: ContentKind, raw: Buffer, random: SeededRandom): Uint8Array {
  switch (kind) {
    case 'zero-bytes':
    case 'plain':
      return raw;
    case 'multi-member':
      return members(raw, 2 + random.below(3), random);
    case 'truncated': {
      const whole = members(raw, 2, random);
      // Anywhere in the last member but its very end.
      return whole.subarray(0, Math.floor(whole.length * (0.6 + 0.35 * random.next())));
    }
    case 'corrupt': {
      const [first, second] = halves(raw, random);
      const broken = gzipSync(second);
      // A deflate block of no known type, right behind the header.
      broken[10] = (broken[10] ?? 0) | 0x06;
      return Buffer.concat([gzipSync(first), broken]);
    }
    case 'bad-checksum': {
      const stored = gzipSync(raw);
      stored[stored.length - 8] = (stored[stored.length - 8] ?? 0) ^ 0xff;
      return stored;
    }
    case 'trailing-garbage':
      return Buffer.concat([gzipSync(raw), Buffer.from(GARBAGE)]);
    case 'big':
      return random.chance(0.3) ? members(raw, 3, random) : gzipSync(raw);
    case 'tiny':
    case 'small':
    case 'medium':
    case 'dirty':
    case 'empty':
    case 'long-line':
    case 'poison':
    case 'csv':
      return gzipSync(raw);
  }
}

/** Cut anywhere, in the middle of lines too. */
function members(raw: Buffer, count: number, random: SeededRandom): Buffer {
  if (count === 1) return gzipSync(raw);
  const [first, rest] = halves(raw, random);
  return Buffer.concat([gzipSync(first), members(rest, count - 1, random)]);
}

function halves(raw: Buffer, random: SeededRandom): readonly [Buffer, Buffer] {
  const at = Math.floor(raw.length * (0.2 + 0.6 * random.next()));
  return [raw.subarray(0, at), raw.subarray(at)];
}

function damageOf(kind: ContentKind): Content['damage'] {
  switch (kind) {
    case 'truncated':
      return 'gzip-truncated';
    case 'corrupt':
    case 'bad-checksum':
    case 'trailing-garbage':
      return 'gzip-corrupt';
    case 'tiny':
    case 'small':
    case 'medium':
    case 'dirty':
    case 'multi-member':
    case 'plain':
    case 'empty':
    case 'zero-bytes':
    case 'long-line':
    case 'poison':
    case 'big':
    case 'csv':
      return null;
  }
}

/** How much of a damaged content comes out of it. By the longest beginning that zlib accepts: found by halving, for zlib gives all or nothing. */
function readableBytesOf(stored: Uint8Array): number {
  let bytes = 0;
  let low = 0;
  let high = stored.length;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const inflated = inflatePrefix(stored.subarray(0, middle));
    if (inflated === null) high = middle - 1;
    else {
      bytes = inflated;
      low = middle + 1;
    }
  }
  return bytes;
}

function inflatePrefix(prefix: Uint8Array): number | null {
  try {
    return prefix.length === 0 ? 0 : gunzipSync(prefix, { finishFlush: constants.Z_SYNC_FLUSH }).length;
  } catch {
    return null;
  }
}
