/** Finds out which line of the load some bytes say to be. Whether they are is another question. */
import type { LineTable } from '../load/manifest.ts';
import type { IdentityReader } from './identity.ts';
import type { TableCache } from './table-cache.ts';

export interface NamedLine {
  readonly index: number;
  readonly line: number;
  readonly table: LineTable;
}

export class LineNamer {
  readonly #identities: IdentityReader;
  readonly #tables: TableCache;

  constructor(identities: IdentityReader, tables: TableCache) {
    this.#identities = identities;
    this.#tables = tables;
  }

  /** With so many bytes a line has said who it is, or it never will. */
  get headBytes(): number {
    return this.#identities.headBytes;
  }

  /** Null when the bytes in [start, stop) name no line of this load. */
  name(bytes: Buffer, start: number, stop: number): NamedLine | null {
    const identity = this.#identities.read(bytes, start, stop);
    if (identity === null) return null;
    const table = this.#tables.get(identity.index);
    return table === null || identity.line >= table.lines ? null : { ...identity, table };
  }
}
