/** The line tables that are in use just now. Invariant: at most `tablesMax` are kept, the least recently used goes first. */
import type { Load, LineTable } from '../load/manifest.ts';

/** What the ledger needs of a load; tests pass one built in memory. */
export type LedgerLoad = Pick<Load, 'readTable'> & {
  readonly manifest: Pick<Load['manifest'], 'identity'> & {
    readonly objects: readonly { readonly lines: number }[];
  };
};

/** 52 KB each for documented objects: 13 MB, and far more objects than any streamer has in flight. */
const tablesMaxDefault = 256;

export class TableCache {
  readonly #load: LedgerLoad;
  readonly #tablesMax: number;
  /** In order of use, oldest first. */
  readonly #tables = new Map<number, LineTable>();

  constructor(load: LedgerLoad, tablesMax: number = tablesMaxDefault) {
    this.#load = load;
    this.#tablesMax = tablesMax;
  }

  /** Null for an object that is not of this load. */
  get(index: number): LineTable | null {
    if (index >= this.#load.manifest.objects.length) return null;
    const known = this.#tables.get(index);
    if (known !== undefined) {
      this.#tables.delete(index);
      this.#tables.set(index, known);
      return known;
    }
    const table = this.#load.readTable(index);
    this.#tables.set(index, table);
    if (this.#tables.size > this.#tablesMax) this.#forgetOldest();
    return table;
  }

  forget(index: number): void {
    this.#tables.delete(index);
  }

  get size(): number {
    return this.#tables.size;
  }

  #forgetOldest(): void {
    for (const oldest of this.#tables.keys()) {
      this.#tables.delete(oldest);
      return;
    }
  }
}
