/**
 * A record of the quarantine that was seen to is closed in Redis, by whichever instance read its object again; the journal of the one that wrote it does not hear of
 * that. It asks, so that it neither grows for ever nor tells the record as an open one when Redis has forgotten it.
 */
import type { QuarantineRecord } from '../../ports.ts';
import { piecesOf } from '../remembered.ts';
import { decodeQuarantine, recordIdOf } from './codec.ts';
import type { RedisConnection } from './connection.ts';
import type { Journal } from './journal.ts';
import { textsOf } from './replies.ts';

/** Of a Redis in the epoch that the journal knows. */
export async function dropClosed(connection: RedisConnection, journal: Journal): Promise<void> {
  const records = journal.quarantined();
  if (records.length === 0) return;
  const [forgotten = ''] = textsOf(await connection.command('HMGET', [connection.key('meta'), 'forgotten_before']));
  const forgottenBeforeMs = forgotten === '' ? -Infinity : Number(forgotten);
  const closed = new Set<string>();
  for (const piece of piecesOf(records))
    for (const id of await closedOf(connection, piece, forgottenBeforeMs)) closed.add(id);
  if (closed.size > 0) journal.dropQuarantined((record) => closed.has(recordIdOf(record)));
}

async function closedOf(
  connection: RedisConnection,
  records: readonly QuarantineRecord[],
  forgottenBeforeMs: number,
): Promise<readonly string[]> {
  const ids = records.map(recordIdOf);
  const numbers = textsOf(await connection.command('HMGET', [connection.key('quarantine_ids'), ...ids]));
  const known = numbers.filter((number) => number !== '');
  const texts =
    known.length === 0 ? [] : textsOf(await connection.command('HMGET', [connection.key('quarantine'), ...known]));
  const textOf = new Map(known.map((number, index) => [number, texts[index] ?? '']));
  return ids.filter((_, index) => {
    const text = textOf.get(numbers[index] ?? '') ?? '';
    // Only closed ones are ever forgotten.
    if (text === '') return (records[index]?.atMs ?? Infinity) < forgottenBeforeMs;
    return decodeQuarantine(text).closedMs !== undefined;
  });
}
