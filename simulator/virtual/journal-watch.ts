/**
 * What stands in the journals of the machines, line by line, and what of it they must have told Redis by now, should Redis have forgotten it: what stood there
 * then, and what came since and was known to be there for a lease. What came a moment ago is still on its way to Redis. What Redis has dropped, as all of the
 * object was asked for again, it has not forgotten: nobody tells it again. Nor has it what it refused, unless it has forgotten the refusal, too. And what stands
 * in a journal though its write failed, or has not returned, is not known to its instance: it comes with all of the journal, or when it is saved again.
 */
import type { Range, StateCommit } from '#streamer';
import type { Forgotten } from './forgotten.ts';
import { linesWithin } from './saved-progress.ts';
import type { Truth, Version } from './truth.ts';
import type { VirtualTime } from './virtual-time.ts';

interface Recorded {
  readonly atMs: number;
  readonly host: number;
  readonly commit: StateCommit;
}

interface Dropped {
  readonly version: Version;
  readonly wantedSeq: number;
  /** By line, a bit for each machine in whose journal it stood, and that has not saved it again since. */
  readonly bits: Uint8Array;
}

interface Refused {
  readonly version: Version;
  readonly host: number;
  readonly session: string;
  readonly number: number;
  /** What Redis did not know then, and was not saved again since. */
  readonly lines: Set<number>;
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
  /** Journaled, and the instance does not know that: by whose journal it is. */
  readonly #unrecorded = new Map<StateCommit, number>();
  #dropped: readonly Dropped[] = [];
  #refused: readonly Refused[] = [];

  constructor(options: JournalWatchOptions) {
    this.#options = options;
  }

  /** It is durable in the journal of that machine. */
  onJournaled(host: number, commit: StateCommit): void {
    this.#mark({ atMs: this.#options.time.nowMs, host, commit }, (version) => version.journaled);
    this.#unrecorded.set(commit, host);
  }

  /** An instance starts on that machine: it tells all that it finds in the journal. */
  onStarted(host: number): void {
    for (const [commit, ofHost] of this.#unrecorded) if (ofHost === host) this.#unrecorded.delete(commit);
  }

  /** And its instance knows that. */
  onRecorded(host: number, commit: StateCommit): void {
    this.#recent.push({ atMs: this.#options.time.nowMs, host, commit });
    this.#unrecorded.delete(commit);
    // What failed before comes again with the next.
    if (commit.changes.length > 0) this.onStarted(host);
    // It is on its way to Redis, and gets there after whatever was dropped before.
    if (this.#dropped.length === 0 && this.#refused.length === 0) return;
    for (const [version, line] of this.#linesOf(commit)) {
      for (const one of this.#refused) if (one.version === version && one.host === host) one.lines.delete(line);
      for (const { bits } of this.#dropped.filter((one) => one.version === version))
        bits[line] = (bits[line] ?? 0) & ~(1 << host);
    }
  }

  /** Redis knew these ranges until somebody asked for all of it again, or nobody did any more. */
  onDropped(version: Version, ranges: readonly Range[], wantedSeq: number): void {
    version.partial.fill(0);
    const bits = new Uint8Array(version.journaled.length);
    for (const line of ranges.flatMap((range) => linesWithin(version, range)))
      bits[line] = version.journaled[line] ?? 0;
    this.#dropped = [...this.#dropped, { version, wantedSeq, bits }];
  }

  /** Redis has answered that commit, and did not take its completion. */
  onRefused(version: Version, by: Omit<Refused, 'version' | 'lines'>): void {
    const lines = new Set([...version.journaled.keys()].filter((line) => version.durable[line] !== 1));
    this.#refused = [...this.#refused, { ...by, version, lines }];
  }

  /** It is in Redis as complete, by that journal. */
  onTold(version: Version, host: number): void {
    this.#refused = this.#refused.filter((one) => one.version !== version || one.host !== host);
  }

  /**
   * Redis knows less than it did: of requests, none after that one, and of a session's commits, none after its mark. What was dropped for a later request it has
   * back, or has forgotten; whose refusal is missing there hears of it, and tells all.
   */
  onForgotten({ lastWantedSeq, markOf, tellsAll }: Forgotten): void {
    this.#recent.length = 0;
    this.#dropped = this.#dropped.filter(({ wantedSeq }) => wantedSeq <= lastWantedSeq);
    this.#refused = this.#refused.filter(({ session, number }) => number <= markOf(session));
    for (const version of this.#options.truth.versions) this.#owed.set(version, version.journaled.slice());
    for (const { version, bits } of this.#dropped) {
      const owed = this.owedOf(version);
      for (const [line, hosts] of bits.entries()) owed[line] = (owed[line] ?? 0) & ~hosts;
    }
    for (const { version, host, lines } of this.#refused) {
      const owed = this.owedOf(version);
      for (const line of lines) owed[line] = (owed[line] ?? 0) & ~(1 << host);
    }
    for (const [commit, host] of this.#unrecorded) {
      if (tellsAll(host)) continue;
      for (const [version, line] of this.#linesOf(commit)) {
        const owed = this.owedOf(version);
        owed[line] = (owed[line] ?? 0) & ~(1 << host);
      }
    }
  }

  /** `hosts`: those that have been able to tell since Redis forgot, as bits. */
  mustHaveTold(version: Version, line: number, hosts: number): boolean {
    const fromMs = this.#options.time.nowMs - this.#options.leaseTtlMs;
    const firstRecent = this.#recent.findIndex(({ atMs }) => atMs > fromMs);
    const ripe = this.#recent.splice(0, firstRecent === -1 ? this.#recent.length : firstRecent);
    for (const recorded of ripe) this.#mark(recorded, (one) => this.owedOf(one));
    return ((this.owedOf(version)[line] ?? 0) & hosts) !== 0;
  }

  /** What must be told of it: by line, a bit for each machine that must. */
  owedOf(version: Version): Uint8Array {
    const known = this.#owed.get(version);
    if (known !== undefined) return known;
    const bits = new Uint8Array(version.journaled.length);
    this.#owed.set(version, bits);
    return bits;
  }

  #mark({ host, commit }: Recorded, bitsOf: (version: Version) => Uint8Array): void {
    for (const [version, line] of this.#linesOf(commit)) {
      const bits = bitsOf(version);
      bits[line] = (bits[line] ?? 0) | (1 << host);
    }
  }

  *#linesOf({ changes }: StateCommit): Generator<readonly [Version, number]> {
    for (const { object, settled, complete } of changes) {
      const version = this.#options.truth.find(object);
      if (version === null) continue;
      const lines = complete
        ? version.journaled.keys()
        : settled.flatMap((range) => linesWithin(version, range)).values();
      for (const line of lines) yield [version, line];
    }
  }
}
