/**
 * What this instance holds of the objects that several instances share. It renews its session's lease, claims what its readers have room for, and ends what
 * was lost.
 * Invariants:
 * - An object is read and sent only under a claim whose lease has not ended: by the moment the lease was asked for, on a clock that nobody sets, so never later than
 *   the store thinks. Then others may have it. Nor is it let go much earlier: what was sent of it and is not saved would be sent again.
 * - Nothing is claimed while progress cannot be saved.
 */
import type { Config } from './config/config.ts';
import type { Claim } from './core/claim.ts';
import { identityOf, knownOf, type ObjectTask } from './core/object-task.ts';
import { sourceOf } from './core/source-of.ts';
import { Wakeup } from './core/wakeup.ts';
import { StreamerError } from './errors.ts';
import type { ClaimedObject, HeldObject, Ports, SharedWork } from './ports.ts';
import type { RunContext } from './run-context.ts';
import { selectionOf } from './source-selection.ts';

/** A lease is renewed so often that two renewals may fail. */
const RENEWALS_PER_LEASE = 3;
const RETRY_MS = 250;
/** How long until it asks again: the one while there is more than it may take, up to the other when it got all there was, so that others get the next. */
const ASK_AGAIN_MS = { first: 50, max: 250 } as const;

export class Claims {
  readonly #ports: Ports;
  readonly #config: Config;
  readonly #shared: SharedWork;
  readonly #session: string;
  readonly #held = new Map<Claim, HeldObject>();
  readonly #renewNow = new Wakeup();
  readonly #listerChanged = new Wakeup();
  #term: AbortController | null = null;
  /** By `Clock.elapsed`. */
  #leaseEndMs = -Infinity;
  #isRenewed = false;
  /** Claims and renewals follow one another: a renewal gives back what it does not know of. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: Ports, shared: SharedWork, config: Config) {
    this.#ports = ports;
    this.#config = config;
    this.#shared = shared;
    this.#session = newSession(ports);
  }

  get heldCount(): number {
    return this.#held.size;
  }

  get isLister(): boolean {
    return this.#term !== null;
  }

  /** False while the store does not answer. */
  get isHealthy(): boolean {
    return this.#isRenewed;
  }

  /** Renews until the signal aborts: longer than anything is read or sent. */
  async keep(context: RunContext, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const intervalMs = this.#shared.leaseTtlMs / RENEWALS_PER_LEASE;
    while (!signal.aborted) {
      await this.#renew();
      context.known.expire(clock.now());
      const untilMs = this.#leaseEndMs - clock.elapsed();
      const waitMs = this.#isRenewed ? intervalMs : RETRY_MS;
      await this.#renewNow.wait(clock, untilMs > 0 ? Math.min(waitMs, untilMs) : waitMs, signal);
    }
  }

  /** Claims whatever the readers have room for, until the signal aborts. */
  async fill(context: RunContext, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#ports;
    let waitMs: number = ASK_AGAIN_MS.first;
    while (!signal.aborted) {
      const isMoreThere = await this.#claim(context);
      waitMs = isMoreThere ? ASK_AGAIN_MS.first : Math.min(waitMs * 2, ASK_AGAIN_MS.max);
      // Of several that wait for the same object none must always be the first.
      await clock.sleep(waitMs * (0.5 + random.next() / 2), signal);
    }
  }

  /** Runs `list` while it is this instance's turn to list, again and again until the signal aborts. */
  async inTurn(list: (term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    while (!signal.aborted) {
      const term = this.#term;
      if (term === null) await this.#listerChanged.wait(clock, this.#shared.leaseTtlMs, signal);
      else await list(AbortSignal.any([term.signal, signal]));
    }
  }

  /** To be asked before each attempt to send: a process that was stopped for a while finds its lease ended before any timer tells it. */
  endIfOver(): void {
    if (this.#ports.clock.elapsed() < this.#leaseEndMs) return;
    this.#endTerm();
    if (this.#held.size === 0) return;
    this.#ports.events.emit({ kind: 'claims lost', reason: 'lease-ended', objects: this.#held.size });
    for (const claim of this.#held.keys()) claim.lose();
    this.#held.clear();
  }

  /** Its completion is durable. */
  drop(claim: Claim): void {
    this.#held.delete(claim);
  }

  /** At the end, when progress is saved: the rest is there for others at once. */
  async leave(): Promise<void> {
    try {
      await this.#inTurn(async () => this.#shared.leave(this.#session));
    } catch (error) {
      // Its lease ends all the same.
      this.#report(error);
    }
  }

  async #renew(): Promise<void> {
    const { clock, events } = this.#ports;
    try {
      await this.#inTurn(async () => {
        const onAsk = (): (() => void) => {
          const untilMs = clock.elapsed() + this.#shared.leaseTtlMs;
          return () => (this.#leaseEndMs = untilMs);
        };
        this.#forgetLost();
        const held = [...this.#held.values()];
        const { isLister, lost, takenOver } = await this.#shared.renew(this.#session, held, onAsk);
        // One that was stopped meanwhile finds it ended again: what it claimed under it, it would have to lose at once.
        const isInTime = clock.elapsed() < this.#leaseEndMs;
        if (isInTime && !this.#isRenewed) events.emit({ kind: 'lease renewed', session: this.#session });
        this.#isRenewed = isInTime;
        this.#lose(lost);
        this.#tellOfTakeover(takenOver);
        this.#setLister(isLister);
      });
    } catch (error) {
      this.#isRenewed = false;
      this.#report(error);
    }
    this.endIfOver();
  }

  /** True when it got all that it asked for: then more may be there. */
  async #claim(context: RunContext): Promise<boolean> {
    const { ready, progress } = context;
    const { workers, liveWindowMs } = this.#config.processing;
    if (!this.#isRenewed || !progress.isHealthy || ready.length >= workers) return false;
    try {
      return await this.#inTurn(async () => {
        const objectsMax = workers - ready.length;
        const options = { objectsMax, liveWindowMs };
        const { claimed, takenOver, isLeaseOver } = await this.#shared.claim(this.#session, options);
        // Others may take at once what it has: the store has forgotten its last renewal, or it was asked too late.
        if (isLeaseOver) this.#renewNow.notify();
        this.#tellOfTakeover(takenOver);
        const foreign = claimed.filter((object) => !this.#take(context, object));
        // Not kept ready for others: of a source that was removed nobody would ever take them, and they would keep out all else. Whoever still follows them tells of them again.
        if (foreign.length > 0) await this.#shared.dismiss(foreign.map(({ claim, ...shared }) => ({ shared, claim })));
        return claimed.length === objectsMax;
      });
    } catch (error) {
      this.#isRenewed = false;
      this.#renewNow.notify();
      this.#report(error);
      return false;
    }
  }

  /** False for one that this configuration does not know. */
  #take(context: RunContext, { claim, ...shared }: ClaimedObject): boolean {
    const { known, ready, readyChanged } = context;
    const task = this.#taskOf(context, shared);
    if (task === null) return false;
    this.#held.set(claim, { shared, claim });
    const identity = identityOf(task.object);
    // Remembered as done since a moment ago: that does not count for one that is asked for again.
    if (!known.isUnderWay(identity)) known.forget(identity);
    known.add(identity, knownOf(task));
    ready.push({ ...task, claim }, this.#ports.clock.now());
    readyChanged.notify();
    return true;
  }

  #taskOf({ formats }: RunContext, { object, listedMs, settled, wanted }: Omit<ClaimedObject, 'claim'>) {
    const { clock, events } = this.#ports;
    const source = sourceOf(this.#config.s3.sources, object);
    const selected = source === null ? null : selectionOf(this.#config, formats, source).selectByName(object, listedMs);
    if (selected?.kind !== 'task') {
      const reason = selected?.reason ?? 'no-source';
      events.emit({ kind: 'object skipped', bucket: object.bucket, key: object.key, reason });
      return null;
    }
    // Whoever offered it has waited for the moment when it may be read.
    const task: ObjectTask = { ...selected.task, settled, notBeforeMs: clock.now() };
    return wanted === null ? task : { ...task, wanted: wanted.seq, wantedKind: wanted.kind };
  }

  #lose(tokens: readonly string[]): void {
    if (tokens.length === 0) return;
    this.#ports.events.emit({ kind: 'claims lost', reason: 'refused', objects: tokens.length });
    for (const claim of this.#held.keys()) if (tokens.includes(claim.token)) claim.lose();
    this.#forgetLost();
  }

  #forgetLost(): void {
    for (const claim of this.#held.keys()) if (claim.isLost) this.#held.delete(claim);
  }

  #tellOfTakeover(objects: number): void {
    if (objects > 0) this.#ports.events.emit({ kind: 'work taken over', objects });
  }

  #setLister(isLister: boolean): void {
    if (!isLister) this.#endTerm();
    else if (this.#term === null) {
      this.#term = new AbortController();
      this.#ports.events.emit({ kind: 'lister changed', isLister });
      this.#listerChanged.notify();
    }
  }

  #endTerm(): void {
    if (this.#term === null) return;
    this.#term.abort();
    this.#term = null;
    this.#ports.events.emit({ kind: 'lister changed', isLister: false });
  }

  #report(error: unknown): void {
    if (!(error instanceof StreamerError)) throw error;
    this.#ports.events.emit({ kind: 'lease failed', code: error.code, error: error.message });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** Two draws: one alone has too few bits to be the only one of its kind. */
function newSession({ random }: Ports): string {
  const draw = (): string => Math.floor(random.next() * 2 ** 52).toString(36);
  return `${draw()}${draw()}`;
}
