/**
 * What the instances of a world are given by Redis, and whether they keep to it. It sees each decision as Redis makes it, each answer as an instance hears it,
 * and each POST as it begins; what may be delivered twice follows from that (docs/delivery-guarantee.md).
 */
import { decodeQuarantine, decodeShared, type Range, sharedIdOf } from '#streamer';
import { forgottenOf } from './forgotten.ts';
import type { Grant, WatchedInstance, Ways } from './grant.ts';
import { type HeardAnswer, tokensIn } from './heard-answer.ts';
import type { Judge } from './invariants.ts';
import { JournalWatch } from './journal-watch.ts';
import { LeaseTimes } from './lease-times.ts';
import type { RedisData } from './redis-data.ts';
import type { RedisWatch, ReleaseReason } from './redis-watch.ts';
import { sessionOf } from './redis-work.ts';
import type { SavedProgress } from './saved-progress.ts';
import type { Trace } from './trace.ts';
import type { Account } from './unsaved-lines.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type LineRun, nameOf, type Truth, type Version } from './truth.ts';

export interface SharingWatchOptions {
  readonly judge: Judge;
  readonly truth: Truth;
  readonly trace: Trace;
  readonly progress: SavedProgress;
  readonly leaseTtlMs: number;
  readonly time: VirtualTime;
  readonly onFulfilled: (wantedSeq: number) => void;
}

/** How often something happened that only worlds of several instances are about. */
export interface SharingCounts {
  /** Objects were given to somebody. */
  readonly grants: number;
  /** Machines whose instances were given nothing. */
  readonly idleMachines: number;
  /** Objects of dead sessions were put back for all. */
  readonly takeovers: number;
  /** An instance heard that a claim of its was not valid any more. */
  readonly refusals: number;
  readonly forgettings: number;
}

export class SharingWatch implements RedisWatch {
  readonly journals: JournalWatch;
  readonly #options: SharingWatchOptions;
  readonly #ways = new Map<Version, Ways>();
  readonly #byToken = new Map<string, { readonly version: Version; readonly grant: Grant }>();
  readonly #byId = new Map<string, Version>();
  readonly #leases: LeaseTimes;
  readonly #instances = new Map<string, WatchedInstance>();
  readonly #sessions = new Map<number, string>();
  #indexed = 0;
  #forgettings = 0;
  #forgotMs = -Infinity;
  #takeovers = 0;
  #refusals = 0;

  constructor(options: SharingWatchOptions) {
    this.#options = options;
    this.journals = new JournalWatch(options);
    this.#leases = new LeaseTimes(options.time);
  }

  get counts(): SharingCounts {
    const grants = [...this.#byToken.values()].map(({ grant }) => grant);
    const busy = new Set(grants.map(({ session }) => this.#instances.get(session)?.host));
    const machines = new Set([...this.#instances.values()].map(({ host }) => host));
    const idleMachines = [...machines].filter((host) => !busy.has(host)).length;
    const [takeovers, refusals] = [this.#takeovers, this.#refusals];
    return { grants: grants.length, idleMachines, takeovers, refusals, forgettings: this.#forgettings };
  }

  /** How often the object was given to somebody. */
  grantsOf(version: Version): number {
    return this.#waysOf(version).grants.length;
  }

  /** Whether the instance goes on having what it holds of the object now: what it knows to be lost it need not keep. */
  holdOf(instance: number, version: Version): () => boolean {
    const session = this.#sessions.get(instance) ?? '';
    const grant = this.#waysOf(version).grants.findLast((one) => one.session === session);
    return () => grant?.isToldLost === false && !grant.hadLeaseEnded && !this.#leases.hasHeardEnded(session);
  }

  /** Where it stands what of the object the instance has saved, as long as the hold lasts that it has on it now. */
  accountOf(instance: number, version: Version): Account {
    const session = this.#sessions.get(instance) ?? '';
    const grant = this.#waysOf(version).grants.findLast((one) => one.session === session);
    return () => {
      if (grant?.released !== null) return null;
      return version.hasOpenRequest && version.isDurablyComplete ? version.partial : version.durable;
    };
  }

  /** It has died, or sleeps: others must have what it held in time, if there are any. */
  checkTakenOver(instance: number): void {
    const { time, leaseTtlMs } = this.#options;
    const session = this.#sessions.get(instance);
    const held = [...this.#byToken.values()].filter(
      ({ grant }) => grant.session === session && grant.released === null,
    );
    if (session === undefined || held.length === 0) return;
    const checkLater = (sinceMs: number): void => {
      time.at(sinceMs + 2 * leaseTtlMs, null, () => {
        if (this.#isAwake(session)) return;
        const lastMs = this.#leases.lastMs(session);
        const others = [...this.#instances.values()].filter(({ number }) => number !== instance);
        const isAnyAble = others.some(({ isAlive, ableSinceMs }) => isAlive && ableSinceMs <= sinceMs);
        const left = held.find(({ grant }) => grant.released === null);
        // What it had sent reached Redis after that, and its lease counts from then.
        if (lastMs > sinceMs) checkLater(lastMs);
        else if (left !== undefined && isAnyAble)
          this.#breach('taken-over', `${nameOf(left.version)} still belongs to a session that ended two leases ago`);
      });
    };
    checkLater(time.nowMs);
  }

  get forgotMs(): number {
    return this.#forgotMs;
  }

  onSession(session: string, instance: WatchedInstance): void {
    if (!this.#instances.has(session)) {
      this.#options.trace.add('session', session, instance.number, instance.host);
      this.journals.onStarted(instance.host);
    }
    this.#instances.set(session, instance);
    this.#sessions.set(instance.number, session);
  }

  /** An instance has heard an answer of Redis. */
  onAnswer(session: string, answer: HeardAnswer): void {
    if (answer.script === 'renew') this.#heardRenewal(session, answer.askedMs + this.#options.leaseTtlMs);
    const tokens = tokensIn(answer);
    tokens.granted.forEach((token) => this.#heard(token));
    tokens.lost.forEach((token) => this.#toldLost(token));
  }

  /** An instance begins to POST them. */
  onPost(instance: number, runs: readonly LineRun[]): void {
    const session = this.#sessions.get(instance) ?? '';
    for (const run of runs) {
      const { grants } = this.#waysOf(run.version);
      const own = grants.filter((one) => one.session === session);
      // It may hold the object already, as Redis has forgotten, and have been given it once more: of that it has yet to hear.
      const grant = own.findLast(({ isHeard }) => isHeard) ?? own.at(-1);
      if (grant === undefined) this.#breach('claimed-only', `${nameOf(run.version)} was sent without a claim`);
      else this.#checkClaim(run.version, grant);
      // Redis has forgotten the claim, and may have given another: until its holder hears of that, both send.
      const isForgotten = grant !== undefined && grant.forgettings < this.#forgettings;
      if (isForgotten && grants.at(-1) !== grant) this.#options.truth.allowRepeat([run]);
    }
  }

  /** Redis knows less than it did: no more than this. */
  forgot(data: RedisData, before: RedisData): void {
    const { progress, time } = this.#options;
    this.#forgettings += 1;
    this.#forgotMs = time.nowMs;
    progress.forget();
    this.journals.onForgotten(forgottenOf(before, data, this.#instances));
    for (const record of data.hash('quarantine').values()) progress.applyRecord(decodeQuarantine(record));
    for (const version of this.#options.truth.versions) {
      const [id, ways] = [idOf(version), this.#waysOf(version)];
      if (data.sortedSet('complete').score(id) === null) ways.completedBy = null;
      else progress.applyCompletion(version);
      const token = data.hash('claims').get(id);
      for (const grant of ways.grants) {
        if (grant.token === token || grant.released !== null) continue;
        grant.released = 'expired';
        grant.hadLeaseEnded = true;
      }
    }
    // After what is complete: it may be read again on request, and have ranges of that.
    for (const [id, stored] of data.hash('partial')) this.settled(id, rangesOf(stored));
    this.#checkToldAgain(data);
  }

  /** What those owe who have been able to tell it ever since must be there again in time. */
  #checkToldAgain(data: RedisData): void {
    const { truth, time, leaseTtlMs } = this.#options;
    const forgotMs = time.nowMs;
    const floorMs = Number(data.hash('meta').get('floor') ?? -Infinity);
    // Of what is older than the floor nobody asks.
    const owed = truth.versions
      .filter(({ lastModifiedMs }) => lastModifiedMs >= floorMs)
      .map((version) => ({ version, bits: this.journals.owedOf(version).slice() }));
    time.after(2 * leaseTtlMs, null, () => {
      if (this.#forgotMs !== forgotMs) return;
      const tellers = this.#tellersSince(forgotMs, time.nowMs);
      for (const { version, bits } of owed) {
        const line = bits.findIndex((bit, at) => (bit & tellers) !== 0 && version.durable[at] !== 1);
        if (line === -1) continue;
        this.#breach('told-again', `${nameOf(version)} line ${line} is in a journal, and Redis still does not know it`);
        return;
      }
    });
  }

  leased(session: string, untilMs: number): void {
    this.#leases.leased(session, untilMs);
  }

  granted(id: string, token: string, shared: string): void {
    const version = this.#find(id, shared);
    if (version === null) return;
    const { grants } = this.#waysOf(version);
    const session = sessionOf(token);
    const known = this.#byToken.get(token)?.grant;
    if (known !== undefined) {
      // Given back to its holder, as Redis had forgotten that.
      known.released = null;
      known.hadLeaseEnded = false;
      grants.splice(grants.indexOf(known), 1);
      grants.push(known);
      return;
    }
    const grant: Grant = {
      ...{ token, session, forgettings: this.#forgettings },
      ...{ isHeard: false, isToldLost: false, released: null, hadLeaseEnded: false },
    };
    const previous = grants.at(-1);
    grants.push(grant);
    this.#byToken.set(token, { version, grant });
    this.#options.trace.add('granted', token, version.key);
    if (previous !== undefined) this.#checkGrantedAgain(version, previous);
  }

  released(_id: string, token: string, reason: ReleaseReason): void {
    const known = this.#byToken.get(token);
    if (known === undefined) return;
    if (reason === 'expired') this.#takeovers += 1;
    if (reason !== 'complete') this.#options.trace.add('released', token, reason);
    known.grant.released = reason;
    known.grant.hadLeaseEnded ||= this.#leases.hasHeardEnded(known.grant.session);
  }

  settled(id: string, ranges: readonly Range[]): void {
    const version = this.#find(id);
    if (version !== null) this.#options.progress.applyRanges(version, ranges);
  }

  dropped(id: string, partial: string, wantedSeq: number): void {
    const version = this.#find(id);
    if (version !== null) this.journals.onDropped(version, rangesOf(partial), wantedSeq);
  }

  completed(id: string, token: string | null, isRemembered: boolean): void {
    const version = this.#find(id);
    if (version === null) return;
    const ways = this.#waysOf(version);
    this.#options.trace.add('completed', token, isRemembered, version.key);
    this.#options.progress.applyCompletion(version);
    if (!isRemembered) this.#checkCompletion(version, ways, token);
    ways.completedBy ??= { token, grants: ways.grants.length };
    if (!isRemembered && token !== null) ways.completedBy = { token, grants: ways.grants.length };
  }

  refused(id: string, session: string, number: number): void {
    const version = this.#find(id);
    const host = this.#instances.get(session)?.host;
    if (version !== null && host !== undefined) this.journals.onRefused(version, { host, session, number });
  }

  told(id: string, session: string): void {
    const version = this.#find(id);
    const host = this.#instances.get(session)?.host;
    if (version !== null && host !== undefined) this.journals.onTold(version, host);
  }

  quarantined(record: string): void {
    this.#options.progress.applyRecord(decodeQuarantine(record));
  }

  fulfilled(wantedSeq: number): void {
    this.#options.trace.add('fulfilled', wantedSeq);
    this.#options.onFulfilled(wantedSeq);
  }

  #isAwake(session: string): boolean {
    const instance = this.#instances.get(session);
    return instance?.isAlive === true && instance.pausedUntilMs <= this.#options.time.nowMs;
  }

  #heardRenewal(session: string, leaseEndMs: number): void {
    if (this.#leases.hasHeardEnded(session))
      for (const { grant } of this.#byToken.values())
        if (grant.session === session && grant.isHeard) grant.hadLeaseEnded = true;
    this.#leases.heard(session, leaseEndMs);
  }

  #heard(token: string): void {
    const known = this.#byToken.get(token);
    if (known !== undefined) known.grant.isHeard = true;
  }

  #toldLost(token: string): void {
    const known = this.#byToken.get(token);
    if (known === undefined) return;
    if (!known.grant.isToldLost) this.#refusals += 1;
    this.#options.trace.add('told lost', known.grant.token);
    known.grant.isToldLost = true;
  }

  #checkClaim(version: Version, { session, isToldLost, isHeard, released }: Grant): void {
    const what = `${nameOf(version)} was sent`;
    if (isToldLost) this.#breach('claimed-only', `${what} by a session that had heard that it had lost it`);
    else if (!isHeard) this.#breach('claimed-only', `${what} by a session that had not heard that it had it`);
    else if (this.#leases.hasEnded(session)) this.#breach('claimed-only', `${what} under a lease that had ended`);
    else if (released === 'left') this.#breach('claimed-only', `${what} by a session that had left`);
  }

  /** Somebody else reads it: was there a reason, and what may be delivered twice by it? */
  #checkGrantedAgain(version: Version, previous: Grant): void {
    const { truth, time } = this.#options;
    // It was completed, and somebody asks for it again.
    if (previous.released === 'complete' && this.#waysOf(version).completedBy !== null) return;
    const instance = this.#instances.get(previous.session);
    const isForgotten = previous.forgettings < this.#forgettings;
    const isReasonable =
      isForgotten ||
      instance?.isAlive !== true ||
      previous.released === 'expired' ||
      previous.released === 'left' ||
      previous.hadLeaseEnded;
    if (isReasonable) {
      const tellers = this.#tellersSince(this.#forgotMs, time.nowMs);
      // What a journal tells is of no use to who reads an object again on request: it may be of an earlier reading.
      const isToldOfAny = isForgotten && !version.hasOpenRequest;
      const isTold = (line: number): boolean => isToldOfAny && this.journals.mustHaveTold(version, line, tellers);
      const lines = truth.sentUnsaved(version).filter((line) => !isTold(line));
      truth.allowRepeat(lines.map((line) => ({ version, first: line, end: line + 1 })));
      return;
    }
    // Nobody knew that he had it, or somebody who could do nothing with it has dismissed it.
    if (!previous.isHeard || previous.released === 'dismissed') return;
    this.#breach('read-once', `${nameOf(version)} was given to a second reader, and the first had it still`);
  }

  /** Machines that must have told by now what Redis had forgotten then, as bits. */
  #tellersSince(forgotMs: number, nowMs: number): number {
    let bits = 0;
    for (const { host, isAlive, ableSinceMs } of this.#instances.values())
      if (isAlive && ableSinceMs <= forgotMs && nowMs >= forgotMs + this.#options.leaseTtlMs) bits |= 1 << host;
    return bits;
  }

  #checkCompletion(version: Version, { grants, completedBy }: Ways, token: string | null): void {
    if (token === null) {
      this.#breach('one-completion', `${nameOf(version)} was completed without a claim`);
      return;
    }
    if (completedBy === null || completedBy.token === null || completedBy.token === token) return;
    const at = grants.findIndex((grant) => grant.token === token);
    const isNewer = at >= completedBy.grants;
    // Its claim and the completion by another were both given before Redis forgot one of them.
    const isForgotten = (grants[at]?.forgettings ?? 0) < this.#forgettings;
    if (!isNewer && !isForgotten)
      this.#breach('one-completion', `${nameOf(version)} was completed by ${completedBy.token} and by ${token}`);
  }

  #breach(invariant: Parameters<Judge['breach']>[0], detail: string): void {
    this.#options.judge.breach(invariant, detail);
  }

  #waysOf(version: Version): Ways {
    const known = this.#ways.get(version);
    if (known !== undefined) return known;
    const ways: Ways = { grants: [], completedBy: null };
    this.#ways.set(version, ways);
    return ways;
  }

  #find(id: string, shared?: string): Version | null {
    const { versions } = this.#options.truth;
    for (; this.#indexed < versions.length; this.#indexed += 1) {
      const version = versions[this.#indexed];
      if (version !== undefined) this.#byId.set(idOf(version), version);
    }
    const version = this.#byId.get(id) ?? null;
    if (version === null) {
      const what = shared === undefined ? id : decodeShared(shared).object.key;
      this.#breach('true-lines', `the shared state was told of ${what}, which never was`);
    }
    return version;
  }
}

function idOf({ bucket, key, content, lastModifiedMs }: Version): string {
  return sharedIdOf({ bucket, key, etag: content.etag, sizeBytes: content.stored.length, lastModifiedMs });
}

function rangesOf(partial: string): readonly Range[] {
  const { settled }: { readonly settled: readonly (readonly [number, number])[] } = JSON.parse(partial);
  return settled.map(([start, end]) => ({ start, end }));
}
