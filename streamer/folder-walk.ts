/** Lists a source folder by folder, each before the ones inside it, in numeric order: day 9 before day 10. Folders whose date rules them out are not entered. */
import { compareNatural } from './core/natural-order.ts';
import { spanOfFolder, type TimeSpan } from './core/partitions.ts';
import type { ListPage, ListRequest, ObjectRef } from './ports.ts';

export interface WalkOptions {
  readonly prefix: string;
  /** Lists one page; null ends the walk, and what is left of a folder that is refused is passed by. */
  readonly list: (request: Omit<ListRequest, 'bucket' | 'keysMax'>) => Promise<ListPage | 'refused' | null>;
  /** Whether to enter a folder of that date. One without a date is always entered. */
  readonly isWanted: (span: TimeSpan) => boolean;
}

export interface WalkedPage {
  /** Relative to the prefix: empty, or ends in `/`. */
  readonly folder: string;
  readonly objects: readonly ObjectRef[];
  /** Whole prefixes of the folders that are not entered. */
  readonly passedBy: readonly string[];
}

export async function* walkFolders({ prefix, list, isWanted }: WalkOptions): AsyncGenerator<WalkedPage, void, void> {
  /** The next one stands last. */
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const folders: string[] = [];
    for (let token: string | null = null, isFirst = true; isFirst || token !== null; isFirst = false) {
      const page: ListPage | 'refused' | null = await list({
        prefix: prefix + folder,
        startAfter: null,
        continuationToken: token,
        delimiter: '/',
      });
      if (page === null) return;
      if (page === 'refused') break;
      const passedBy: string[] = [];
      for (const inner of page.prefixes) {
        const span = spanOfFolder(inner.slice(prefix.length));
        if (span === null || isWanted(span)) folders.push(inner.slice(prefix.length));
        else passedBy.push(inner);
      }
      token = page.continuationToken;
      yield { folder, objects: page.objects, passedBy };
    }
    for (const inner of folders.toSorted(compareNatural).toReversed()) waiting.push(inner);
  }
}
