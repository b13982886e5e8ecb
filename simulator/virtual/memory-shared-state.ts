/**
 * The state and the work that instances share, as one Redis keeps them for all (`streamer/io/redis/scripts.ts`), for as many instances as a fleet has: it knows what
 * the calls mean, not the commands behind them (`memory-redis.ts`). A test drives both with the same calls and expects the same answers. What an instance remembers
 * by itself (its journal) is no part of it, and it never forgets.
 */
import {
  Claim,
  type ClaimAnswer,
  type HeldObject,
  type ObjectRecord,
  type ObjectRef,
  type OfferAnswer,
  type RenewalAnswer,
  type SharedObject,
  type SharedWork,
  type StateChange,
  type StateCommit,
  type StateHead,
  type StateStore,
  unionRanges,
  type WantedObject,
} from '#streamer';
import { DurableState } from './durable-state.ts';
import { RankedIds } from './ranked-ids.ts';

const RETURN_MS = 5_000;

export interface SharedStateOptions {
  readonly leaseTtlMs: number;
  readonly epoch: string;
  /** The store's clock, epoch ms. */
  readonly now: () => number;
}

interface Held {
  readonly token: string;
  readonly session: string;
}

export class MemorySharedState implements StateStore, SharedWork {
  readonly leaseTtlMs: number;
  readonly durable = new DurableState();
  readonly #epoch: string;
  readonly #now: () => number;
  /** Session to the end of its lease. */
  readonly #sessions = new Map<string, number>();
  readonly #objects = new Map<string, SharedObject>();
  readonly #ready = new RankedIds();
  readonly #claims = new Map<string, Held>();
  /** The token of the object's completion. */
  readonly #completedBy = new Map<string, string>();
  #lister: { readonly session: string; readonly untilMs: number } | null = null;
  #counter = 0;

  constructor({ leaseTtlMs, epoch, now }: SharedStateOptions) {
    this.leaseTtlMs = leaseTtlMs;
    this.#epoch = epoch;
    this.#now = now;
  }

  async readHead(): Promise<StateHead | null> {
    return this.durable.head;
  }

  async lookup(objects: readonly ObjectRef[]): Promise<readonly ObjectRecord[]> {
    return objects.map((object) => this.durable.record(object));
  }

  async readWanted(afterSeq: number, objectsMax: number): Promise<readonly WantedObject[]> {
    // What is delivered for them is told with the claims.
    return this.durable.wanted.filter(({ seq }) => seq > afterSeq).slice(0, objectsMax);
  }

  async commit(commit: StateCommit): Promise<void> {
    const changes = commit.changes.flatMap((change) => this.#accept(change));
    this.durable.apply({ ...commit, changes, head: this.#mergeHead(commit.head) });
    for (const { object, complete } of changes) if (complete) this.#remove(idOf(object));
  }

  async close(): Promise<void> {}

  async renew(session: string, held: readonly HeldObject[], onAsk?: () => () => void): Promise<RenewalAnswer> {
    onAsk?.()();
    const nowMs = this.#now();
    const takenOver = this.#endDeadSessions(session);
    const isKnown = this.#sessions.has(session);
    this.#sessions.set(session, nowMs + this.leaseTtlMs);
    const lost: string[] = [];
    for (const { shared, claim } of held) {
      const current = this.#claims.get(idOf(shared.object));
      if (current?.token === claim.token) continue;
      if (current !== undefined || !isKnown) lost.push(claim.token);
      else if (!this.#isComplete(shared.object)) this.#grant(shared, { token: claim.token, session });
      else if (this.#completedBy.get(idOf(shared.object)) !== claim.token) lost.push(claim.token);
    }
    for (const { claim } of held) if (lost.includes(claim.token)) claim.lose();
    const heldIds = new Set(held.map(({ shared }) => idOf(shared.object)));
    for (const [id, claim] of this.#claims) if (claim.session === session && !heldIds.has(id)) this.#makeReady(id);
    if (this.#lister === null || this.#lister.session === session || this.#lister.untilMs < nowMs)
      this.#lister = { session, untilMs: nowMs + this.leaseTtlMs };
    return { isLister: this.#lister.session === session, lost, takenOver };
  }

  async offer(
    objects: readonly SharedObject[],
    { readyMax, liveWindowMs }: { readonly readyMax: number; readonly liveWindowMs: number },
  ): Promise<readonly OfferAnswer[]> {
    const nowMs = this.#now();
    return objects.map((shared): OfferAnswer => {
      const { object, wanted, rankMs } = shared;
      const id = idOf(object);
      const isWantedAgain = wanted?.kind === 'again' && this.durable.wanted.some(({ seq }) => seq === wanted.seq);
      if (this.#isComplete(object) && !isWantedAgain) return 'complete';
      if (this.#objects.has(id)) return 'under-way';
      const isLive = rankMs > nowMs - liveWindowMs;
      if (this.#ready.size >= readyMax * (isLive ? 2 : 1)) return 'full';
      this.#objects.set(id, shared);
      this.#ready.set(id, Math.min(rankMs, nowMs));
      return 'queued';
    });
  }

  async claim(
    session: string,
    { objectsMax, liveWindowMs }: { readonly objectsMax: number; readonly liveWindowMs: number },
  ): Promise<ClaimAnswer> {
    const nowMs = this.#now();
    const takenOver = this.#endDeadSessions(session);
    if ((this.#sessions.get(session) ?? -Infinity) < nowMs) return { claimed: [], takenOver, isLeaseOver: true };
    const liveMs = nowMs - liveWindowMs;
    const claimMax = Math.min(objectsMax, Math.ceil(this.#ready.size / this.#sessions.size));
    const live = this.#ready.between(liveMs, nowMs, claimMax);
    const backlog = this.#ready.between(-Infinity, Math.min(liveMs, nowMs), claimMax - live.length);
    const claimed = [...live, ...backlog].flatMap((id) => {
      const shared = this.#objects.get(id);
      if (shared === undefined) return [];
      this.#counter += 1;
      const token = `${this.#epoch}.${this.#counter}.${shared.wanted?.seq ?? 0}.${session}`;
      this.#grant(shared, { token, session });
      const claim = new Claim(token);
      return [{ ...shared, claim, settled: unionRanges(shared.settled, this.durable.settledOf(shared.object)) }];
    });
    return { claimed, takenOver, isLeaseOver: false };
  }

  async dismiss(held: readonly HeldObject[]): Promise<void> {
    for (const { shared, claim } of held) {
      const id = idOf(shared.object);
      if (this.#claims.get(id)?.token === claim.token) this.#remove(id);
    }
  }

  async leave(session: string): Promise<void> {
    this.#endSession(session);
    if (this.#lister?.session === session) this.#lister = null;
  }

  /** What of a change counts: a completion only under a valid claim, ranges unless the object is complete. */
  #accept(change: StateChange): readonly StateChange[] {
    const { object, claim, complete } = change;
    const current = this.#claims.get(idOf(object));
    const isDone = this.#isComplete(object);
    const isRepetition = current === undefined && isDone && this.#completedBy.get(idOf(object)) === claim?.token;
    const isRefused = claim !== undefined && complete && current?.token !== claim.token && !isRepetition;
    if (isRefused) claim.lose();
    // Somebody may read it again on request by now.
    if (claim !== undefined && complete && isRepetition) return [];
    if (complete && !isRefused) {
      if (claim !== undefined) this.#completedBy.set(idOf(object), claim.token);
      return [change];
    }
    return isDone && !this.#isOfThisReading(change) ? [] : [{ ...change, complete: false }];
  }

  /** Of an object that is complete, and is read again on request. */
  #isOfThisReading({ object, claim }: StateChange): boolean {
    const wanted = this.#objects.get(idOf(object))?.wanted;
    return wanted?.seq !== undefined && String(wanted.seq) === claim?.token.split('.').at(-2);
  }

  #mergeHead(head: StateHead | null): StateHead | null {
    const known = this.durable.head;
    if (head === null || known === null) return head;
    const isSameStart = head.startFromMs === known.startFromMs;
    return isSameStart ? { ...known, floorMs: Math.max(known.floorMs, head.floorMs) } : known;
  }

  #grant(shared: SharedObject, held: Held): void {
    const id = idOf(shared.object);
    if (!this.#objects.has(id)) this.#objects.set(id, shared);
    this.#ready.delete(id);
    this.#claims.set(id, held);
  }

  #remove(id: string): void {
    this.#ready.delete(id);
    this.#objects.delete(id);
    this.#claims.delete(id);
  }

  #makeReady(id: string): void {
    this.#claims.delete(id);
    const shared = this.#objects.get(id);
    if (shared !== undefined) this.#ready.set(id, shared.rankMs);
  }

  #endDeadSessions(survivor: string): number {
    this.#spareAll(survivor);
    let objects = 0;
    for (const [session, untilMs] of this.#sessions)
      if (session !== survivor && untilMs < this.#now()) objects += this.#endSession(session);
    return objects;
  }

  /** Every lease has ended, that of one who asks too: the store was away. The others get time to tell what they settled meanwhile. */
  #spareAll(session: string): void {
    const nowMs = this.#now();
    if (!this.#sessions.has(session) || [...this.#sessions.values()].some((untilMs) => untilMs >= nowMs)) return;
    // Here a session lives through the last millisecond that it is given; in Redis, which adds one to a lease and none to this, it does not.
    for (const spared of this.#sessions.keys()) this.#sessions.set(spared, nowMs + RETURN_MS - 1);
  }

  #endSession(session: string): number {
    const ids = [...this.#claims].filter(([, claim]) => claim.session === session).map(([id]) => id);
    for (const id of ids) this.#makeReady(id);
    this.#sessions.delete(session);
    return ids.length;
  }

  #isComplete(object: ObjectRef): boolean {
    return this.durable.record(object).kind === 'complete';
  }
}

function idOf({ bucket, key, etag }: ObjectRef): string {
  return `${bucket}\n${etag}\n${key}`;
}
