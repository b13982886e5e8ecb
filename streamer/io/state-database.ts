/**
 * The SQLite file behind the local state: where it lies, its tables and how older ones are brought up to date, and the lock that keeps a second
 * streamer away. Both sides use it: the running streamer (`file-state-store.ts`) and the commands (`state-reader.ts`, `state-admin.ts`).
 */
import { hash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { identityOf } from '../core/object-task.ts';
import type { Range } from '../core/ranges.ts';
import { StreamerError } from '../errors.ts';
import type { ObjectRecord, ObjectRef } from '../ports.ts';

export const HOUR_MS = 3_600_000;
const ID_BYTES = 16;
/** Hours before its own, of those that have objects, in which an object is looked for that its own does not know: each costs two microseconds. */
const HOURS_BACK_MAX = 48;
/** Somebody else's short transaction: the streamer's commits and the commands' are milliseconds long. */
const BUSY_TIMEOUT_MS = 5_000;
/** A command that only asks whether the lock is free holds it for a moment; a streamer that starts just then must not fail. */
const LOCK_TIMEOUT_MS = 500;

/** Each step leads from the version that is its index to the next; a new file takes all of them. */
const SCHEMA_STEPS: readonly string[] = [
  `
CREATE TABLE IF NOT EXISTS head (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), start_from_ms REAL NOT NULL, floor_ms REAL NOT NULL);
CREATE TABLE IF NOT EXISTS complete (hour INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (hour, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS partial (
  id BLOB PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL, last_modified_ms REAL NOT NULL, ranges TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms REAL NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, last_modified_ms REAL NOT NULL, range_start INTEGER, range_end INTEGER, first_line INTEGER, line_count INTEGER,
  reason TEXT NOT NULL, detail TEXT NOT NULL
);`,
  // What an operator asked for; what a quarantined object's rest leaves out, and what became of the record; how far back the memory of complete objects goes.
  `
CREATE TABLE wanted (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, again INTEGER NOT NULL, settled TEXT NOT NULL, bucket TEXT NOT NULL,
  key TEXT NOT NULL, etag TEXT NOT NULL, size_bytes INTEGER NOT NULL, last_modified_ms REAL NOT NULL
);
ALTER TABLE head ADD COLUMN forgotten_before_ms REAL;
ALTER TABLE quarantine ADD COLUMN settled TEXT;
ALTER TABLE quarantine ADD COLUMN wanted_seq INTEGER;
ALTER TABLE quarantine ADD COLUMN closed_ms REAL;
ALTER TABLE quarantine ADD COLUMN outcome TEXT;`,
  // What `http.on_full: drop` threw away, by the process that did; and the records of one moment, so that none is written twice.
  `
CREATE TABLE dropped (process TEXT PRIMARY KEY, at_ms REAL NOT NULL, lines INTEGER NOT NULL, batches INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX quarantine_at ON quarantine (at_ms);`,
];
const SCHEMA_VERSION = SCHEMA_STEPS.length;

/** Older files as a reader wants to see them: names in `temp` hide those in the file, which stays as it is. */
const VERSION_1_AS_2 = `
CREATE TEMP VIEW head AS SELECT *, NULL AS forgotten_before_ms FROM main.head;
CREATE TEMP VIEW quarantine AS SELECT *, NULL AS settled, NULL AS wanted_seq, NULL AS closed_ms, NULL AS outcome FROM main.quarantine;
CREATE TEMP TABLE wanted (seq INTEGER, id BLOB, again INTEGER, settled TEXT, bucket TEXT, key TEXT, etag TEXT, size_bytes INTEGER, last_modified_ms REAL);`;
const VERSION_2_AS_3 = 'CREATE TEMP TABLE dropped (process TEXT, at_ms REAL, lines INTEGER, batches INTEGER);';

/** The original's default path ends in `.json`; ours is no JSON, and must not overwrite the original's. */
export function databasePathOf(filePath: string): string {
  return filePath.replace(/\.json$/, '.db');
}

/** Held by the streamer that runs, and by commands that want it stopped. The system gives it back even after kill -9. */
export function openLock(path: string): DatabaseSync {
  let lock: DatabaseSync | null = null;
  try {
    mkdirSync(dirname(path), { recursive: true });
    lock = new DatabaseSync(lockPathOf(path), { timeout: LOCK_TIMEOUT_MS });
    lock.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (isBusy(error)) {
      throw new StreamerError(
        'STATE_LOCKED',
        `another process uses the state file ${path}: stop it, or give this one its own state.file_path`,
        { cause: error },
      );
    }
    throw unwritable(path, error);
  }
}

/** Whether a streamer runs on this state now. Creates nothing. */
export function isLockHeld(path: string): boolean {
  const lockPath = lockPathOf(path);
  if (!existsSync(lockPath)) return false;
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(lockPath, { readOnly: true, timeout: 0 });
    // Reading needs a shared lock, which the exclusive one refuses.
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    lock?.close();
  }
}

function lockPathOf(path: string): string {
  return `${path}.lock`;
}

/** Creates the file, or brings an older one up to date. */
export function openDatabase(path: string): DatabaseSync {
  refuseForeignFile(path);
  let database: DatabaseSync | null = null;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    refuseForeignDatabase(database, path);
    database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    if (versionOf(database, path) < SCHEMA_VERSION) bringUpToDate(database, path);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StreamerError ? error : unwritable(path, error);
  }
}

/** Null when there is no state yet. Works beside a running streamer, and changes nothing. */
export function openDatabaseReadOnly(path: string): DatabaseSync | null {
  if (!existsSync(path)) return null;
  refuseForeignFile(path);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    refuseForeignDatabase(database, path);
    const version = versionOf(database, path);
    if (version === 0) {
      database.close();
      return null;
    }
    if (version < 2) database.exec(VERSION_1_AS_2);
    if (version < 3) database.exec(VERSION_2_AS_3);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StreamerError ? error : unwritable(path, error);
  }
}

function bringUpToDate(database: DatabaseSync, path: string): void {
  inTransaction(database, () => {
    // Another process may have done it while this one waited for its turn.
    const version = versionOf(database, path);
    for (const step of SCHEMA_STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}

function versionOf(database: DatabaseSync, path: string): number {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > SCHEMA_VERSION) {
    throw new StreamerError(
      'STATE_CORRUPT',
      `${path} was written by a newer version (schema ${version}): run that version`,
    );
  }
  return version;
}

/** All of it or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function refuseForeignFile(path: string): void {
  if (existsSync(path) && !isDatabase(path)) throw foreignFile(path);
}

/** Another program's database: nothing may be written into it, not even the journal mode. */
function refuseForeignDatabase(database: DatabaseSync, path: string): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.length > 0 && !tables.some(({ name }) => name === 'complete')) throw foreignFile(path);
}

function foreignFile(path: string): StreamerError {
  return new StreamerError(
    'STATE_CORRUPT',
    `${path} is no state file of this program: move it away, or set another state.file_path. If it is the original's state.json, ` +
      '`state migrate --from` takes its progress over',
  );
}

function isDatabase(path: string): boolean {
  try {
    const header = Buffer.alloc(16);
    const file = openSync(path, 'r');
    try {
      const bytes = readSync(file, header);
      return bytes === 0 || header.toString('latin1') === 'SQLite format 3\0';
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * What state knows of single objects. An object that was copied onto itself is the same version (bucket, key, ETag) with a later LastModified: it is found
 * in the hours before, too.
 */
export class ObjectLookup {
  readonly #isComplete: StatementSync;
  readonly #wasCompleteBefore: StatementSync;
  readonly #readPartial: StatementSync;

  constructor(database: DatabaseSync) {
    this.#isComplete = database.prepare('SELECT 1 FROM complete WHERE hour = ? AND id = ?');
    this.#wasCompleteBefore = database.prepare(`
      WITH RECURSIVE earlier (hour) AS (
        SELECT max(hour) FROM complete WHERE hour < :hour
        UNION ALL
        SELECT (SELECT max(hour) FROM complete WHERE hour < earlier.hour) FROM earlier WHERE earlier.hour IS NOT NULL
        LIMIT ${HOURS_BACK_MAX}
      )
      SELECT 1 FROM earlier JOIN complete ON complete.hour = earlier.hour AND complete.id = :id LIMIT 1`);
    this.#readPartial = database.prepare('SELECT ranges FROM partial WHERE id = ?');
  }

  record(object: ObjectRef): ObjectRecord {
    const id = idOf(object);
    const hour = hourOf(object);
    if (this.#isComplete.get(hour, id) !== undefined) return { kind: 'complete' };
    // Before its ranges: a complete object has some while it is read again on request.
    if (this.#wasCompleteBefore.get({ hour, id }) !== undefined) return { kind: 'complete' };
    const settled = this.rangesOf(id);
    return settled.length === 0 ? { kind: 'unknown' } : { kind: 'partial', settled };
  }

  rangesOf(id: Uint8Array): readonly Range[] {
    const row = this.#readPartial.get(id);
    return row === undefined ? [] : parseRanges(String(row['ranges']));
  }
}

export function parseRanges(json: string): readonly Range[] {
  const pairs: unknown = JSON.parse(json);
  if (!Array.isArray(pairs)) throw new TypeError('ranges are no array');
  return pairs.map((pair: unknown) => {
    if (!Array.isArray(pair) || typeof pair[0] !== 'number' || typeof pair[1] !== 'number')
      throw new TypeError('a range is no pair of numbers');
    return { start: pair[0], end: pair[1] };
  });
}

export function formatRanges(ranges: readonly Range[]): string {
  return JSON.stringify(ranges.map(({ start, end }) => [start, end]));
}

/** An object of a row with the columns bucket, key, etag, size_bytes and last_modified_ms. */
export function objectOf(row: Readonly<Record<string, unknown>>): ObjectRef {
  return {
    bucket: String(row['bucket']),
    key: String(row['key']),
    etag: String(row['etag']),
    sizeBytes: Number(row['size_bytes'] ?? 0),
    lastModifiedMs: Number(row['last_modified_ms']),
  };
}

export function idOf(object: ObjectRef): Uint8Array {
  return hash('sha256', identityOf(object), 'buffer').subarray(0, ID_BYTES);
}

export function hourOf(object: ObjectRef): number {
  return Math.floor(object.lastModifiedMs / HOUR_MS);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked/.test(error.message);
}

export function guardState<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof StreamerError ? error : unwritable(path, error);
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isDamaged(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26);
}

export function unwritable(path: string, error: unknown): StreamerError {
  const said = error instanceof Error ? error.message : String(error);
  if (isDamaged(error)) {
    return new StreamerError(
      'STATE_CORRUPT',
      `the state file ${path} is damaged (${said}): restore a copy, or move it away and set processing.start_from to a time before the damage`,
      { cause: error },
    );
  }
  return new StreamerError(
    'STATE_UNWRITABLE',
    `the state file ${path} cannot be read or written (${said}): check that its folder exists, belongs to this user and has free space`,
    { cause: error },
  );
}
