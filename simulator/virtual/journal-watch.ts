/**
 * What stands in the journals of the machines, line by line, and what of it they must have told Redis by now, should Redis have forgotten it: what stood there
 * then, and what came since and was known to be there for a lease. What came a moment ago is still on its way to Redis.
 */
import type { StateCommit } from '#streamer';
import { linesWithin } from './saved-progress.ts';
import type { Truth, Version } from './truth.ts';
import type { VirtualTime } from './virtual-time.ts';

interface Recorded {
  readonly atMs: number;
  readonly host: number;
  readonly commit: StateCommit;
}

export interface JournalWatchOptions {
  readonly truth: Truth;
  readonly time: VirtualTime;
  readonly leaseTtlMs: number;
}

export class JournalWatch {
  readonly #options: JournalWatchOptions;
  /** By line, a bit for each machine. */
  readonly #owed = new Map<Version, Uint8Array>();
  /** The oldest first. */
  readonly #recent: Recorded[] = [];

  constructor(options: JournalWatchOptions) {
    this.#options = options;
  }

  /** It is durable in the journal of that machine. */
  onJournaled(host: number, commit: StateCommit): void {
    this.#mark({ atMs: this.#options.time.nowMs, host, commit }, (version) => version.journaled);
  }

  /** And its instance knows that. */
  onRecorded(host: number, commit: StateCommit): void {
    this.#recent.push({ atMs: this.#options.time.nowMs, host, commit });
  }

  /** Redis knows less than it did. */
  onForgotten(): void {
    this.#recent.length = 0;
    for (const version of this.#options.truth.versions) this.#owed.set(version, version.journaled.slice());
  }

  /** `hosts`: those that have been able to tell since Redis forgot, as bits. */
  mustHaveTold(version: Version, line: number, hosts: number): boolean {
    const fromMs = this.#options.time.nowMs - this.#options.leaseTtlMs;
    const firstRecent = this.#recent.findIndex(({ atMs }) => atMs > fromMs);
    const ripe = this.#recent.splice(0, firstRecent === -1 ? this.#recent.length : firstRecent);
    for (const recorded of ripe) this.#mark(recorded, (one) => this.#owedOf(one));
    return ((this.#owedOf(version)[line] ?? 0) & hosts) !== 0;
  }

  #mark({ host, commit }: Recorded, bitsOf: (version: Version) => Uint8Array): void {
    for (const { object, settled, complete } of commit.changes) {
      const version = this.#options.truth.find(object);
      if (version === null) continue;
      const bits = bitsOf(version);
      const lines = complete ? [...bits.keys()] : settled.flatMap((range) => linesWithin(version, range));
      for (const line of lines) bits[line] = (bits[line] ?? 0) | (1 << host);
    }
  }

  #owedOf(version: Version): Uint8Array {
    const known = this.#owed.get(version);
    if (known !== undefined) return known;
    const bits = new Uint8Array(version.journaled.length);
    this.#owed.set(version, bits);
    return bits;
  }
}
