/** What one Redis holds of one shared state, by the names of its keys (`streamer/io/redis/scripts.ts`). Values are text, as there. */

const HASHES = [
  'meta',
  'claims',
  'marks',
  'turns',
  'objects',
  'partial',
  'quarantine',
  'quarantine_ids',
  'dropped',
  'wanted',
  'wanted_ids',
  'wanted_owner',
] as const;
const SORTED_SETS = ['sessions', 'ended', 'ready', 'complete', 'partial_time', 'quarantine_closed'] as const;
type HashName = (typeof HASHES)[number];
type SortedSetName = (typeof SORTED_SETS)[number];

export class RedisData {
  readonly #hashes = new Map<HashName, Map<string, string>>();
  readonly #sortedSets = new Map<SortedSetName, SortedSet>();
  /** `held:<session>`, `done:<session>`, `retries:<request>` and `replaced`: only those that are not empty. */
  readonly #sets = new Map<string, Set<string>>();

  hash(name: HashName): Map<string, string> {
    const known = this.#hashes.get(name);
    if (known !== undefined) return known;
    const hash = new Map<string, string>();
    this.#hashes.set(name, hash);
    return hash;
  }

  sortedSet(name: SortedSetName): SortedSet {
    const known = this.#sortedSets.get(name);
    if (known !== undefined) return known;
    const set = new SortedSet();
    this.#sortedSets.set(name, set);
    return set;
  }

  members(name: string): readonly string[] {
    return [...(this.#sets.get(name) ?? [])];
  }

  addMember(name: string, member: string): void {
    const set = this.#sets.get(name) ?? new Set();
    set.add(member);
    this.#sets.set(name, set);
  }

  removeMember(name: string, member: string): void {
    const set = this.#sets.get(name);
    if (set?.delete(member) === true && set.size === 0) this.#sets.delete(name);
  }

  removeSet(name: string): void {
    this.#sets.delete(name);
  }

  /** The new number. */
  increment(hash: HashName, field: string): number {
    const number = Number(this.hash(hash).get(field) ?? 0) + 1;
    this.hash(hash).set(field, String(number));
    return number;
  }

  copy(): RedisData {
    const copy = new RedisData();
    for (const [name, hash] of this.#hashes) copy.#hashes.set(name, new Map(hash));
    for (const [name, set] of this.#sortedSets) copy.#sortedSets.set(name, set.copy());
    for (const [name, set] of this.#sets) copy.#sets.set(name, new Set(set));
    return copy;
  }

  /** What a key of that name holds; null for nothing. */
  value(name: string): Readonly<Record<string, string | number>> | readonly string[] | null {
    const hash = HASHES.find((known) => known === name);
    if (hash !== undefined) return this.hash(hash).size === 0 ? null : Object.fromEntries(this.hash(hash));
    const sorted = SORTED_SETS.find((known) => known === name);
    if (sorted !== undefined) return this.sortedSet(sorted).entriesOrNull();
    const members = this.members(name);
    return members.length === 0 ? null : members.toSorted();
  }

  get names(): readonly string[] {
    return [...HASHES, ...SORTED_SETS, ...this.#sets.keys()].filter((name) => this.value(name) !== null);
  }
}

/** Sorted by score, those of one score by name. */
export class SortedSet {
  readonly #scores = new Map<string, number>();

  get size(): number {
    return this.#scores.size;
  }

  score(member: string): number | null {
    return this.#scores.get(member) ?? null;
  }

  set(member: string, score: number): void {
    this.#scores.set(member, score);
  }

  remove(member: string): void {
    this.#scores.delete(member);
  }

  removeIf(isMeant: (score: number) => boolean): void {
    for (const [member, score] of this.#scores) if (isMeant(score)) this.#scores.delete(member);
  }

  /** Members whose scores are meant, in order. */
  range(isMeant: (score: number) => boolean): readonly string[] {
    if (this.#scores.size === 0) return [];
    return [...this.#scores]
      .filter(([, score]) => isMeant(score))
      .toSorted(([left, leftScore], [right, rightScore]) => leftScore - rightScore || (left < right ? -1 : 1))
      .map(([member]) => member);
  }

  copy(): SortedSet {
    const copy = new SortedSet();
    for (const [member, score] of this.#scores) copy.set(member, score);
    return copy;
  }

  entriesOrNull(): Readonly<Record<string, number>> | null {
    return this.#scores.size === 0 ? null : Object.fromEntries(this.#scores);
  }
}
