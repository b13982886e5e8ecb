/** What one store remembers, in pieces that another can take over: a journal tells Redis so, and `state migrate` moves the state so. */
import type { DatabaseSync } from 'node:sqlite';
import type { QuarantineRecord, StateChange, StateHead } from '../ports.ts';
import { guardState, HOUR_MS } from './state-database.ts';
import { createStateReader } from './state-reader.ts';

export interface Remembered {
  /** The hour of LastModified, and the hash that names the object. */
  readonly complete: readonly { readonly hour: number; readonly id: Uint8Array }[];
  readonly partial: readonly StateChange[];
  readonly quarantined: readonly QuarantineRecord[];
  readonly head: StateHead | null;
  readonly forgottenBeforeMs: number | null;
}

export const NOTHING: Remembered = { complete: [], partial: [], quarantined: [], head: null, forgottenBeforeMs: null };

/** Objects in one piece. */
export const PIECE_OBJECTS = 500;
const PARTIALS_MAX = 1_000_000;

/** All that a state file knows of objects last modified since this moment. */
export function* rememberedSince(database: DatabaseSync, path: string, ms: number): Generator<Remembered> {
  const reader = createStateReader(database, path);
  yield {
    ...NOTHING,
    head: reader.head(),
    forgottenBeforeMs: reader.forgottenBeforeMs(),
    quarantined: reader.quarantined({ isClosedToo: false }),
  };
  const partial = reader.partials(PARTIALS_MAX).map(({ object, settled }) => ({ object, settled, complete: false }));
  for (const piece of piecesOf(partial)) yield { ...NOTHING, partial: piece };
  // Read as they are told: of a large state all at once would take its memory, and the time of everything else.
  const read = database.prepare('SELECT hour, id FROM complete WHERE (hour, id) > (?, ?) ORDER BY hour, id LIMIT ?');
  let after = { hour: Number.isFinite(ms) ? Math.floor(ms / HOUR_MS) : Number.MIN_SAFE_INTEGER, id: new Uint8Array() };
  for (;;) {
    const rows = guardState(path, () => read.all(after.hour, after.id, PIECE_OBJECTS));
    const complete = rows.flatMap(({ hour, id }) => (id instanceof Uint8Array ? [{ hour: Number(hour), id }] : []));
    const last = complete.at(-1);
    if (last === undefined) return;
    yield { ...NOTHING, complete };
    after = last;
  }
}

export function piecesOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / PIECE_OBJECTS) }, (_, index) =>
    items.slice(index * PIECE_OBJECTS, (index + 1) * PIECE_OBJECTS),
  );
}
