/** What survives a crash, with the meaning that the file store gives it (`streamer/io/file-state-store.ts`). Tests compare the two. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Fulfilment,
  type ObjectRecord,
  type ObjectRef,
  type QuarantineRecord,
  type Range,
  type StateChange,
  type StateCommit,
  type StateHead,
  unionRanges,
  type WantedObject,
} from '#streamer';

const HOUR_MS = 3_600_000;

interface PartialObject {
  readonly object: ObjectRef;
  readonly ranges: readonly Range[];
}

export class DurableState {
  #head: StateHead | null = null;
  /** By hour of LastModified, as the file store clusters them. */
  readonly #complete = new Map<number, Set<string>>();
  readonly #partial = new Map<string, PartialObject>();
  readonly #quarantined: QuarantineRecord[] = [];
  #wanted: WantedObject[] = [];
  #wantedSeq = 0;

  get head(): StateHead | null {
    return this.#head;
  }

  get quarantined(): readonly QuarantineRecord[] {
    return this.#quarantined;
  }

  get wanted(): readonly WantedObject[] {
    return this.#wanted;
  }

  record(object: ObjectRef): ObjectRecord {
    const id = idOf(object);
    // One that was copied onto itself is the same version, with a later LastModified.
    for (const [hour, ids] of this.#complete) if (hour <= hourOf(object) && ids.has(id)) return { kind: 'complete' };
    const settled = this.#rangesOf(id);
    return settled.length === 0 ? { kind: 'unknown' } : { kind: 'partial', settled };
  }

  /** Of an object that is complete, too: it may be under way once more on request. */
  settledOf(object: ObjectRef): readonly Range[] {
    return this.#rangesOf(idOf(object));
  }

  readWanted(afterSeq: number, objectsMax: number): readonly WantedObject[] {
    const wanted = this.#wanted.filter(({ seq }) => seq > afterSeq).slice(0, objectsMax);
    // What an earlier run delivered of it for this request.
    return wanted.map((request) =>
      request.kind === 'again'
        ? { ...request, settled: unionRanges(request.settled, this.#rangesOf(idOf(request.object))) }
        : request,
    );
  }

  /** As another process does it, while a streamer runs. A later request for the same object replaces the earlier. */
  want(request: Omit<WantedObject, 'seq'>): WantedObject {
    const id = idOf(request.object);
    this.#wantedSeq += 1;
    const wanted = { ...request, seq: this.#wantedSeq };
    this.#wanted = [...this.#wanted.filter(({ object }) => idOf(object) !== id), wanted];
    return wanted;
  }

  /** All of it at once. */
  apply({ changes, quarantined, fulfilled, head, forgetBeforeMs }: StateCommit): void {
    for (const change of changes) this.#change(change);
    for (const record of quarantined) this.#quarantine(record);
    for (const fulfilment of fulfilled) this.#fulfil(fulfilment);
    if (head !== null) this.#head = head;
    if (forgetBeforeMs !== null) this.#forget(forgetBeforeMs);
  }

  #change({ object, settled, complete }: StateChange): void {
    const id = idOf(object);
    if (!complete) {
      this.#partial.set(id, { object, ranges: unionRanges(this.#rangesOf(id), settled) });
      return;
    }
    const hour = hourOf(object);
    const ids = this.#complete.get(hour) ?? new Set();
    ids.add(id);
    this.#complete.set(hour, ids);
    this.#partial.delete(id);
  }

  /** Once, also where the commit is repeated. */
  #quarantine(record: QuarantineRecord): void {
    if (!this.#quarantined.some((known) => isDeepStrictEqual(known, record))) this.#quarantined.push(record);
  }

  #fulfil({ wantedSeq }: Fulfilment): void {
    this.#wanted = this.#wanted.filter(({ seq }) => seq !== wantedSeq);
  }

  #forget(beforeMs: number): void {
    const beforeHour = Math.floor(beforeMs / HOUR_MS);
    for (const hour of this.#complete.keys()) if (hour < beforeHour) this.#complete.delete(hour);
    const wanted = new Set(this.#wanted.map(({ object }) => idOf(object)));
    for (const [id, { object }] of this.#partial)
      if (object.lastModifiedMs < beforeMs && !wanted.has(id)) this.#partial.delete(id);
  }

  #rangesOf(id: string): readonly Range[] {
    return this.#partial.get(id)?.ranges ?? [];
  }
}

function idOf({ bucket, etag, key }: ObjectRef): string {
  return `${bucket} ${etag} ${key}`;
}

function hourOf({ lastModifiedMs }: ObjectRef): number {
  return Math.floor(lastModifiedMs / HOUR_MS);
}
