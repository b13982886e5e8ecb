/** The script by which progress becomes common. */
import { unionRanges } from '#streamer';
import type { RedisData } from './redis-data.ts';
import { isComplete, isOlderThanMemory, release, type ScriptCall, wantedOf } from './redis-work.ts';

const HOUR_MS = 3_600_000;

type Pair = readonly [number, number];

/** As `encodeCommit` writes it. */
interface Commit {
  readonly changes: readonly Change[];
  readonly quarantined: readonly { readonly recordId: string; readonly record: string }[];
  readonly fulfilled: readonly { readonly wantedSeq: number; readonly outcome: string; readonly atMs: number }[];
  readonly head?: { readonly startFromMs: number; readonly floorMs: number };
  readonly dropped?: { readonly process: string; readonly lines: number };
  readonly forgetBeforeMs?: number;
  readonly isRemembered: boolean;
}

interface Change {
  readonly id: string;
  readonly hour: number;
  /** Not of what is remembered as complete. */
  readonly object?: string;
  readonly lastModifiedMs?: number;
  readonly settled: readonly Pair[];
  readonly complete: boolean;
  readonly token?: string;
}

interface StoredRecord {
  readonly recordId: string;
  readonly objectId: string;
  readonly start?: number;
  readonly end?: number;
  readonly wantedSeq?: number;
  readonly closedMs?: number;
}

/** Gives back the tokens that are refused. */
export function commit(call: ScriptCall): readonly string[] {
  const { data, nowMs, args, watch } = call;
  const [, session = '', ownNumber = '', text = '', acknowledged = ''] = args;
  const given: Commit = JSON.parse(text);
  const done = `done:${session}`;
  const before = new Set(data.members(done));
  const accepted: string[] = [];
  const refused: string[] = [];
  for (const change of given.changes) {
    const isAccepted = accept(call, change, { before, isRemembered: given.isRemembered });
    if (change.token !== undefined && !isAccepted) {
      refused.push(change.token);
      watch.refused(change.id, session, Number(ownNumber));
    }
    if (given.isRemembered && change.complete) watch.told(change.id, session);
    if (change.token !== undefined && isAccepted && change.complete) accepted.push(change.token);
  }
  for (const { recordId, record } of given.quarantined) {
    if (data.hash('quarantine_ids').has(recordId)) continue;
    const number = String(data.increment('meta', 'quarantine_seq'));
    data.hash('quarantine_ids').set(recordId, number);
    data.hash('quarantine').set(number, record);
    watch.quarantined(record);
  }
  for (const fulfilment of given.fulfilled) {
    fulfil(data, fulfilment);
    watch.fulfilled(fulfilment.wantedSeq);
  }
  if (given.head !== undefined) mergeHead(data, given.head, given.isRemembered);
  if (given.dropped !== undefined) data.hash('dropped').set(given.dropped.process, String(given.dropped.lines));
  if (given.forgetBeforeMs !== undefined) forget(data, given.forgetBeforeMs);
  const isKnown = data.sortedSet('sessions').score(session) !== null || data.sortedSet('ended').score(session) !== null;
  if (session !== '' && given.isRemembered && !isKnown) data.sortedSet('ended').set(session, nowMs);
  if (session !== '' && (isKnown || given.isRemembered)) {
    const mark = Number(data.hash('marks').get(session) ?? 0);
    if (mark >= Number(acknowledged) && Number(ownNumber) > mark) data.hash('marks').set(session, ownNumber);
    if (given.isRemembered) return refused;
    data.removeSet(done);
    for (const token of accepted) data.addMember(done, token);
  }
  return refused;
}

/** False if its token is not valid. */
function accept(
  call: ScriptCall,
  change: Change,
  { before, isRemembered }: { readonly before: ReadonlySet<string>; readonly isRemembered: boolean },
): boolean {
  const { data, watch } = call;
  const { id, hour, token, complete } = change;
  const current = data.hash('claims').get(id);
  const isDone = isComplete(data, id);
  const isRepetition = token !== undefined && current === undefined && isDone && before.has(token);
  const isRefused = token !== undefined && complete && current !== token && !isRepetition;
  if (complete && isDone && (isRemembered || isRepetition)) return true;
  if (complete && !isRefused) {
    data.sortedSet('complete').set(id, Math.max(hour, data.sortedSet('complete').score(id) ?? hour));
    data.hash('partial').delete(id);
    data.sortedSet('partial_time').remove(id);
    data.sortedSet('ready').remove(id);
    data.hash('objects').delete(id);
    watch.completed(id, token ?? null, isRemembered);
    release(call, id, 'complete');
  } else if (
    isRemembered
      ? !isDone && !isOlderThanMemory(data, change.lastModifiedMs ?? Infinity)
      : !isDone || isOfThisReading(data, change)
  )
    addRanges(call, change);
  return !isRefused;
}

/** Of an object that is complete, and is read again on request. */
function isOfThisReading(data: RedisData, { id, token }: Change): boolean {
  const wanted = token?.split('.').at(-2) ?? '0';
  return wanted !== '0' && wanted === wantedOf(data, id);
}

function addRanges({ data, watch }: ScriptCall, { id, object, settled, lastModifiedMs }: Change): void {
  const stored = data.hash('partial').get(id);
  const known: { readonly settled: readonly Pair[] } = JSON.parse(stored ?? '{"settled":[]}');
  const ranges = unionRanges([], [...known.settled, ...settled].map(rangeOf)).filter(({ start, end }) => end > start);
  if (ranges.length === 0) return;
  const pairs = ranges.map(({ start, end }) => [start, end]);
  data.hash('partial').set(id, JSON.stringify({ object, settled: pairs }));
  const timeMs = data.sortedSet('partial_time').score(id) ?? -Infinity;
  data.sortedSet('partial_time').set(id, Math.max(timeMs, lastModifiedMs ?? 0));
  watch.settled(id, settled.map(rangeOf));
}

function fulfil(data: RedisData, { wantedSeq, outcome, atMs }: Commit['fulfilled'][number]): void {
  const retries = `retries:${wantedSeq}`;
  for (const number of data.members(retries)) {
    if (!data.hash('quarantine').has(number)) continue;
    const record = recordOf(data, number);
    const closed = {
      ...record,
      closedMs: atMs,
      outcome: isQuarantinedAgain(data, number, record) ? 'quarantined-again' : outcome,
    };
    data.hash('quarantine').set(number, JSON.stringify(closed));
    data.sortedSet('quarantine_closed').set(number, atMs);
  }
  data.removeSet(retries);
  const id = data.hash('wanted_owner').get(String(wantedSeq));
  if (id !== undefined) data.hash('wanted_ids').delete(id);
  data.hash('wanted_owner').delete(String(wantedSeq));
  data.hash('wanted').delete(String(wantedSeq));
}

function isQuarantinedAgain(data: RedisData, number: string, record: StoredRecord): boolean {
  return [...data.hash('quarantine').keys()].some((later) => {
    if (Number(later) <= Number(number)) return false;
    const other = recordOf(data, later);
    if (other.objectId !== record.objectId || other.closedMs !== undefined || other.wantedSeq !== undefined)
      return false;
    if (other.start === undefined || other.end === undefined || record.start === undefined || record.end === undefined)
      return true;
    return other.start < record.end && record.start < other.end;
  });
}

export function recordOf(data: RedisData, number: string): StoredRecord {
  const record: StoredRecord = JSON.parse(data.hash('quarantine').get(number) ?? '{}');
  return record;
}

function mergeHead(data: RedisData, head: NonNullable<Commit['head']>, isRemembered: boolean): void {
  const meta = data.hash('meta');
  const startFrom = meta.get('start_from');
  const isEarlier = isRemembered && startFrom !== undefined && head.startFromMs < Number(startFrom);
  if (startFrom === undefined || isEarlier)
    meta.set('start_from', String(head.startFromMs)).set('floor', String(head.floorMs));
  else if (head.startFromMs === Number(startFrom)) moveLater(meta, 'floor', head.floorMs);
}

function moveLater(meta: Map<string, string>, field: string, ms: number): void {
  const current = meta.get(field);
  if (current === undefined || ms > Number(current)) meta.set(field, String(ms));
}

function forget(data: RedisData, beforeMs: number): void {
  const hour = Math.floor(beforeMs / HOUR_MS);
  data.sortedSet('complete').removeIf((completeHour) => completeHour < hour);
  for (const id of data.sortedSet('partial_time').range((ms) => ms < beforeMs)) {
    if (data.hash('wanted_ids').has(id)) continue;
    data.hash('partial').delete(id);
    data.sortedSet('partial_time').remove(id);
  }
  for (const number of data.sortedSet('quarantine_closed').range((ms) => ms < beforeMs)) {
    data.hash('quarantine_ids').delete(recordOf(data, number).recordId);
    data.hash('quarantine').delete(number);
  }
  data.sortedSet('quarantine_closed').removeIf((ms) => ms < beforeMs);
  moveLater(data.hash('meta'), 'forgotten_before', hour * HOUR_MS);
}

function rangeOf([start, end]: Pair) {
  return { start, end };
}
