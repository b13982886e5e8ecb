/**
 * What the agents hold, line by line, judged by the identities and bytes that arrived and by nothing else: no header, no counter and no
 * log of the streamer.
 *
 * A line is *stored* when an agent took the batch that held it, and *acknowledged* when a 2xx answer to such a batch was sent. A batch may be
 * stored and never acknowledged (the answer failed or was lost); the sender must then send it again, and the second copy is a duplicate.
 * Invariants: every stored line of the load counts once as delivered and each further copy once as duplicate; acknowledged lines are a
 * part of the delivered ones.
 */
import { Accounts, type ObjectAccount } from './accounts.ts';
import { BodyCheck } from './body-check.ts';
import { IdentityReader } from './identity.ts';
import { judge, type ExpectedRange, type Judgement } from './judge.ts';
import { countLines, type LineRange } from './line-set.ts';
import { type Problem, Problems } from './problems.ts';
import { LineNamer } from './line-namer.ts';
import { RecordCheck } from './record-check.ts';
import { type LedgerLoad, TableCache } from './table-cache.ts';
import type { BodyReader, BodyVerdict, FindingOfLoad } from './verdict.ts';

/** Who received a batch, and when (epoch ms). */
export interface Arrival {
  readonly agent: number;
  readonly atMs: number;
}

/** What a stored batch held of the load, to be acknowledged later. */
export interface Receipt {
  readonly ranges: readonly FindingOfLoad[];
}

export interface LedgerTotals {
  /** Distinct lines of the load that are stored, byte-exact. */
  readonly deliveredLines: number;
  /** Those of them that were also answered 2xx. */
  readonly acknowledgedLines: number;
  /** Copies beyond the first. */
  readonly duplicateLines: number;
  /** They name a line of the load, but their bytes differ. */
  readonly corruptLines: number;
  /** They name no line of the load. */
  readonly unexpectedLines: number;
}

export interface LedgerReport extends LedgerTotals {
  readonly problems: readonly Problem[];
  /** Problems that found no place in the list. */
  readonly problemsUnlisted: number;
}

export interface LedgerVerdict extends Judgement, LedgerReport {}

export class Ledger {
  readonly #namer: LineNamer;
  readonly #tables: TableCache;
  readonly #accounts: Accounts;
  readonly #problems = new Problems();
  readonly #totals = {
    deliveredLines: 0,
    acknowledgedLines: 0,
    duplicateLines: 0,
    corruptLines: 0,
    unexpectedLines: 0,
  };

  constructor(load: LedgerLoad) {
    this.#tables = new TableCache(load);
    this.#namer = new LineNamer(new IdentityReader(load.manifest.identity), this.#tables);
    this.#accounts = new Accounts(load.manifest.objects);
  }

  /**
   * The reader of one body. Reading changes nothing in the ledger: a body that is cut off is simply forgotten.
   * `splitsLines` is false for an agent before 2.11, which takes a body for one record.
   */
  openBody({ splitsLines }: { readonly splitsLines: boolean }): BodyReader {
    return splitsLines ? new BodyCheck(this.#namer) : new RecordCheck(this.#namer);
  }

  /** Enters a batch that an agent took. */
  store(verdict: BodyVerdict, arrival: Arrival): Receipt {
    const ranges: FindingOfLoad[] = [];
    for (const finding of verdict.findings) {
      switch (finding.kind) {
        case 'exact':
          this.#storeExact(finding, arrival);
          ranges.push(finding);
          break;
        case 'corrupt':
          this.#totals.corruptLines += finding.end - finding.first;
          this.#addProblem('corrupt', finding.index, finding, arrival);
          break;
        case 'unexpected':
          this.#totals.unexpectedLines += finding.lines;
          this.#problems.addUnexpected(finding.lines, finding.excerpt, arrival);
          break;
      }
    }
    return { ranges };
  }

  /** Enters that a 2xx answer to a stored batch was sent at this moment (epoch ms). */
  acknowledge(receipt: Receipt, atMs: number): void {
    for (const range of receipt.ranges) {
      this.#totals.acknowledgedLines += this.#accounts.acknowledge(range.index, range, atMs);
      if (this.#accounts.isSettled(range.index)) this.#tables.forget(range.index);
    }
  }

  totals(): LedgerTotals {
    return { ...this.#totals };
  }

  report(): LedgerReport {
    return { ...this.#totals, problems: [...this.#problems.listed], problemsUnlisted: this.#problems.unlisted };
  }

  /** The same, and what is missing of the objects that were uploaded. Throws a RangeError for an object that is not of the load. */
  judge(expected: readonly ExpectedRange[]): LedgerVerdict {
    return { ...this.report(), ...judge(expected, this.#accounts, this.#totals.deliveredLines) };
  }

  /** Every object of which a line is stored, in the load's order. */
  objects(): Generator<ObjectAccount> {
    return this.#accounts.touched();
  }

  /** Objects whose lines are followed one by one at present. */
  get openObjects(): number {
    return this.#accounts.openCount;
  }

  #storeExact(finding: FindingOfLoad, arrival: Arrival): void {
    const again = this.#accounts.store(finding.index, finding);
    const copies = countLines(again);
    this.#totals.deliveredLines += finding.end - finding.first - copies;
    this.#totals.duplicateLines += copies;
    for (const range of again) this.#addProblem('duplicate', finding.index, range, arrival);
  }

  #addProblem(kind: 'duplicate' | 'corrupt', index: number, range: LineRange, { agent, atMs }: Arrival): void {
    const lines = range.end - range.first;
    this.#problems.add({
      kind,
      index,
      firstLine: range.first,
      lastLine: range.end - 1,
      lines,
      agent,
      atMs,
      excerpt: null,
    });
  }
}
