/** Objects that are overwritten or deleted while somebody reads them. */
import type { ObjectRef } from '#streamer';
import { rangeOfKind } from './content-kinds.ts';
import { endOfFolder, LOOKBACK_MARGIN_MS, SOURCES } from './plan.ts';
import type { StoredObjects } from './stored-objects.ts';
import type { Surroundings } from './surroundings.ts';
import type { Version } from './truth.ts';

export class Changes {
  readonly #surroundings: Surroundings;
  readonly #objects: StoredObjects;
  #nextContent: number;

  constructor(surroundings: Surroundings, objects: StoredObjects) {
    this.#surroundings = surroundings;
    this.#objects = objects;
    // Plans take contents from the beginning of a kind's range on, so the last ones are free.
    const { firstId, count } = rangeOfKind('small');
    this.#nextContent = firstId + count - 1;
  }

  beforeGet(nth: number, ref: ObjectRef): void {
    const { desk, time, trace } = this.#surroundings;
    const overwrite = desk.once('overwrite', nth);
    if (overwrite?.when === 'before' && this.#overwrite(ref)) desk.exercise(overwrite);
    const deletion = desk.once('delete', nth);
    if (deletion === null) return;
    const version = this.#current(ref);
    if (version === null) return;
    this.#objects.bucket(ref.bucket).delete(ref.key, time.nowMs);
    version.isGone = true;
    trace.add('deleted', ref.key);
    desk.exercise(deletion);
  }

  duringGet(nth: number, ref: ObjectRef): void {
    const { desk } = this.#surroundings;
    const overwrite = desk.once('overwrite', nth);
    if (overwrite?.when === 'during' && this.#overwrite(ref)) desk.exercise(overwrite);
  }

  #overwrite(ref: ObjectRef): boolean {
    const { time, truth, trace, plan } = this.#surroundings;
    const version = this.#current(ref);
    // What comes instead is JSONL; the other source holds CSV.
    if (version === null || version.bucket !== SOURCES[0].bucket) return false;
    version.isGone = true;
    const { bucket, key } = version;
    const lastModifiedMs = Math.floor(time.nowMs / 1000) * 1000;
    // Sweeps do not enter folders whose day ended longer ago.
    const isWithinLookback = time.nowMs - endOfFolder(key) < plan.settings.lookbackMs - LOOKBACK_MARGIN_MS;
    const standing = isWithinLookback ? 'owed' : 'optional';
    const newer = truth.addVersion({ bucket, key, standing, lastModifiedMs, visibleMs: time.nowMs }, this.#nextContent);
    this.#nextContent -= 1;
    this.#objects.bucket(ref.bucket).put(newer);
    trace.add('overwritten', key, newer.content.id);
    return true;
  }

  #current(ref: ObjectRef): Version | null {
    return this.#objects.bucket(ref.bucket).at(ref.key, this.#surroundings.time.nowMs);
  }
}
