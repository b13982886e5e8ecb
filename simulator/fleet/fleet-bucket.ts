/** The bucket of a simulated fleet: objects come in the order of their keys, folder by folder, so that a LIST of hundreds of thousands costs a page. */
import type { ListPage, ListRequest, ObjectRef } from '#streamer';
import type { ObjectKind } from './size-only.ts';

/** What the world knows of an object beside what S3 tells. The streamer passes the reference on as it is. */
export interface FleetObject extends ObjectRef {
  readonly kind: ObjectKind;
  readonly visibleMs: number;
  readonly prefixNumber: number;
}

export class FleetBucket {
  readonly #folders = new Map<string, FleetObject[]>();

  /** Its key must come after all others of its folder. */
  add(folder: string, object: FleetObject): void {
    const objects = this.#folders.get(folder) ?? [];
    if (objects.length === 0) this.#folders.set(folder, objects);
    objects.push(object);
  }

  list({ prefix, delimiter, startAfter, continuationToken, keysMax }: ListRequest): ListPage {
    const after = continuationToken ?? startAfter;
    const objects: ObjectRef[] = [];
    const prefixes: string[] = [];
    for (const [folder, all] of [...this.#folders].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
      if (!folder.startsWith(prefix) && !prefix.startsWith(folder)) continue;
      const inner = folder.indexOf('/', prefix.length);
      if (delimiter !== null && folder.length > prefix.length && inner !== -1) {
        const common = folder.slice(0, inner + 1);
        if (prefixes.at(-1) !== common && (after === null || common > after)) prefixes.push(common);
        continue;
      }
      for (let at = firstAfter(all, prefix, after); at < all.length; at += 1) {
        const object = all[at];
        if (object === undefined || !object.key.startsWith(prefix)) break;
        if (objects.length + prefixes.length >= keysMax)
          return { objects, prefixes, continuationToken: objects.at(-1)?.key ?? null };
        objects.push(object);
      }
    }
    return { objects, prefixes, continuationToken: null };
  }
}

function firstAfter(objects: readonly FleetObject[], prefix: string, after: string | null): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = objects[middle]?.key ?? '';
    if (key < prefix || (after !== null && key <= after)) low = middle + 1;
    else high = middle;
  }
  return low;
}
