/**
 * The local state as the commands change it. Requests can be added beside a running streamer, which takes them up within seconds; what moves the
 * state as a whole (`rewind`, `migrate`) needs the streamer stopped, and takes its lock.
 */
import { open } from 'node:fs/promises';
import { renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Range } from '../core/ranges.ts';
import { intersectRanges } from '../core/wanted-ranges.ts';
import { StreamerError } from '../errors.ts';
import type { ObjectRef, StateHead } from '../ports.ts';
import { openFileStateStore } from './file-state-store.ts';
import type { Remembered } from './remembered.ts';
import {
  databasePathOf,
  formatRanges,
  guardState,
  HOUR_MS,
  idOf,
  inTransaction,
  openDatabase,
  openLock,
  parseRanges,
  unwritable,
} from './state-database.ts';
import { createStateReader, openStateReader, type StateReader } from './state-reader.ts';

/** A request for one object, as `WantedObject` has it. */
export interface WantedRequest {
  readonly object: ObjectRef;
  readonly kind: 'missing' | 'again';
  /** What of it not to deliver. */
  readonly settled: readonly Range[];
  /** The quarantine records that the request answers; all open ones of the object when it is delivered whole. */
  readonly quarantineIds: readonly number[] | 'all';
}

export interface Rewound {
  /** TIME, rounded down to the hour: that is how state keeps what is complete. */
  readonly toMs: number;
  readonly before: StateHead;
  readonly after: StateHead;
  /** Complete objects that are read again. */
  readonly completeObjects: number;
  /** Objects that were settled in part, and are read again from their beginning. */
  readonly partialObjects: number;
  /** Objects older than this, from `toMs` on, are read again as well, and state has forgotten how many they are; null when it knows all. */
  readonly uncountedBeforeMs: number | null;
}

export interface StateAdmin {
  readonly reader: StateReader;
  /** All of them in one short transaction. */
  want(requests: readonly WantedRequest[]): void;
  rewind(toMs: number): Rewound;
  /** Returns when all of it is on the disk. */
  close(): Promise<void>;
}

/** Beside a running streamer or without one. There must be a state. */
export function openStateAdmin(filePath: string): StateAdmin {
  requireState(filePath);
  const path = databasePathOf(filePath);
  return createStateAdmin(openDatabase(path), null, path);
}

/** With the streamer stopped. There must be a state. */
export function openStateAdminAlone(filePath: string): StateAdmin {
  requireState(filePath);
  const path = databasePathOf(filePath);
  const lock = openLock(path);
  try {
    return createStateAdmin(openDatabase(path), lock, path);
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** The error of every command that needs a state and finds none. */
export function missingState(filePath: string): StreamerError {
  return new StreamerError(
    'STATE_MISSING',
    `there is no state yet: ${databasePathOf(filePath)} does not exist. Check state.file_path, or start the streamer once`,
  );
}

function requireState(filePath: string): void {
  const reader = openStateReader(filePath);
  if (reader === null) throw missingState(filePath);
  reader.close();
}

/**
 * Begins a state with this head, with the streamer stopped. A state that is there already is set aside under another name, which is given back.
 */
export function beginState(filePath: string, head: StateHead, setAsideSuffix: string): string | null {
  const path = databasePathOf(filePath);
  const lock = openLock(path);
  try {
    const existing = openStateReader(filePath);
    existing?.close();
    const setAsidePath = existing === null ? null : `${path}.${setAsideSuffix}`;
    if (setAsidePath !== null) setAside(path, setAsidePath);
    const database = openDatabase(path);
    guardState(path, () =>
      database
        .prepare('INSERT OR REPLACE INTO head (only_row, start_from_ms, floor_ms) VALUES (1, ?, ?)')
        .run(head.startFromMs, head.floorMs),
    );
    // The last connection writes the journal into the file and waits for the disk.
    database.close();
    return setAsidePath;
  } finally {
    lock.close();
  }
}

/** Adds what another store remembers to a state that was just begun. */
export async function fillState(
  filePath: string,
  remembered: Iterable<Remembered> | AsyncIterable<Remembered>,
): Promise<void> {
  const path = databasePathOf(filePath);
  const store = openFileStateStore(filePath);
  const database = openDatabase(path);
  const add = database.prepare('INSERT OR IGNORE INTO complete (hour, id) VALUES (?, ?)');
  try {
    for await (const { complete, partial, quarantined, forgottenBeforeMs } of remembered) {
      guardState(path, () =>
        inTransaction(database, () => {
          for (const { hour, id } of complete) add.run(hour, id);
        }),
      );
      await store.commit({
        changes: partial,
        quarantined,
        fulfilled: [],
        head: null,
        forgetBeforeMs: forgottenBeforeMs,
      });
    }
  } finally {
    database.close();
    await store.close();
  }
}

/** One file, without a journal beside it. */
function setAside(path: string, setAsidePath: string): void {
  const database = openDatabase(path);
  guardState(path, () => database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE'));
  database.close();
  guardState(path, () => {
    renameSync(path, setAsidePath);
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  });
}

function createStateAdmin(database: DatabaseSync, lock: DatabaseSync | null, path: string): StateAdmin {
  return {
    reader: createStateReader(database, path),
    want: (requests) =>
      guardState(path, () =>
        inTransaction(database, () => {
          for (const request of requests) addRequest(database, request);
        }),
      ),
    rewind: (toMs) => guardState(path, () => inTransaction(database, () => rewind(database, path, toMs))),
    async close() {
      try {
        await syncJournal(path);
      } finally {
        database.close();
        lock?.close();
      }
    },
  };
}

/** One request an object: a later one takes the earlier one in, and is a new request to a streamer that has the earlier one under way. */
function addRequest(database: DatabaseSync, { object, kind, settled, quarantineIds }: WantedRequest): void {
  const id = idOf(object);
  const earlier = database.prepare('SELECT seq, again, settled FROM wanted WHERE id = ?').get(id);
  const earlierSeq = earlier === undefined ? null : Number(earlier['seq']);
  const isEarlierAgain = Number(earlier?.['again'] ?? 0) === 1;
  if (isEarlierAgain && kind === 'missing') return;
  const leftOut = isEarlierAgain ? intersectRanges(parseRanges(String(earlier?.['settled'])), settled) : settled;
  if (earlierSeq !== null) database.prepare('DELETE FROM wanted WHERE seq = ?').run(earlierSeq);
  const { lastInsertRowid: seq } = database
    .prepare(
      'INSERT INTO wanted (id, again, settled, bucket, key, etag, size_bytes, last_modified_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      id,
      kind === 'again' ? 1 : 0,
      formatRanges(leftOut),
      object.bucket,
      object.key,
      object.etag,
      object.sizeBytes,
      object.lastModifiedMs,
    );
  if (earlierSeq !== null)
    database.prepare('UPDATE quarantine SET wanted_seq = ? WHERE wanted_seq = ?').run(seq, earlierSeq);
  if (quarantineIds === 'all') {
    // What an interrupted reading delivered before this request does not count for it.
    database.prepare('DELETE FROM partial WHERE id = ?').run(id);
    database
      .prepare('UPDATE quarantine SET wanted_seq = ? WHERE closed_ms IS NULL AND bucket = ? AND key = ? AND etag = ?')
      .run(seq, object.bucket, object.key, object.etag);
    return;
  }
  // Nor does what it set aside of what is asked for now.
  const partial = database.prepare('SELECT ranges FROM partial WHERE id = ?').get(id);
  if (kind === 'again' && partial !== undefined) {
    const delivered = intersectRanges(parseRanges(String(partial['ranges'])), settled);
    database.prepare('UPDATE partial SET ranges = ? WHERE id = ?').run(formatRanges(delivered), id);
  }
  for (const quarantineId of quarantineIds)
    database.prepare('UPDATE quarantine SET wanted_seq = ? WHERE seq = ?').run(seq, quarantineId);
}

function rewind(database: DatabaseSync, path: string, wishedMs: number): Rewound {
  const reader = createStateReader(database, path);
  const before = reader.head();
  if (before === null) throw new StreamerError('STATE_MISSING', `${path} holds no progress yet: nothing to rewind`);
  const hour = Math.floor(wishedMs / HOUR_MS);
  const toMs = hour * HOUR_MS;
  const after = { startFromMs: Math.min(before.startFromMs, toMs), floorMs: Math.min(before.floorMs, toMs) };
  const changed = (sql: string, ...values: readonly number[]): number =>
    Number(database.prepare(sql).run(...values).changes);
  const forgottenBeforeMs = reader.forgottenBeforeMs();
  database.prepare('UPDATE head SET start_from_ms = ?, floor_ms = ?').run(after.startFromMs, after.floorMs);
  const completeObjects = changed('DELETE FROM complete WHERE hour >= ?', hour);
  const partialObjects = changed('DELETE FROM partial WHERE last_modified_ms >= ?', toMs);
  // They are read again with everything else.
  changed('DELETE FROM wanted WHERE last_modified_ms >= ?', toMs);
  changed(
    "UPDATE quarantine SET closed_ms = ?, outcome = 'rewound' WHERE closed_ms IS NULL AND last_modified_ms >= ?",
    Date.now(),
    toMs,
  );
  const uncountedBeforeMs = forgottenBeforeMs !== null && toMs < forgottenBeforeMs ? forgottenBeforeMs : null;
  return { toMs, before, after, completeObjects, partialObjects, uncountedBeforeMs };
}

async function syncJournal(path: string): Promise<void> {
  try {
    const journal = await open(`${path}-wal`, 'r+');
    try {
      await journal.datasync();
    } finally {
      await journal.close();
    }
  } catch (error) {
    // Without a journal there is nothing that is not yet in the file.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw unwritable(path, error);
  }
}
