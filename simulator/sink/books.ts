/**
 * Everything the sink writes down between two resets: ledger, counters of each agent, timeline.
 * Invariant: a request that began before a reset ends in the old books, so that two runs never mix.
 */
import type { BodyReader, BodyVerdict } from '../ledger/verdict.ts';
import { Ledger, type Receipt } from '../ledger/ledger.ts';
import type { LedgerLoad } from '../ledger/table-cache.ts';
import { LineCount } from './line-count.ts';
import { Patience } from './patience.ts';
import { Timeline } from './timeline.ts';

export interface AgentCounters {
  /** Requests whose body came whole, whatever became of them. */
  posts: number;
  /** Of them, those that were turned away for their method, path, credentials or encoding: no fault has a part in it. */
  notAdmitted: number;
  /** Of the admitted, those that came compressed. */
  gzipPosts: number;
  /** Those that were stored, with their inflated bytes and their lines. */
  storedPosts: number;
  bytes: number;
  lines: number;
  /** Body bytes as they came, stored or not. */
  wireBytes: number;
  /** Epoch ms. */
  lastPostMs: number | null;
  /** Answers by status. */
  readonly answers: Record<string, number>;
  /** Bodies that the sender cut off, and senders that hung up while they waited to be stored. */
  aborted: number;
  /** Connections that a fault cut, and requests that a fault left without an answer. */
  resets: number;
  hangs: number;
  /** Stored without a 2xx that could be sent: the sender cannot know, and may send them again. */
  unacknowledgedPosts: number;
  unacknowledgedLines: number;
  /** Batches that came again before the time that a Retry-After had asked for. */
  tooSoon: number;
  /** Batches with a name that were asked to wait. */
  askedToWait: number;
}

export interface PathCounters {
  readonly crcFastPath: number;
  readonly slowPath: number;
}

export class Books {
  readonly ledger: Ledger | null;
  readonly timeline: Timeline;
  readonly agents: readonly AgentCounters[];
  readonly #patience: readonly Patience[];
  #crcFastPath = 0;
  #slowPath = 0;

  constructor(load: LedgerLoad | null, agentCount: number) {
    this.ledger = load === null ? null : new Ledger(load);
    this.timeline = new Timeline(agentCount);
    this.agents = Array.from({ length: agentCount }, newCounters);
    this.#patience = this.agents.map(() => new Patience());
  }

  openBody(splitsLines: boolean): BodyReader {
    return this.ledger === null ? new LineCount() : this.ledger.openBody({ splitsLines });
  }

  /** How many bodies were proved by their CRC alone, and how many were walked line by line. */
  get paths(): PathCounters {
    return { crcFastPath: this.#crcFastPath, slowPath: this.#slowPath };
  }

  store(agent: number, verdict: BodyVerdict, atMs: number): Receipt {
    const counters = this.agentCounters(agent);
    counters.storedPosts += 1;
    counters.bytes += verdict.bytes;
    counters.lines += verdict.lines;
    this.timeline.add(agent, verdict.bytes, verdict.lines, atMs);
    if (this.ledger === null) return { ranges: [] };
    if (verdict.isFastPath) this.#crcFastPath += 1;
    else this.#slowPath += 1;
    return this.ledger.store(verdict, { agent, atMs });
  }

  /** A 2xx went out for what was stored. */
  acknowledge(receipt: Receipt, atMs: number): void {
    this.ledger?.acknowledge(receipt, atMs);
  }

  leaveUnacknowledged(agent: number, verdict: BodyVerdict): void {
    const counters = this.agentCounters(agent);
    counters.unacknowledgedPosts += 1;
    counters.unacknowledgedLines += verdict.lines;
  }

  /** `batch`: the Idempotency-Key; null where there is none. */
  receive(agent: number, batch: string | null, atMs: number): void {
    if (this.#patience[agent]?.isTooSoon(batch, atMs) === true) this.agentCounters(agent).tooSoon += 1;
  }

  askToWait(agent: number, batch: string | null, untilMs: number): void {
    this.#patience[agent]?.askToWait(batch, untilMs);
    if (batch !== null) this.agentCounters(agent).askedToWait += 1;
  }

  agentCounters(agent: number): AgentCounters {
    const counters = this.agents[agent];
    if (counters === undefined) throw new RangeError(`there is no agent ${agent}`);
    return counters;
  }
}

function newCounters(): AgentCounters {
  return {
    posts: 0,
    notAdmitted: 0,
    gzipPosts: 0,
    storedPosts: 0,
    bytes: 0,
    lines: 0,
    wireBytes: 0,
    lastPostMs: null,
    answers: {},
    aborted: 0,
    resets: 0,
    hangs: 0,
    unacknowledgedPosts: 0,
    unacknowledgedLines: 0,
    tooSoon: 0,
    askedToWait: 0,
  };
}
