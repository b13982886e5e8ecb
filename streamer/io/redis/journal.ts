/**
 * What this instance itself has settled, in a local file: while Redis is away it is the only durable memory of it, and when Redis has forgotten (a fail-over to
 * a replica that lagged, a restart with nothing on disk) it is told from here. It is written before Redis is, so whatever Redis acknowledged stands in it.
 * Invariant: it is never asked what to read. Only Redis is, because only Redis knows what the others do.
 */
import { DatabaseSync } from 'node:sqlite';
import type { QuarantineRecord, StateCommit, StateHead, StateStore } from '../../ports.ts';
import { openFileStateStore } from '../file-state-store.ts';
import { type Remembered, rememberedSince } from '../remembered.ts';
import { guardState, inTransaction } from '../state-database.ts';
import { createStateReader, type QuarantineEntry } from '../state-reader.ts';

const BUSY_TIMEOUT_MS = 5_000;

/** What `RedisState` asks of it; the file below is the one that runs in production. */
export interface Journal {
  /** The one in which Redis was when this instance last spoke to it; null when it never did. */
  get epoch(): string | null;
  set epoch(epoch: string);
  /** Null where it was never told. */
  readHead(): Promise<StateHead | null>;
  record(commit: StateCommit): Promise<void>;
  /** All that is remembered of objects last modified since this moment, in pieces. */
  since(ms: number): Iterable<Remembered>;
  quarantined(): readonly QuarantineRecord[];
  dropQuarantined(isMeant: (record: QuarantineRecord) => boolean): void;
  /** An operator has moved the state as a whole: what is remembered would undo it. */
  clear(): void;
  close(): Promise<void>;
}

/** Beside `state.file_path`, under a name of its own: that file may hold the state of a time without Redis. */
export function journalPathOf(filePath: string): string {
  return `${filePath.replace(/\.(json|db)$/, '')}.journal.db`;
}

export class RedisJournal implements Journal {
  readonly path: string;
  readonly #store: StateStore;
  readonly #database: DatabaseSync;

  /** Throws `STATE_LOCKED` where another instance uses the file. */
  constructor(filePath: string) {
    this.path = journalPathOf(filePath);
    this.#store = openFileStateStore(this.path);
    this.#database = new DatabaseSync(this.path, { timeout: BUSY_TIMEOUT_MS });
    guardState(this.path, () =>
      this.#database.exec(
        'CREATE TABLE IF NOT EXISTS epoch (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), epoch TEXT NOT NULL)',
      ),
    );
  }

  get epoch(): string | null {
    const row = guardState(this.path, () => this.#database.prepare('SELECT epoch FROM epoch').get());
    return row === undefined ? null : String(row['epoch']);
  }

  set epoch(epoch: string) {
    guardState(this.path, () =>
      this.#database
        .prepare('INSERT INTO epoch VALUES (1, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch')
        .run(epoch),
    );
  }

  async readHead(): Promise<StateHead | null> {
    return this.#store.readHead();
  }

  async record(commit: StateCommit): Promise<void> {
    await this.#store.commit(commit);
  }

  since(ms: number): Iterable<Remembered> {
    return rememberedSince(this.#database, this.path, ms);
  }

  quarantined(): readonly QuarantineEntry[] {
    return createStateReader(this.#database, this.path).quarantined({ isClosedToo: false });
  }

  dropQuarantined(isMeant: (record: QuarantineRecord) => boolean): void {
    const meant = this.quarantined().filter(isMeant);
    guardState(this.path, () =>
      inTransaction(this.#database, () => {
        const drop = this.#database.prepare('DELETE FROM quarantine WHERE seq = ?');
        for (const { id } of meant) drop.run(id);
      }),
    );
  }

  clear(): void {
    guardState(this.path, () =>
      this.#database.exec('DELETE FROM complete; DELETE FROM partial; DELETE FROM quarantine; DELETE FROM head'),
    );
  }

  async close(): Promise<void> {
    this.#database.close();
    await this.#store.close();
  }
}
