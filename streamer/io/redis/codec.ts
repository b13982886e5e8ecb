/** The shared state's values as text, and back. What comes from Redis is checked: another program may write there, or another version of this one. */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { type Range, unionRanges } from '../../core/ranges.ts';
import { StreamerError } from '../../errors.ts';
import type {
  ObjectRecord,
  ObjectRef,
  QuarantineRecord,
  SharedObject,
  StateChange,
  StateCommit,
  StateHead,
} from '../../ports.ts';
import type { Remembered } from '../remembered.ts';
import { hourOf, idOf } from '../state-database.ts';

const ranges = z.array(z.tuple([z.number(), z.number()]));
const objectRef = z.strictObject({
  bucket: z.string(),
  key: z.string(),
  etag: z.string(),
  sizeBytes: z.number(),
  lastModifiedMs: z.number(),
});
const sharedObject = z.object({
  object: objectRef,
  listedMs: z.number(),
  rankMs: z.number(),
  settled: ranges,
  wanted: z.strictObject({ seq: z.number(), kind: z.enum(['missing', 'again']) }).nullable(),
});
/** The object is kept as text: Lua's numbers would lose digits of it. */
const partialRecord = z.object({ object: z.string(), settled: ranges });
const quarantineRecord = z.object({
  recordId: z.string(),
  objectId: z.string(),
  object: z.string(),
  start: z.number().optional(),
  end: z.number().optional(),
  firstLine: z.number().optional(),
  lineCount: z.number().optional(),
  reason: z.string(),
  detail: z.string(),
  atMs: z.number(),
  /** As text: Lua does not know an empty list from an empty object. */
  settled: z.string().optional(),
  wantedSeq: z.number().optional(),
  closedMs: z.number().optional(),
  outcome: z.string().optional(),
});
const wantedRecord = z.object({ object: objectRef, kind: z.enum(['missing', 'again']), settled: ranges });

type StoredQuarantine = z.output<typeof quarantineRecord>;

/** 22 characters of it name an object in every key. */
export function sharedIdOf(object: ObjectRef): string {
  return textOf(idOf(object));
}

function textOf(id: Uint8Array): string {
  return Buffer.from(id).toString('base64url');
}

export function idOfText(text: string): Uint8Array {
  return Buffer.from(text, 'base64url');
}

/** Null at the first start, or where Redis has forgotten it. */
export function headOf([startFrom = '', floor = '']: readonly string[]): StateHead | null {
  return startFrom === '' ? null : { startFromMs: Number(startFrom), floorMs: Number(floor) };
}

export function encodeShared(shared: SharedObject): string {
  return JSON.stringify({ ...shared, settled: pairsOf(shared.settled) });
}

export function decodeShared(text: unknown): SharedObject {
  const shared = parse(sharedObject, text);
  return { ...shared, settled: rangesOf(shared.settled) };
}

export function decodeRecord(text: unknown): ObjectRecord {
  if (text === 'complete') return { kind: 'complete' };
  const settled = decodeRanges(text);
  return settled.length === 0 ? { kind: 'unknown' } : { kind: 'partial', settled };
}

/** Of a partial record; none where there is no record. */
export function decodeRanges(text: unknown): readonly Range[] {
  return text === '' || text === null ? [] : unionRanges([], rangesOf(parse(partialRecord, text).settled));
}

export function decodePartial(text: unknown): { readonly object: ObjectRef; readonly settled: readonly Range[] } {
  const { object, settled } = parse(partialRecord, text);
  return { object: parse(objectRef, object), settled: rangesOf(settled) };
}

export function encodeWanted(wanted: {
  readonly object: ObjectRef;
  readonly kind: 'missing' | 'again';
  readonly settled: readonly Range[];
}): string {
  const { object, kind, settled } = wanted;
  return JSON.stringify({ object, kind, settled: pairsOf(settled) });
}

export function decodeWanted(text: unknown) {
  const { settled, ...wanted } = parse(wantedRecord, text);
  return { ...wanted, settled: rangesOf(settled) };
}

/** `isRemembered`: see the script. `process`: who has dropped what was dropped. */
export function encodeCommit(commit: StateCommit, { isRemembered = false, process = '' } = {}): string {
  return JSON.stringify({
    changes: commit.changes.map((change) => encodeChange(change)),
    quarantined: commit.quarantined.map((record) => {
      const stored = storedQuarantine(record);
      return { recordId: stored.recordId, record: JSON.stringify(stored) };
    }),
    fulfilled: commit.fulfilled,
    ...(commit.head === null ? {} : { head: commit.head }),
    ...(commit.forgetBeforeMs === null ? {} : { forgetBeforeMs: commit.forgetBeforeMs }),
    ...(commit.dropped === undefined ? {} : { dropped: { process, lines: commit.dropped.lines } }),
    isRemembered,
  });
}

export function encodeRemembered({ complete, partial, quarantined, head, forgottenBeforeMs }: Remembered): string {
  const rest = { changes: partial, quarantined, head, fulfilled: [], forgetBeforeMs: forgottenBeforeMs };
  const encoded = encodeCommit(rest, { isRemembered: true });
  if (complete.length === 0) return encoded;
  const changes = complete.map(({ hour, id }) => ({ id: textOf(id), hour, settled: [], complete: true }));
  return JSON.stringify({ ...z.looseObject({}).parse(JSON.parse(encoded)), changes });
}

function encodeChange({ object, settled, complete, claim }: StateChange): object {
  return {
    id: sharedIdOf(object),
    hour: hourOf(object),
    object: JSON.stringify(plain(object)),
    lastModifiedMs: object.lastModifiedMs,
    settled: pairsOf(settled),
    complete,
    ...(claim === undefined ? {} : { token: claim.token }),
  };
}

/** Names it in Redis: the same record is the same one, whoever tells it. */
export function recordIdOf(record: QuarantineRecord): string {
  return storedQuarantine(record).recordId;
}

function storedQuarantine(record: QuarantineRecord): StoredQuarantine {
  const { object, range, firstLine, lineCount, reason, detail, atMs, settled } = record;
  const stored = {
    objectId: sharedIdOf(object),
    object: JSON.stringify(plain(object)),
    ...(range === null ? {} : range),
    ...(firstLine === null ? {} : { firstLine }),
    ...(lineCount === null ? {} : { lineCount }),
    reason,
    detail,
    atMs,
    ...(settled === undefined ? {} : { settled: JSON.stringify(pairsOf(settled)) }),
  };
  return { recordId: hash('sha1', JSON.stringify(stored), 'base64url'), ...stored };
}

export function decodeQuarantine(
  text: unknown,
): QuarantineRecord & Pick<StoredQuarantine, 'wantedSeq' | 'closedMs' | 'outcome'> {
  const {
    object,
    start,
    end,
    firstLine,
    lineCount,
    settled,
    recordId: _id,
    objectId: _objectId,
    ...rest
  } = parse(quarantineRecord, text);
  return {
    ...rest,
    object: parse(objectRef, object),
    range: start === undefined || end === undefined ? null : { start, end },
    firstLine: firstLine ?? null,
    lineCount: lineCount ?? null,
    ...(settled === undefined ? {} : { settled: rangesOf(parse(ranges, settled)) }),
  };
}

/** Only what belongs to a reference: callers may pass more. */
function plain({ bucket, key, etag, sizeBytes, lastModifiedMs }: ObjectRef): ObjectRef {
  return { bucket, key, etag, sizeBytes, lastModifiedMs };
}

function pairsOf(set: readonly Range[]): readonly (readonly [number, number])[] {
  return set.map(({ start, end }) => [start, end] as const);
}

function rangesOf(pairs: readonly (readonly [number, number])[]): readonly Range[] {
  return pairs.map(([start, end]) => ({ start, end }));
}

function parse<T>(schema: z.ZodType<T>, text: unknown): T {
  try {
    return schema.parse(JSON.parse(String(text)));
  } catch (error) {
    throw new StreamerError(
      'STATE_CORRUPT',
      'Redis holds a value that this program did not write: give each program its own state.redis.key_prefix or database',
      { cause: error },
    );
  }
}
