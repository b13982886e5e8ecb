/**
 * What is wrong with some stored objects, done to a clean one on its way to S3, and what must become of each.
 * Good lines are the object's own, those of the load: all of them, unless the damage leaves none that can be trusted.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';

const damageKinds = [
  'plain-text',
  'several-members',
  'long-line',
  'malformed-line',
  'unprocessable-line',
  'cut-second-member',
  'corrupt-second-member',
  'wrong-checksum',
  'trailing-garbage',
  'bomb',
  'zero-bytes',
] as const;

export const DamageKindSchema = z.enum(damageKinds);
export const DAMAGE_KINDS: readonly DamageKind[] = damageKinds;

export type DamageKind = z.infer<typeof DamageKindSchema>;

/** Lines that only the receiver objects to: a sink is told to refuse what holds these words. */
export const REFUSED_WORDS = {
  'malformed-line': 'a record that the receiver cannot parse',
  'unprocessable-line': 'a record that the receiver cannot process',
} as const satisfies Partial<Record<DamageKind, string>>;

/** Reasons as the streamer's quarantine names them; null: nothing of it belongs there. */
export const QUARANTINE_REASON: Readonly<Record<DamageKind, string | null>> = {
  'plain-text': null,
  'several-members': null,
  'long-line': 'line-too-long',
  'malformed-line': 'refused',
  'unprocessable-line': 'refused',
  'cut-second-member': 'gzip-truncated',
  'corrupt-second-member': 'gzip-corrupt',
  'wrong-checksum': 'gzip-corrupt',
  'trailing-garbage': 'gzip-corrupt',
  bomb: 'gzip-bomb',
  'zero-bytes': null,
};

/** Over the limit that a run with such lines sets (`processing.max_line_bytes`). */
const LONG_LINE_BYTES = 300_000;
const BOMB_MEMBER_BYTES = 10_000_000;
const BOMB_MEMBERS = 30;
const NEWLINE = 10;

/** The damaged body of an object. */
export function damageBody(kind: DamageKind, gz: Buffer): Buffer {
  switch (kind) {
    case 'plain-text':
      return gunzipSync(gz);
    case 'several-members': {
      const raw = gunzipSync(gz);
      // In the middle of lines, and one of them empty.
      const thirds = [0, Math.floor(raw.length / 3), Math.floor((2 * raw.length) / 3), raw.length];
      const members = thirds.slice(1).map((end, index) => gzipSync(raw.subarray(thirds[index], end)));
      return Buffer.concat([...members, gzipSync('')]);
    }
    case 'long-line':
      return withLine(gz, `{"long":"${'x'.repeat(LONG_LINE_BYTES)}"}`);
    case 'malformed-line':
    case 'unprocessable-line':
      return withLine(gz, `{"note":"${REFUSED_WORDS[kind]}"}`);
    case 'cut-second-member':
      return Buffer.concat([withLastNewline(gz), gzipSync(extraLine).subarray(0, 40)]);
    case 'corrupt-second-member': {
      const member = gzipSync(extraLine);
      // The first block is of no known type.
      member[10] = (member[10] ?? 0) | 0x06;
      return Buffer.concat([withLastNewline(gz), member]);
    }
    case 'wrong-checksum': {
      const body = Buffer.from(gz);
      body.writeUInt32LE((body.readUInt32LE(body.length - 8) ^ 0xff) >>> 0, body.length - 8);
      return body;
    }
    case 'trailing-garbage':
      return Buffer.concat([withLastNewline(gz), Buffer.from('these bytes are no gzip member')]);
    case 'bomb':
      // One line that never ends: nothing of it could ever be delivered.
      return bomb();
    case 'zero-bytes':
      return Buffer.alloc(0);
  }
}

/** Where the damage lies in the object's content, as a record in quarantine must name it. */
export interface DamagePlace {
  readonly start: number;
  readonly end: number;
  /** Ordinal of the line, from 0, every line of the file counted; null where it is no single line. */
  readonly line: number | null;
}

/** `gz`: the object before it was damaged. Null for what has no place: the damage is the rest of the object, or there is none. */
export function damagePlace(kind: DamageKind, gz: Buffer): DamagePlace | null {
  switch (kind) {
    case 'long-line':
    case 'malformed-line':
    case 'unprocessable-line': {
      const raw = gunzipSync(gz);
      const start = placeOfLine(raw);
      const end = gunzipSync(damageBody(kind, gz)).length - raw.length + start;
      return { start, end, line: countNewlines(raw.subarray(0, start)) };
    }
    case 'wrong-checksum':
      // Its only member: all of it.
      return { start: 0, end: gunzipSync(gz).length, line: null };
    case 'plain-text':
    case 'several-members':
    case 'cut-second-member':
    case 'corrupt-second-member':
    case 'trailing-garbage':
    case 'bomb':
    case 'zero-bytes':
      return null;
  }
}

/** How many of an object's lines can still be trusted, and so must be delivered. With a wrong checksum, none: nobody can say which is garbled. */
export function goodLines(kind: DamageKind, lines: number): number {
  return kind === 'bomb' || kind === 'zero-bytes' || kind === 'wrong-checksum' ? 0 : lines;
}

const extraLine = `{"extra":"${'0123456789'.repeat(100)}"}\n`;

/** Else nobody could say whether the last line ends there or goes on in what is damaged, and it would rightly not be delivered. */
function withLastNewline(gz: Buffer): Buffer {
  return gunzipSync(gz).at(-1) === NEWLINE ? gz : Buffer.concat([gz, gzipSync('\n')]);
}

function bomb(): Buffer {
  const member = gzipSync(Buffer.alloc(BOMB_MEMBER_BYTES, 'x'), { level: 9 });
  return Buffer.concat(Array.from({ length: BOMB_MEMBERS }, () => member));
}

/** In the middle, after a line's end. */
function withLine(gz: Buffer, line: string): Buffer {
  const raw = gunzipSync(gz);
  const at = placeOfLine(raw);
  return gzipSync(Buffer.concat([raw.subarray(0, at), Buffer.from(`${line}\n`), raw.subarray(at)]));
}

function placeOfLine(raw: Buffer): number {
  return raw.indexOf(NEWLINE, Math.floor(raw.length / 2)) + 1;
}

function countNewlines(bytes: Buffer): number {
  return bytes.reduce((count, byte) => (byte === NEWLINE ? count + 1 : count), 0);
}
