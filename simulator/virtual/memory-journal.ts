/** What one instance remembers by itself (`streamer/io/redis/journal.ts`), without a file: what of it survives a crash. A test compares the two. */
import {
  hourOf,
  idOf,
  type Journal,
  type ObjectRef,
  piecesOf,
  type QuarantineRecord,
  type Range,
  type Remembered,
  sharedIdOf,
  type StateCommit,
  type StateHead,
  unionRanges,
} from '#streamer';

const HOUR_MS = 3_600_000;
const NOTHING: Remembered = { complete: [], partial: [], quarantined: [], head: null, forgottenBeforeMs: null };

export class MemoryJournal implements Journal {
  epoch: string | null = null;
  readonly #complete = new Map<number, Map<string, Uint8Array>>();
  readonly #partial = new Map<string, { readonly object: ObjectRef; readonly settled: readonly Range[] }>();
  readonly #quarantined = new Map<string, QuarantineRecord>();
  #head: StateHead | null = null;
  #forgottenBeforeMs: number | null = null;

  async readHead(): Promise<StateHead | null> {
    return this.#head;
  }

  async record(commit: StateCommit): Promise<void> {
    this.apply(commit);
  }

  /** All of it at once. */
  apply({ changes, quarantined, head, forgetBeforeMs }: StateCommit): void {
    for (const { object, settled, complete } of changes) {
      const id = sharedIdOf(object);
      if (complete) this.#addComplete(object, id);
      else this.#partial.set(id, { object, settled: unionRanges(this.#partial.get(id)?.settled ?? [], settled) });
    }
    // A commit that is repeated brings the same records.
    for (const record of quarantined) this.#quarantined.set(JSON.stringify(record), record);
    this.#head = head ?? this.#head;
    if (forgetBeforeMs !== null) this.#forget(forgetBeforeMs);
  }

  *since(ms: number): Generator<Remembered> {
    const quarantined = [...this.#quarantined.values()];
    yield { ...NOTHING, head: this.#head, forgottenBeforeMs: this.#forgottenBeforeMs, quarantined };
    // The file does not keep how large they are.
    const partial = [...this.#partial.values()].map(({ object, settled }) => ({
      object: { ...object, sizeBytes: 0 },
      settled,
      complete: false,
    }));
    for (const piece of piecesOf(partial)) yield { ...NOTHING, partial: piece };
    const complete = [...this.#complete]
      .filter(([hour]) => hour >= Math.floor(ms / HOUR_MS))
      .flatMap(([hour, ids]) => [...ids.values()].map((id) => ({ hour, id })));
    for (const piece of piecesOf(complete)) yield { ...NOTHING, complete: piece };
  }

  quarantined(): readonly QuarantineRecord[] {
    return [...this.#quarantined.values()];
  }

  dropQuarantined(isMeant: (record: QuarantineRecord) => boolean): void {
    for (const [name, record] of this.#quarantined) if (isMeant(record)) this.#quarantined.delete(name);
  }

  clear(): void {
    this.#complete.clear();
    this.#partial.clear();
    this.#quarantined.clear();
    this.#head = null;
    this.#forgottenBeforeMs = null;
  }

  async close(): Promise<void> {}

  #addComplete(object: ObjectRef, id: string): void {
    const hour = hourOf(object);
    const ids = this.#complete.get(hour) ?? new Map<string, Uint8Array>();
    ids.set(id, idOf(object));
    this.#complete.set(hour, ids);
    this.#partial.delete(id);
  }

  #forget(beforeMs: number): void {
    const beforeHour = Math.floor(beforeMs / HOUR_MS);
    for (const hour of this.#complete.keys()) if (hour < beforeHour) this.#complete.delete(hour);
    for (const [id, { object }] of this.#partial) if (object.lastModifiedMs < beforeMs) this.#partial.delete(id);
    // Kept in the same row.
    if (this.#head !== null)
      this.#forgottenBeforeMs = Math.max(this.#forgottenBeforeMs ?? -Infinity, beforeHour * HOUR_MS);
  }
}
