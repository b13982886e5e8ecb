/** Decides for each operation whether a fault of the plan hits it, and counts which faults really did something. */
import type { Fault, FaultKind, FaultOf, KillPoint } from './fault.ts';

/** Operations that faults count. */
type Operation = 'list' | 'get' | 'post' | 'commit' | 'state-read' | 'redis' | `redis ${string}`;

/** Kinds that are counted by the operation they hit. */
type CountedKind = Exclude<
  { [K in FaultKind]: FaultOf<K> extends { nth: number; times: number } ? K : never }[FaultKind],
  CommandKind
>;
/** Kinds that hit commands to Redis of one kind. */
type CommandKind = 'redis-fails' | 'redis-late';
/** Kinds that last for a while. */
type WindowKind = {
  [K in FaultKind]: FaultOf<K> extends { atMs: number; forMs: number | null } ? K : never;
}[FaultKind];

/** What keeps an instance from being answered by Redis. */
const REDIS_TROUBLES: ReadonlySet<FaultKind> = new Set([
  'redis-away',
  'redis-cut',
  'redis-failover',
  'redis-empty',
  'redis-fails',
  'redis-late',
]);

export class FaultDesk {
  readonly #faultsOf: ReadonlyMap<FaultKind, readonly Fault[]>;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  readonly #counts = new Map<Operation | KillPoint, number>();
  readonly #hits = new Map<Fault, number>();
  #disturbedUntilMs: number;
  #redisTroubledMs = -Infinity;
  readonly #redisTroubledMsOf = new Map<number, number>();
  #isDisarmed = false;

  constructor(options: { readonly faults: readonly Fault[]; readonly nowMs: () => number }) {
    this.#faultsOf = Map.groupBy(options.faults, ({ kind }) => kind);
    this.#nowMs = options.nowMs;
    this.#startMs = options.nowMs();
    this.#disturbedUntilMs = this.#startMs;
    for (const fault of options.faults) {
      if ('atMs' in fault) this.disturb(this.#startMs + fault.atMs + ('forMs' in fault ? (fault.forMs ?? 0) : 0));
    }
  }

  /** Something is out of order until that moment. */
  disturb(untilMs: number): void {
    this.#disturbedUntilMs = Math.max(this.#disturbedUntilMs, untilMs);
  }

  disturbFor(ms: number): void {
    this.disturb(this.#nowMs() + ms);
  }

  /** When the last disturbance known so far is over. */
  get disturbedUntilMs(): number {
    return this.#disturbedUntilMs;
  }

  /** How often each fault did something. */
  get hits(): ReadonlyMap<Fault, number> {
    return this.#hits;
  }

  /** From now on nothing new goes wrong; what lasts for ever stays. */
  disarm(): void {
    this.#isDisarmed = true;
  }

  get isDisarmed(): boolean {
    return this.#isDisarmed;
  }

  /** The operation begins; gives back how many there were, this one too. */
  count(operation: Operation | KillPoint): number {
    const count = (this.#counts.get(operation) ?? 0) + 1;
    this.#counts.set(operation, count);
    return count;
  }

  /** The fault of that kind that hits the `nth` operation. */
  hit<K extends CountedKind>(kind: K, nth: number): FaultOf<K> | null {
    const found = this.#find(kind, (fault) => isCounted(fault, nth));
    if (found !== null) this.exercise(found);
    return found;
  }

  /** The fault of that kind that hits the `nth` command of that name. */
  hitCommand<K extends CommandKind>(kind: K, command: string, nth: number): FaultOf<K> | null {
    const found = this.#find(kind, (fault) => isOf(fault, command) && isCounted(fault, nth));
    if (found !== null) this.exercise(found);
    return found;
  }

  /** The fault of that kind that acts once, at the `nth` operation. */
  once<K extends 'overwrite' | 'delete' | 'get-saga'>(kind: K, nth: number): FaultOf<K> | null {
    return this.#find(kind, (fault) => isNth(fault, nth));
  }

  /** The fault that kills an instance at this point, now. */
  killAt(point: KillPoint): FaultOf<'kill'> | null {
    const nth = this.count(point);
    return this.#find('kill', (fault) => fault.at === point && fault.nth === nth);
  }

  /** The fault of that kind that lasts at this moment. Whoever is hurt by it says so with `exercise`. */
  active<K extends WindowKind>(kind: K): FaultOf<K> | null {
    const sinceStartMs = this.#nowMs() - this.#startMs;
    return this.#find(kind, (fault) => isWithin(fault, sinceStartMs));
  }

  /** The fault that has this endpoint dead at this moment. */
  deadEndpoint(endpoint: number): FaultOf<'endpoint-dead'> | null {
    const sinceStartMs = this.#nowMs() - this.#startMs;
    return this.#find('endpoint-dead', (fault) => fault.endpoint === endpoint && isWithin(fault, sinceStartMs));
  }

  /** The fault that cuts that machine off from Redis at this moment. */
  cutFrom(instance: number): FaultOf<'redis-cut'> | null {
    const sinceStartMs = this.#nowMs() - this.#startMs;
    return this.#find('redis-cut', (fault) => (fault.instance ?? 0) === instance && isWithin(fault, sinceStartMs));
  }

  /** The latest moment at which something kept that machine from Redis. */
  redisTroubledUntilMs(instance: number): number {
    return Math.max(this.#redisTroubledMs, this.#redisTroubledMsOf.get(instance) ?? -Infinity);
  }

  exercise(fault: Fault): void {
    this.#noteRedisTrouble(fault);
    this.#hits.set(fault, (this.#hits.get(fault) ?? 0) + 1);
    // What lasts for ever is no reason to wait.
    if (!lastsForEver(fault)) this.disturbFor(0);
  }

  #noteRedisTrouble(fault: Fault): void {
    if (!REDIS_TROUBLES.has(fault.kind)) return;
    const untilMs = 'forMs' in fault && 'atMs' in fault ? this.#startMs + fault.atMs + (fault.forMs ?? 0) : -Infinity;
    const moment = Math.max(this.#nowMs(), untilMs);
    if (fault.kind === 'redis-cut') this.#redisTroubledMsOf.set(fault.instance ?? 0, moment);
    else this.#redisTroubledMs = moment;
  }

  #find<K extends FaultKind>(kind: K, isMeant: (fault: FaultOf<K>) => boolean): FaultOf<K> | null {
    for (const fault of this.#faultsOf.get(kind) ?? []) {
      if (!isKind(fault, kind) || !isMeant(fault)) continue;
      if (!this.#isDisarmed || lastsForEver(fault)) return fault;
    }
    return null;
  }
}

function lastsForEver(fault: Fault): boolean {
  return 'forMs' in fault && fault.forMs === null;
}

function isKind<K extends FaultKind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function isNth(fault: { readonly nth: number }, nth: number): boolean {
  return fault.nth === nth;
}

function isOf(fault: { readonly of: string }, command: string): boolean {
  return fault.of === command;
}

function isCounted(fault: { readonly nth: number; readonly times: number }, nth: number): boolean {
  return nth >= fault.nth && nth < fault.nth + fault.times;
}

function isWithin(fault: { readonly atMs: number; readonly forMs: number | null }, sinceStartMs: number): boolean {
  return sinceStartMs >= fault.atMs && (fault.forMs === null || sinceStartMs < fault.atMs + fault.forMs);
}
