/** Names by rank, smallest first; of one rank, in the order in which they came. A hundred instances ask for the next ones many times a second. */

interface Ranked {
  readonly id: string;
  readonly rank: number;
}

export class RankedIds {
  readonly #ranks = new Map<string, number>();
  readonly #sorted: Ranked[] = [];

  get size(): number {
    return this.#sorted.length;
  }

  /** Takes the place of an earlier rank of the same name. */
  set(id: string, rank: number): void {
    this.delete(id);
    this.#ranks.set(id, rank);
    this.#sorted.splice(this.#firstAbove(rank), 0, { id, rank });
  }

  delete(id: string): void {
    const rank = this.#ranks.get(id);
    if (rank === undefined) return;
    this.#ranks.delete(id);
    let at = this.#firstFrom(rank);
    while (this.#sorted[at]?.id !== id) at += 1;
    this.#sorted.splice(at, 1);
  }

  /** With ranks above `above` and not above `upTo`. */
  between(above: number, upTo: number, idsMax: number): readonly string[] {
    const ids: string[] = [];
    for (let at = this.#firstAbove(above); ids.length < idsMax; at += 1) {
      const next = this.#sorted[at];
      if (next === undefined || next.rank > upTo) break;
      ids.push(next.id);
    }
    return ids;
  }

  #firstAbove(rank: number): number {
    return this.#position((other) => other > rank);
  }

  #firstFrom(rank: number): number {
    return this.#position((other) => other >= rank);
  }

  /** Of the first whose rank is so; all behind it are, too. */
  #position(isSo: (rank: number) => boolean): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isSo(this.#sorted[middle]?.rank ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
