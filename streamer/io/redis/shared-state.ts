/**
 * State and work that several instances share, in Redis.
 * - Redis decides: what is complete, who holds what, who lists. While it is away nothing is decided, and nobody falls back to a state of his own.
 * - What this instance settled is in its journal first. When Redis has forgotten (`open`: another epoch; `renew`, `leave`: an older number than we had an answer to), the
 *   journal tells it again, before anything else is asked.
 * - What it could not tell while Redis was away it tells before it renews, because the renewal gives what it held to the others.
 */
import { randomUUID } from 'node:crypto';
import { Claim } from '../../core/claim.ts';
import { identityOf } from '../../core/object-task.ts';
import { hasCode } from '../../errors.ts';
import type {
  ClaimAnswer,
  ClaimedObject,
  Events,
  HeldObject,
  ObjectRecord,
  ObjectRef,
  OfferAnswer,
  RenewalAnswer,
  SharedObject,
  SharedWork,
  StateChange,
  StateCommit,
  StateHead,
  StateStore,
  WantedObject,
} from '../../ports.ts';
import { unionRanges } from '../../core/ranges.ts';
import { HOUR_MS } from '../state-database.ts';
import {
  decodeRanges,
  decodeShared,
  encodeCommit,
  encodeRemembered,
  encodeShared,
  headOf,
  sharedIdOf,
} from './codec.ts';
import { dropClosed } from './closed-records.ts';
import type { RedisConnection } from './connection.ts';
import type { Journal } from './journal.ts';
import { lookUp } from './look-up.ts';
import { offerAll } from './offer-all.ts';
import { readWanted } from './read-wanted.ts';
import { listOf, textOf, textsOf } from './replies.ts';
import { createScripts, type Script, type Scripts } from './scripts.ts';

/** So much longer a lease lasts in Redis, which counts whole milliseconds: one that is asked for at 0.2 and begins at 0.9 is counted from 0, before its holder's. */
const ROUNDED_MS = 1;

export interface RedisStateOptions {
  readonly connection: RedisConnection;
  readonly journal: Journal;
  readonly leaseTtlMs: number;
  readonly events: Events;
  /** Names the next epoch; never the same twice. */
  readonly newEpoch: () => string;
  readonly scripts?: Scripts;
}

export class RedisState implements StateStore, SharedWork {
  readonly leaseTtlMs: number;
  readonly #leaseInRedisMs: number;
  readonly #connection: RedisConnection;
  readonly #journal: Journal;
  readonly #events: Events;
  readonly #newEpoch: () => string;
  readonly #scripts: Scripts;
  /** Null until Redis was asked for it, and when it has another. */
  #epoch: string | null = null;
  #opening: Promise<string> | null = null;
  #session = '';
  /** By token: what Redis must be told of, should it forget. */
  #held = new Map<string, HeldObject>();
  /** Of this process: commits, and pieces of the journal that were told. */
  #numbers = 0;
  /** The last number of which Redis said that it has it. */
  #acknowledged = 0;
  /** The last number of the pieces by which Redis was last told of all, also of what is older than the floor; `Infinity` until it was. */
  #toldWhole = 0;
  /** The floor that the journal's head had when this process began: what Redis lacks may be as old. `Infinity` once that is told, with numbers. */
  #floorBeforeMs: number | null = null;
  /** The journal holds something that Redis may not know, or may forget without our seeing it. */
  #isAhead = false;
  /** Renewals and claims: one that was given up may arrive after the next. */
  #turns = 0;
  /** Names this process among those that dropped lines. */
  readonly #process = randomUUID();
  #journalHead: StateHead | null = null;

  constructor({ connection, journal, leaseTtlMs, events, newEpoch, scripts = createScripts() }: RedisStateOptions) {
    this.#connection = connection;
    this.#journal = journal;
    this.leaseTtlMs = leaseTtlMs;
    this.#leaseInRedisMs = leaseTtlMs + ROUNDED_MS;
    this.#events = events;
    this.#newEpoch = newEpoch;
    this.#scripts = scripts;
  }

  /** Null only where the journal knows of no start either: whoever is taken for the first would skip all that lies before. */
  async readHead(): Promise<StateHead | null> {
    let fields = await this.#readHeadFields();
    if (headOf(fields) === null) {
      await this.#catchUp();
      fields = await this.#readHeadFields();
    }
    await this.#followHead(fields);
    return headOf(fields);
  }

  async lookup(objects: readonly ObjectRef[]): Promise<readonly ObjectRecord[]> {
    return lookUp(objects, async (ids) => this.#run(this.#scripts.lookup, ids));
  }

  async readWanted(afterSeq: number, objectsMax: number): Promise<readonly WantedObject[]> {
    await this.#open();
    return readWanted(this.#connection, { afterSeq, objectsMax });
  }

  async commit(commit: StateCommit): Promise<void> {
    // Where another was the first, Redis does not take the head that we have; so the journal gets the one that Redis has then.
    await this.#journal.record({ ...commit, head: null });
    const refused = await this.#say(commit);
    for (const { claim, complete } of commit.changes) {
      if (claim === undefined) continue;
      if (refused.has(claim.token)) claim.lose();
      if (complete) this.#held.delete(claim.token);
    }
    // What is committed is committed: where this fails, the journal follows at the next renewal.
    if (commit.head !== null) await this.readHead().catch(() => undefined);
  }

  /** Gives back the tokens that are refused. One that was replaced meanwhile (`#retake`) says nothing of its object: all is said again, which changes nothing else. */
  async #say(commit: StateCommit): Promise<ReadonlySet<string>> {
    const sent = commit.changes.map(({ claim }) => claim?.token ?? '');
    const text = encodeCommit(commit, { process: this.#process });
    const sending = this.#inEpoch(async (epoch) => this.#send(epoch, text));
    const answer = await sending.catch((error: unknown) => {
      this.#isAhead = true;
      throw error;
    });
    const refused = new Set(textsOf(answer));
    const isReplaced = ({ claim }: StateChange, index: number): boolean =>
      claim?.isLost === false && claim.token !== sent[index] && refused.has(sent[index] ?? '');
    return commit.changes.some(isReplaced) ? this.#say(commit) : refused;
  }

  async renew(session: string, held: readonly HeldObject[], onAsk?: () => () => void): Promise<RenewalAnswer> {
    this.#session = session;
    await this.#open();
    if (this.#isAhead) await this.#catchUp();
    this.#held = new Map(held.map((one) => [one.claim.token, one]));
    const ids = held.flatMap(({ shared, claim }) => [sharedIdOf(shared.object), claim.token]);
    const acknowledged = this.#acknowledged;
    const args = [session, this.#leaseInRedisMs, this.#nextTurn(), acknowledged, ...ids];
    const answer = await this.#inEpoch(async (epoch) => {
      const onAnswer = onAsk?.();
      const text = await this.#connection.run(this.#scripts.renew, [epoch, ...args]);
      onAnswer?.();
      return text;
    });
    const [isLister, takenOver, mark, head, lost, missing] = listOf(answer);
    // At once: telling again takes its time.
    const lostTokens = new Set(textsOf(lost));
    for (const { claim } of held) if (lostTokens.has(claim.token)) claim.lose();
    // By what was acknowledged when it was asked: the answer to a later commit may have come with this one.
    if (Number(mark) < acknowledged) await this.#tellAgain(Number(mark));
    // Not waited for: a slow disk must not cost the lease. One that fails is made up for at the next renewal.
    this.#followHead(textsOf(head)).catch(() => undefined);
    const missingTokens = new Set(textsOf(missing));
    const restorable = held.filter(({ claim }) => missingTokens.has(claim.token));
    const lostAfterAll = await this.#restore(restorable);
    return { isLister: Number(isLister) === 1, takenOver: Number(takenOver), lost: [...lostTokens, ...lostAfterAll] };
  }

  async offer(
    objects: readonly SharedObject[],
    { readyMax, liveWindowMs }: { readonly readyMax: number; readonly liveWindowMs: number },
  ): Promise<readonly OfferAnswer[]> {
    return offerAll(objects, async (args) => this.#run(this.#scripts.offer, [readyMax, liveWindowMs, ...args]));
  }

  async claim(
    session: string,
    { objectsMax, liveWindowMs }: { readonly objectsMax: number; readonly liveWindowMs: number },
  ): Promise<ClaimAnswer> {
    const answer = listOf(await this.#run(this.#scripts.claim, [session, this.#nextTurn(), objectsMax, liveWindowMs]));
    const claimed: ClaimedObject[] = [];
    for (let index = 2; index < answer.length; index += 3) {
      const token = textOf(answer[index]);
      const shared = decodeShared(answer[index + 1]);
      if (this.#retake(shared, token)) continue;
      const claim = new Claim(token);
      this.#held.set(token, { shared, claim });
      claimed.push({ ...shared, claim, settled: unionRanges(shared.settled, decodeRanges(answer[index + 2])) });
    }
    return { claimed, takenOver: Number(answer[0]), isLeaseOver: Number(answer[1]) === 1 };
  }

  async dismiss(held: readonly HeldObject[]): Promise<void> {
    if (held.length === 0) return;
    const args = held.flatMap(({ shared, claim }) => [sharedIdOf(shared.object), claim.token]);
    await this.#run(this.#scripts.dismiss, args);
    for (const { claim } of held) this.#held.delete(claim.token);
  }

  /** After a fail-over that forgot the claim of an object that we hold: it is not read a second time. False where we do not hold it. */
  #retake(again: SharedObject, token: string): boolean {
    const identity = identityOf(again.object);
    const isSame = ({ object, wanted }: SharedObject): boolean =>
      identityOf(object) === identity && wanted?.seq === again.wanted?.seq;
    const held = [...this.#held.values()].find(({ shared, claim }) => !claim.isLost && isSame(shared));
    if (held === undefined) return false;
    this.#held.delete(held.claim.token);
    held.claim.retake(token);
    this.#held.set(token, held);
    return true;
  }

  async leave(session: string): Promise<void> {
    const ask = async (): Promise<unknown> => this.#run(this.#scripts.leave, [session, this.#acknowledged]);
    const mark = Number(await ask());
    // Should Redis forget that as well, the lease ends all the same.
    if (mark < this.#acknowledged) await this.#tellAgain(mark).then(ask);
    this.#held.clear();
  }

  async close(): Promise<void> {
    this.#connection.close();
    await this.#journal.close();
  }

  #nextNumber(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  #nextTurn(): number {
    this.#turns += 1;
    return this.#turns;
  }

  async #run(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    return this.#inEpoch(async (epoch) => this.#connection.run(script, [epoch, ...args]));
  }

  /** In the epoch that Redis is in; if it has begun another, after telling it what it has forgotten. */
  async #inEpoch<T>(ask: (epoch: string) => Promise<T>): Promise<T> {
    try {
      return await ask(await this.#open());
    } catch (error) {
      if (!hasCode(error, 'STATE_FORGOTTEN')) throw error;
      this.#epoch = null;
      return ask(await this.#open());
    }
  }

  async #open(): Promise<string> {
    if (this.#epoch !== null) return this.#epoch;
    this.#opening ??= this.#join().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #join(): Promise<string> {
    const before = this.#journal.epoch;
    const asked = [before ?? '', this.#newEpoch(), this.#leaseInRedisMs];
    const answer = await this.#connection.run(this.#scripts.open, asked);
    const [epoch = '', isReplaced] = textsOf(answer);
    if (isReplaced === '1') {
      this.#journal.clear();
      this.#journalHead = null;
    } else if (before === null || before === epoch) {
      if (before === epoch) await dropClosed(this.#connection, this.#journal);
      await this.#tell(epoch, await this.#missingSinceMs());
    } else {
      // By one that is no more.
      this.#acknowledged = 0;
      const objects = await this.#tell(epoch, -Infinity);
      this.#events.emit({ kind: 'state forgotten', objects, isWhole: true });
    }
    this.#journal.epoch = epoch;
    this.#epoch = epoch;
    await this.#restore([...this.#held.values()]);
    return epoch;
  }

  /** Gives back how many objects were told of. */
  async #catchUp(): Promise<number> {
    this.#isAhead = false;
    try {
      return await this.#inEpoch(async (epoch) => this.#tell(epoch, await this.#missingSinceMs()));
    } catch (error) {
      this.#isAhead = true;
      throw error;
    }
  }

  /** Redis is the same, and knows less than it had acknowledged: a replica that lagged has become the master. */
  async #tellAgain(mark: number): Promise<void> {
    this.#acknowledged = mark;
    // The floor may have moved past it since then, and what was asked for by name may be older.
    this.#toldWhole = Infinity;
    const objects = await this.#catchUp();
    this.#events.emit({ kind: 'state forgotten', objects, isWhole: false });
  }

  /** Gives back how many objects were told of. Each piece has a number, as a commit has: should Redis forget it again, the next renewal shows it. */
  async #tell(epoch: string, sinceMs: number): Promise<number> {
    const isNumbered = this.#session !== '';
    const isWhole = sinceMs === -Infinity;
    if (isWhole) this.#toldWhole = Infinity;
    let [objects, records] = [0, 0];
    for (const remembered of this.#journal.since(sinceMs)) {
      objects += remembered.complete.length + remembered.partial.length;
      records += remembered.quarantined.length;
      await this.#send(epoch, encodeRemembered(remembered));
    }
    if (isWhole) this.#toldWhole = this.#numbers;
    if (isNumbered) this.#floorBeforeMs = Infinity;
    // Once there is a session it is told again, with numbers.
    this.#isAhead ||= !isNumbered && objects + records > 0;
    return objects;
  }

  /** Where Redis does not have the last number that it acknowledged, it does not take this one. It is new each time: what was told meanwhile has earlier ones. */
  async #send(epoch: string, commit: string): Promise<unknown> {
    const session = this.#session;
    const number = this.#nextNumber();
    const args = [epoch, session, number, commit, this.#acknowledged];
    const answer = await this.#connection.run(this.#scripts.commit, args);
    if (session !== '') this.#acknowledged = Math.max(this.#acknowledged, number);
    return answer;
  }

  /**
   * What is older than the floor is complete, and nobody asks for it; but where Redis does not show that it was told of all, that may be missing, too. And so may
   * what the floor has passed since this instance's last life, at whose end a fail-over may have forgotten it.
   */
  async #missingSinceMs(): Promise<number> {
    if (this.#acknowledged < this.#toldWhole) return -Infinity;
    this.#floorBeforeMs ??= (await this.#journal.readHead())?.floorMs ?? -Infinity;
    const [floorMs] = textsOf(await this.#connection.command('HMGET', [this.#connection.key('meta'), 'floor']));
    return floorMs === '' ? -Infinity : Math.min(Number(floorMs), this.#floorBeforeMs);
  }

  /** Gives back the tokens that are lost: others have the object, or know it as complete. */
  async #restore(all: readonly HeldObject[]): Promise<readonly string[]> {
    const held = all.filter(({ claim }) => !claim.isLost);
    if (held.length === 0) return [];
    const args = held.flatMap(({ shared, claim }) => [sharedIdOf(shared.object), claim.token, encodeShared(shared)]);
    const answer = await this.#connection.run(this.#scripts.restore, [
      await this.#open(),
      this.#session,
      this.#leaseInRedisMs,
      ...args,
    ]);
    const lost = new Set(textsOf(answer));
    for (const { claim } of held) if (lost.has(claim.token)) claim.lose();
    return [...lost];
  }

  /** In the order of a renewal's answer. A plain command does not look at the epoch: each turn is one that Redis has begun since. */
  async #readHeadFields(): Promise<readonly string[]> {
    const fields = ['epoch', 'start_from', 'floor', 'forgotten_before'];
    for (;;) {
      const epoch = await this.#open();
      const answer = await this.#connection.command('HMGET', [this.#connection.key('meta'), ...fields]);
      const [current, ...head] = textsOf(answer);
      if (current === epoch) return head;
      if (this.#epoch === epoch) this.#epoch = null;
    }
  }

  /** The journal knows where all of it begins, should it have to tell, and need not be older than the shared state. */
  async #followHead(fields: readonly string[]): Promise<void> {
    const head = headOf(fields);
    if (head === null) return;
    this.#journalHead ??= await this.#journal.readHead();
    const known = this.#journalHead;
    // Somebody took a Redis that had forgotten for a first start: the journal knows better, and tells it before the next renewal.
    if (known !== null && known.startFromMs < head.startFromMs) {
      this.#isAhead = true;
      return;
    }
    if (known?.startFromMs === head.startFromMs && head.floorMs < known.floorMs + HOUR_MS) return;
    const [, , forgotten = ''] = fields;
    const forgetBeforeMs = forgotten === '' ? null : Number(forgotten);
    await this.#journal.record({ changes: [], quarantined: [], fulfilled: [], head, forgetBeforeMs });
    this.#journalHead = head;
    await dropClosed(this.#connection, this.#journal);
  }
}
