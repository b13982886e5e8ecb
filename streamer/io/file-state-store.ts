/**
 * State in one local SQLite file: atomic, durable commits, and a size that follows the look-back window.
 * Tables: `complete` holds 16 bytes of hash per object, clustered by the hour of LastModified, so that forgetting is one range delete;
 * `partial` holds the settled ranges of the few objects under way; `quarantine` holds what was set aside, with its reason; `wanted` what an operator asked for.
 * A second streamer is kept away by a lock; commands may read and add requests while this one runs.
 *
 * SQLite writes its journal (WAL) without waiting for the disk, and we wait for it in the thread pool, because an fsync on the event loop stalls
 * every POST (measured: 190 ms on a busy disk). `commit` returns only after that, so what it promises is the same; a power cut before it leaves an earlier
 * commit, whole, which costs repetitions and never a line.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { unionRanges } from '../core/ranges.ts';
import type {
  Dropped,
  Fulfilment,
  ObjectRecord,
  ObjectRef,
  QuarantineRecord,
  StateChange,
  StateCommit,
  StateHead,
  StateStore,
  WantedObject,
} from '../ports.ts';
import {
  databasePathOf,
  formatRanges,
  guardState,
  HOUR_MS,
  hourOf,
  idOf,
  inTransaction,
  objectOf,
  ObjectLookup,
  openDatabase,
  openLock,
  parseRanges,
  unwritable,
} from './state-database.ts';

/** Then others get their turn: a page of a thousand new objects must not stall the POSTs. */
const LOOKUPS_IN_ROW_MAX = 50;

export function openFileStateStore(filePath: string): StateStore {
  const path = databasePathOf(filePath);
  const lock = openLock(path);
  try {
    return new FileStateStore(openDatabase(path), lock, path);
  } catch (error) {
    lock.close();
    throw error;
  }
}

class FileStateStore implements StateStore {
  readonly #database: DatabaseSync;
  readonly #lock: DatabaseSync;
  readonly #path: string;
  readonly #lookup: ObjectLookup;
  readonly #addComplete: StatementSync;
  readonly #writePartial: StatementSync;
  readonly #dropPartial: StatementSync;
  readonly #addQuarantine: StatementSync;
  readonly #closeQuarantine: StatementSync;
  readonly #readWanted: StatementSync;
  readonly #dropWanted: StatementSync;
  /** Names this process among those that dropped lines. */
  readonly #process = randomUUID();
  #journal: Promise<FileHandle> | null = null;

  constructor(database: DatabaseSync, lock: DatabaseSync, path: string) {
    this.#database = database;
    this.#lock = lock;
    this.#path = path;
    this.#lookup = new ObjectLookup(database);
    this.#addComplete = database.prepare('INSERT OR IGNORE INTO complete (hour, id) VALUES (?, ?)');
    this.#writePartial = database.prepare(
      'INSERT INTO partial (id, bucket, key, etag, last_modified_ms, ranges) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ranges = excluded.ranges, last_modified_ms = max(last_modified_ms, excluded.last_modified_ms)',
    );
    this.#dropPartial = database.prepare('DELETE FROM partial WHERE id = ?');
    this.#addQuarantine = database.prepare(
      `INSERT INTO quarantine (at_ms, bucket, key, etag, size_bytes, last_modified_ms, range_start, range_end, first_line, line_count, reason, detail, settled)
       SELECT :at_ms, :bucket, :key, :etag, :size_bytes, :last_modified_ms, :range_start, :range_end, :first_line, :line_count, :reason, :detail, :settled
       WHERE NOT EXISTS (
         SELECT 1 FROM quarantine WHERE at_ms = :at_ms AND key = :key AND bucket = :bucket AND etag = :etag AND reason = :reason
           AND range_start IS :range_start AND range_end IS :range_end AND first_line IS :first_line AND detail = :detail
       )`,
    );
    // Quarantined again: a later record stands for the same lines.
    this.#closeQuarantine = database.prepare(
      `UPDATE quarantine SET closed_ms = :closed_ms, outcome = CASE WHEN EXISTS (
         SELECT 1 FROM quarantine later WHERE later.seq > quarantine.seq AND later.closed_ms IS NULL AND later.wanted_seq IS NULL
           AND later.key = quarantine.key AND later.bucket = quarantine.bucket AND later.etag = quarantine.etag
           AND (later.range_start IS NULL OR (later.range_start < quarantine.range_end AND quarantine.range_start < later.range_end))
       ) THEN 'quarantined-again' ELSE :outcome END
       WHERE wanted_seq = :wanted_seq`,
    );
    this.#readWanted = database.prepare('SELECT * FROM wanted WHERE seq > ? ORDER BY seq LIMIT ?');
    this.#dropWanted = database.prepare('DELETE FROM wanted WHERE seq = ?');
  }

  async readHead(): Promise<StateHead | null> {
    return guardState(this.#path, () => {
      const row = this.#database.prepare('SELECT start_from_ms, floor_ms FROM head').get();
      return row === undefined ? null : { startFromMs: Number(row['start_from_ms']), floorMs: Number(row['floor_ms']) };
    });
  }

  async lookup(objects: readonly ObjectRef[]): Promise<readonly ObjectRecord[]> {
    const records: ObjectRecord[] = [];
    for (let start = 0; start < objects.length; start += LOOKUPS_IN_ROW_MAX) {
      if (start > 0) await nextTurn();
      const some = objects.slice(start, start + LOOKUPS_IN_ROW_MAX);
      records.push(...guardState(this.#path, () => some.map((object) => this.#lookup.record(object))));
    }
    return records;
  }

  async readWanted(afterSeq: number, objectsMax: number): Promise<readonly WantedObject[]> {
    return guardState(this.#path, () =>
      this.#readWanted.all(afterSeq, objectsMax).map((row): WantedObject => {
        const object = objectOf(row);
        const settled = parseRanges(String(row['settled']));
        if (Number(row['again']) === 0) return { seq: Number(row['seq']), object, kind: 'missing', settled };
        // What an earlier run delivered of it for this request.
        const delivered = this.#lookup.rangesOf(idOf(object));
        return { seq: Number(row['seq']), object, kind: 'again', settled: unionRanges(settled, delivered) };
      }),
    );
  }

  async commit(commit: StateCommit): Promise<void> {
    guardState(this.#path, () => inTransaction(this.#database, () => this.#write(commit)));
    try {
      await (await this.#openJournal()).datasync();
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }

  /** One handle, also for commits that are made at the same time. */
  async #openJournal(): Promise<FileHandle> {
    this.#journal ??= open(`${this.#path}-wal`, 'r+').catch((error: unknown) => {
      this.#journal = null;
      throw error;
    });
    return this.#journal;
  }

  #write({ changes, quarantined, fulfilled, head, forgetBeforeMs, dropped }: StateCommit): void {
    for (const change of changes) this.#writeChange(change);
    for (const record of quarantined) this.#writeQuarantined(record);
    for (const fulfilment of fulfilled) this.#writeFulfilled(fulfilment);
    if (head !== null) {
      this.#database
        .prepare(
          'INSERT INTO head (only_row, start_from_ms, floor_ms) VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET start_from_ms = excluded.start_from_ms, floor_ms = excluded.floor_ms',
        )
        .run(head.startFromMs, head.floorMs);
    }
    if (dropped !== undefined) this.#writeDropped(dropped);
    if (forgetBeforeMs !== null) this.#forget(forgetBeforeMs);
  }

  #writeChange({ object, settled, complete }: StateChange): void {
    const id = idOf(object);
    if (complete) {
      this.#addComplete.run(hourOf(object), id);
      this.#dropPartial.run(id);
      return;
    }
    const ranges = formatRanges(unionRanges(this.#lookup.rangesOf(id), settled));
    this.#writePartial.run(id, object.bucket, object.key, object.etag, object.lastModifiedMs, ranges);
  }

  /** A commit that failed after it was written (the disk did not confirm it) is repeated: the record that stands there already is the same one. */
  #writeQuarantined(record: QuarantineRecord): void {
    const { object, range, firstLine, lineCount, reason, detail, atMs, settled } = record;
    this.#addQuarantine.run({
      at_ms: atMs,
      bucket: object.bucket,
      key: object.key,
      etag: object.etag,
      size_bytes: object.sizeBytes,
      last_modified_ms: object.lastModifiedMs,
      range_start: range?.start ?? null,
      range_end: range?.end ?? null,
      first_line: firstLine,
      line_count: lineCount,
      reason,
      detail,
      settled: settled === undefined ? null : formatRanges(settled),
    });
  }

  #writeDropped({ lines, batches }: Dropped): void {
    this.#database
      .prepare(
        `INSERT INTO dropped (process, at_ms, lines, batches) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, lines = excluded.lines, batches = excluded.batches`,
      )
      .run(this.#process, Date.now(), lines, batches);
  }

  #writeFulfilled({ wantedSeq, outcome, atMs }: Fulfilment): void {
    this.#closeQuarantine.run({ closed_ms: atMs, outcome, wanted_seq: wantedSeq });
    this.#dropWanted.run(wantedSeq);
  }

  async close(): Promise<void> {
    await (await this.#journal)?.close();
    this.#database.close();
    this.#lock.close();
  }

  #forget(beforeMs: number): void {
    const hour = Math.floor(beforeMs / HOUR_MS);
    this.#database.prepare('DELETE FROM complete WHERE hour < ?').run(hour);
    // Of what is asked for, however old, what was sent must not be sent again.
    this.#database
      .prepare('DELETE FROM partial WHERE last_modified_ms < ? AND id NOT IN (SELECT id FROM wanted)')
      .run(beforeMs);
    this.#database.prepare('DELETE FROM quarantine WHERE closed_ms < ?').run(beforeMs);
    // From here on, an object that is not known may have been complete once.
    this.#database
      .prepare('UPDATE head SET forgotten_before_ms = max(coalesce(forgotten_before_ms, :before_ms), :before_ms)')
      .run({ before_ms: hour * HOUR_MS });
    this.#database.exec('PRAGMA incremental_vacuum(256)');
  }
}
