/** The local state as the commands read it: beside a running streamer, without its lock, and without changing anything. */
import { statSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Range } from '../core/ranges.ts';
import type { ObjectRecord, ObjectRef, QuarantineRecord, StateHead } from '../ports.ts';
import {
  databasePathOf,
  guardState,
  HOUR_MS,
  isLockHeld,
  objectOf,
  ObjectLookup,
  openDatabaseReadOnly,
  parseRanges,
} from './state-database.ts';

export interface HourCount {
  readonly hourStartMs: number;
  readonly objects: number;
}

export interface PartialObject {
  readonly object: ObjectRef;
  readonly settled: readonly Range[];
}

/**
 * `open`: nobody has seen to it. `retrying`: asked for again, not yet read. `resolved`: delivered after all. `quarantined-again`: a later record stands
 * for the same lines. `gone`: the object was overwritten. `rewound`: state was moved back behind it, and it is read again with everything else.
 */
type QuarantineStatus = 'open' | 'retrying' | 'resolved' | 'quarantined-again' | 'gone' | 'rewound';

export interface QuarantineEntry extends QuarantineRecord {
  readonly id: number;
  readonly status: QuarantineStatus;
  /** Null while it is open or retrying. */
  readonly closedMs: number | null;
}

export interface StateReader {
  readonly path: string;
  head(): StateHead | null;
  /** Complete objects that were last modified before this moment have been forgotten; null when none was. */
  forgottenBeforeMs(): number | null;
  lookup(objects: readonly ObjectRef[]): readonly ObjectRecord[];
  /** Oldest first. */
  completeByHour(): readonly HourCount[];
  /** Oldest first. */
  partials(objectsMax: number): readonly PartialObject[];
  partialCount(): number;
  /** Requests that are not yet fulfilled. */
  wantedCount(): number;
  /** By `http.on_full: drop`, ever. */
  droppedLines(): number;
  /** Oldest first. `isClosedToo`: those that nobody need see to any more, as well. */
  quarantined(options: { readonly isClosedToo: boolean }): readonly QuarantineEntry[];
  /** With the journal that is not yet in it. */
  fileBytes(): number;
  close(): void;
}

/** Null when there is no state yet. */
export function openStateReader(filePath: string): StateReader | null {
  const path = databasePathOf(filePath);
  const database = openDatabaseReadOnly(path);
  return database === null ? null : createStateReader(database, path);
}

/** Whether a streamer (or a command that wants it stopped) holds the state now. */
export function isStateInUse(filePath: string): boolean {
  return isLockHeld(databasePathOf(filePath));
}

export function createStateReader(database: DatabaseSync, path: string): StateReader {
  const objectLookup = new ObjectLookup(database);
  const guard = <T>(work: () => T): T => guardState(path, work);
  const count = (table: string): number =>
    guard(() => Number(database.prepare(`SELECT count(*) AS objects FROM ${table}`).get()?.['objects'] ?? 0));
  return {
    path,
    head: () => guard(() => headOf(database)),
    forgottenBeforeMs: () =>
      guard(() =>
        numberOrNull(database.prepare('SELECT forgotten_before_ms FROM head').get()?.['forgotten_before_ms']),
      ),
    lookup: (objects) => guard(() => objects.map((object) => objectLookup.record(object))),
    completeByHour: () =>
      guard(() =>
        database
          .prepare('SELECT hour, count(*) AS objects FROM complete GROUP BY hour ORDER BY hour')
          .all()
          .map((row) => ({ hourStartMs: Number(row['hour']) * HOUR_MS, objects: Number(row['objects']) })),
      ),
    partials: (objectsMax) =>
      guard(() =>
        database
          .prepare('SELECT *, 0 AS size_bytes FROM partial ORDER BY last_modified_ms, key LIMIT ?')
          .all(objectsMax)
          .map((row) => ({ object: objectOf(row), settled: parseRanges(String(row['ranges'])) })),
      ),
    partialCount: () => count('partial'),
    wantedCount: () => count('wanted'),
    droppedLines: () =>
      guard(() => Number(database.prepare('SELECT coalesce(sum(lines), 0) AS lines FROM dropped').get()?.['lines'])),
    quarantined: ({ isClosedToo }) =>
      guard(() =>
        database
          .prepare(`SELECT * FROM quarantine ${isClosedToo ? '' : 'WHERE closed_ms IS NULL'} ORDER BY seq`)
          .all()
          .map(entryOf),
      ),
    fileBytes: () => bytesOf(path) + bytesOf(`${path}-wal`),
    close: () => database.close(),
  };
}

function headOf(database: DatabaseSync): StateHead | null {
  const row = database.prepare('SELECT start_from_ms, floor_ms FROM head').get();
  return row === undefined ? null : { startFromMs: Number(row['start_from_ms']), floorMs: Number(row['floor_ms']) };
}

function entryOf(row: Readonly<Record<string, SQLOutputValue>>): QuarantineEntry {
  const start = numberOrNull(row['range_start']);
  const end = numberOrNull(row['range_end']);
  const settled = row['settled'];
  return {
    id: Number(row['seq']),
    object: objectOf(row),
    range: start === null || end === null ? null : { start, end },
    firstLine: numberOrNull(row['first_line']),
    lineCount: numberOrNull(row['line_count']),
    reason: String(row['reason']),
    detail: String(row['detail']),
    atMs: Number(row['at_ms']),
    ...(typeof settled === 'string' ? { settled: parseRanges(settled) } : {}),
    status: statusOf({
      isClosed: row['closed_ms'] !== null,
      isWanted: row['wanted_seq'] !== null,
      outcome: String(row['outcome']),
    }),
    closedMs: numberOrNull(row['closed_ms']),
  };
}

const CLOSED = ['quarantined-again', 'gone', 'rewound'] as const;

export function statusOf(record: {
  readonly isClosed: boolean;
  readonly isWanted: boolean;
  readonly outcome: string | undefined;
}): QuarantineStatus {
  if (!record.isClosed) return record.isWanted ? 'retrying' : 'open';
  return CLOSED.find((status) => status === record.outcome) ?? 'resolved';
}

function numberOrNull(value: SQLOutputValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
