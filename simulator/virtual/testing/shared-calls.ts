/** Calls that several instances make of their shared state, as data; and a driver that makes them, whoever keeps the state. */
import * as fc from 'fast-check';
import {
  Claim,
  encodeWanted,
  type HeldObject,
  type Journal,
  type ObjectRef,
  type QuarantineRecord,
  type RedisConnection,
  RedisState,
  type Scripts,
  sharedIdOf,
  type SharedObject,
  StreamerError,
} from '#streamer';
import { LossyConnection } from './lossy-connection.ts';

export const LEASE_TTL_MS = 3_000;
export const LIVE_WINDOW_MS = 10_000;
export const HOUR_MS = 3_600_000;
export const START_MS = 500 * HOUR_MS;
const MACHINES = ['a', 'b', 'c'] as const;
type Machine = (typeof MACHINES)[number];

/** Two of an hour, from young to old; ranks differ, because of two equals nobody says which goes first. */
export const OBJECTS: readonly SharedObject[] = Array.from({ length: 6 }, (_, index) => ({
  object: {
    bucket: 'logs',
    key: `web/${index}`,
    etag: `e${index}`,
    sizeBytes: index,
    lastModifiedMs: START_MS - Math.floor(index / 2) * HOUR_MS,
  },
  listedMs: START_MS,
  rankMs: START_MS - index * 4_000,
  settled: index === 3 ? [{ start: 5, end: 7 }] : [],
  wanted: null,
}));

export type Call =
  | { readonly kind: 'pass time'; readonly ms: number }
  | {
      readonly kind: 'offer';
      readonly objects: readonly number[];
      readonly readyMax: number;
      readonly isAsked: boolean;
    }
  | { readonly kind: 'claim'; readonly by: Machine; readonly objectsMax: number }
  | { readonly kind: 'renew'; readonly by: Machine; readonly forgets: boolean }
  | { readonly kind: 'dismiss'; readonly by: Machine }
  | { readonly kind: 'leave'; readonly by: Machine }
  | {
      readonly kind: 'commit';
      readonly by: Machine;
      readonly object: number;
      readonly start: number;
      readonly bytes: number;
      readonly complete: boolean;
      /** Which of all the claims that were ever given of the object, from the latest; null for none. */
      readonly claim: number | null;
      /** A record of it is set aside. */
      readonly isSetAside: boolean;
      /** The latest request of the object is fulfilled. */
      readonly isFulfilled: boolean;
      readonly droppedLines: number;
    }
  | {
      readonly kind: 'head';
      readonly by: Machine;
      readonly startFromMs: number;
      readonly floorMs: number;
      readonly forgetBeforeMs: number | null;
    }
  | { readonly kind: 'want'; readonly object: number; readonly again: 'missing' | 'again'; readonly isRetry: boolean }
  | { readonly kind: 'read wanted'; readonly by: Machine }
  /** The answer to the command after so many more does not come. */
  | { readonly kind: 'lose an answer'; readonly by: Machine; readonly after: number }
  /** The process ends without a word, and another begins with the same journal. */
  | { readonly kind: 'restart'; readonly by: Machine }
  /** What a replica has. */
  | { readonly kind: 'replicate' }
  | { readonly kind: 'fall back to the replica' }
  | { readonly kind: 'empty' };

const machine = fc.constantFrom(...MACHINES);
const object = fc.nat(OBJECTS.length - 1);
const oneOf = <T extends string>(kind: T) => fc.constant(kind);
const hoursBack = fc.integer({ min: START_MS - 4 * HOUR_MS, max: START_MS + HOUR_MS });

export const anyCall: fc.Arbitrary<Call> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: oneOf('pass time'), ms: fc.constantFrom(1, 1_000, 2_000, 3_000, 9_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: oneOf('offer'),
      objects: fc.uniqueArray(object, { minLength: 2, maxLength: 6 }),
      readyMax: fc.integer({ min: 1, max: 5 }),
      isAsked: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: oneOf('claim'), by: machine, objectsMax: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: oneOf('renew'), by: machine, forgets: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: oneOf('dismiss'), by: machine }) },
  { weight: 1, arbitrary: fc.record({ kind: oneOf('leave'), by: machine }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: oneOf('commit'),
      by: machine,
      object,
      start: fc.nat(20),
      bytes: fc.nat(20),
      complete: fc.boolean(),
      claim: fc.option(fc.nat(1), { nil: null, freq: 5 }),
      isSetAside: fc.boolean(),
      isFulfilled: fc.boolean(),
      droppedLines: fc.nat(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: oneOf('head'),
      by: machine,
      startFromMs: fc.constantFrom(0, 7, 9),
      floorMs: hoursBack,
      forgetBeforeMs: fc.option(hoursBack, { nil: null }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: oneOf('want'),
      object,
      again: fc.constantFrom('missing' as const, 'again' as const),
      isRetry: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: oneOf('read wanted'), by: machine }) },
  { weight: 1, arbitrary: fc.record({ kind: oneOf('lose an answer'), by: machine, after: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: oneOf('restart'), by: machine }) },
  { weight: 1, arbitrary: fc.record({ kind: oneOf('replicate') }) },
  { weight: 1, arbitrary: fc.record({ kind: oneOf('fall back to the replica') }) },
  { weight: 1, arbitrary: fc.record({ kind: oneOf('empty') }) },
);

/** From here on there is something to lose. */
export const BEGINNING: readonly Call[] = [
  { kind: 'offer', objects: OBJECTS.map((_, index) => index), readyMax: OBJECTS.length, isAsked: false },
  ...MACHINES.map((by) => ({ kind: 'renew', by, forgets: false }) as const),
  { kind: 'claim', by: 'a', objectsMax: 2 },
  { kind: 'claim', by: 'b', objectsMax: 1 },
];

/** Whoever keeps it, the same calls get the same answers. */
export interface Keeper {
  readonly connection: RedisConnection;
  readonly scripts: Scripts;
  journalOf(machine: string): Journal;
  setTime(ms: number): Promise<void>;
  replicate(): Promise<void>;
  fallBack(): Promise<void>;
  empty(): Promise<void>;
  /** All that it holds, by key. */
  dump(): Promise<unknown>;
}

interface Process {
  readonly state: RedisState;
  readonly session: string;
  readonly journal: Journal;
  readonly connection: LossyConnection;
  held: readonly HeldObject[];
}

/** Drives one keeper; what it answers is gathered. */
export class Driver {
  readonly answers: unknown[] = [];
  readonly #keeper: Keeper;
  readonly #processes = new Map<Machine, Process>();
  readonly #claims = new Map<string, Claim[]>();
  readonly #requests = new Map<number, number>();
  #started = 0;
  #epochs = 0;
  #nowMs = START_MS;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  async run(calls: readonly Call[]): Promise<void> {
    await this.#keeper.setTime(this.#nowMs);
    for (const call of calls) {
      this.answers.push([call.kind, await this.#outcome(call)]);
      if (call.kind !== 'lose an answer')
        this.answers.push(await codeOr(async () => this.#of('a').state.lookup(OBJECTS.map(({ object: ref }) => ref))));
    }
    this.answers.push(await codeOr(async () => this.#of('a').state.readHead()), await this.#keeper.dump());
  }

  async close(): Promise<void> {
    for (const { journal } of this.#processes.values()) await journal.close();
  }

  async #outcome(call: Call): Promise<unknown> {
    return codeOr(async () => this.#do(call));
  }

  async #do(call: Call): Promise<unknown> {
    switch (call.kind) {
      case 'pass time':
        this.#nowMs += call.ms;
        return this.#keeper.setTime(this.#nowMs);
      case 'offer':
        return this.#of('a').state.offer(
          call.objects.flatMap((index) => this.#told(index, call.isAsked)),
          { readyMax: call.readyMax, liveWindowMs: LIVE_WINDOW_MS },
        );
      case 'claim':
        return this.#claim(this.#of(call.by), call.objectsMax);
      case 'renew':
        return this.#renew(this.#of(call.by), call.forgets);
      case 'dismiss': {
        const process = this.#of(call.by);
        const [first, ...rest] = process.held;
        process.held = rest;
        return process.state.dismiss(first === undefined ? [] : [first]);
      }
      case 'leave': {
        const { state, session } = this.#of(call.by);
        this.#of(call.by).held = [];
        return state.leave(session);
      }
      case 'commit':
        return this.#commit(call);
      case 'head': {
        const { startFromMs, floorMs, forgetBeforeMs } = call;
        const head = { startFromMs, floorMs };
        return this.#of(call.by).state.commit({ changes: [], quarantined: [], fulfilled: [], head, forgetBeforeMs });
      }
      case 'want':
        return this.#want(call);
      case 'read wanted':
        return this.#of(call.by).state.readWanted(0, 10);
      case 'lose an answer':
        this.#of(call.by).connection.loseAfter(call.after);
        return null;
      case 'restart':
        return this.#restart(call.by);
      case 'replicate':
        return this.#keeper.replicate();
      case 'fall back to the replica':
        return this.#keeper.fallBack();
      case 'empty':
        return this.#keeper.empty();
    }
  }

  #of(by: Machine): Process {
    const known = this.#processes.get(by);
    if (known !== undefined) return known;
    const begun = this.#begin(this.#keeper.journalOf(by));
    this.#processes.set(by, begun);
    return begun;
  }

  #begin(journal: Journal): Process {
    this.#started += 1;
    const { scripts } = this.#keeper;
    const connection = new LossyConnection(this.#keeper.connection);
    const newEpoch = (): string => `epoch-${(this.#epochs += 1)}`;
    const events = { emit: (event: { readonly kind: string }) => void this.answers.push(['event', event]) };
    const state = new RedisState({ connection, journal, leaseTtlMs: LEASE_TTL_MS, events, newEpoch, scripts });
    return { state, session: `session${this.#started}`, journal, connection, held: [] };
  }

  #restart(by: Machine): void {
    const { journal } = this.#of(by);
    this.#processes.set(by, this.#begin(journal));
  }

  #told(index: number, isAsked: boolean): readonly SharedObject[] {
    const shared = OBJECTS[index];
    const seq = this.#requests.get(index);
    if (shared === undefined) return [];
    return [isAsked && seq !== undefined ? { ...shared, wanted: { seq, kind: 'again' } } : shared];
  }

  async #claim(process: Process, objectsMax: number): Promise<unknown> {
    const answer = await process.state.claim(process.session, { objectsMax, liveWindowMs: LIVE_WINDOW_MS });
    for (const { claim, ...shared } of answer.claimed) {
      process.held = [...process.held, { shared, claim }];
      const { key } = shared.object;
      this.#claims.set(key, [...(this.#claims.get(key) ?? []), claim]);
    }
    return answer;
  }

  async #renew(process: Process, forgets: boolean): Promise<unknown> {
    process.held = process.held.slice(forgets ? 1 : 0);
    const answer = await process.state.renew(process.session, process.held);
    process.held = process.held.filter(({ claim }) => !answer.lost.includes(claim.token));
    return { ...answer, lost: answer.lost.toSorted() };
  }

  async #commit(call: Extract<Call, { readonly kind: 'commit' }>): Promise<unknown> {
    const { object: index, start, bytes, complete, claim: claimsAgo, isSetAside, isFulfilled, droppedLines } = call;
    const ref = refOf(index);
    const claim = claimsAgo === null ? undefined : this.#claims.get(ref.key)?.at(-1 - claimsAgo);
    const settled = [{ start, end: start + bytes }];
    const seq = this.#requests.get(index);
    await this.#of(call.by).state.commit({
      changes: [{ object: ref, settled, complete, ...(claim === undefined ? {} : { claim }) }],
      quarantined: isSetAside ? [recordOf(ref, start, bytes)] : [],
      fulfilled: isFulfilled && seq !== undefined ? [{ wantedSeq: seq, outcome: 'delivered', atMs: this.#nowMs }] : [],
      head: null,
      forgetBeforeMs: null,
      ...(droppedLines === 0 ? {} : { dropped: { lines: droppedLines, batches: 1 } }),
    });
    for (const process of this.#processes.values())
      process.held = process.held.filter((one) => one.claim !== claim || !(complete || claim.isLost));
    return claim?.isLost;
  }

  /** As a command does it, which knows the latest state. */
  async #want({ object: index, again, isRetry }: Extract<Call, { readonly kind: 'want' }>): Promise<unknown> {
    const { connection, scripts } = this.#keeper;
    const ref = refOf(index);
    const id = sharedIdOf(ref);
    const [epoch] = listOf(await connection.command('HMGET', [connection.key('meta'), 'epoch']));
    const [earlier] = listOf(await connection.command('HMGET', [connection.key('wanted_ids'), id]));
    const numbers = listOf(await connection.command('HKEYS', [connection.key('quarantine')])).map(String);
    const request = {
      id,
      earlier: earlier ?? '',
      record: encodeWanted({ object: ref, kind: again, settled: [{ start: 0, end: 3 }] }),
      isWhole: again === 'again' && !isRetry,
      quarantine: isRetry ? numbers.toSorted().slice(0, 2) : [],
      leftOut:
        again === 'again'
          ? [
              [0, 3],
              [9, 12],
            ]
          : null,
    };
    const answer = await connection.run(scripts.want, [String(epoch), JSON.stringify([request])]);
    const [seq] = listOf(await connection.command('HMGET', [connection.key('wanted_ids'), id]));
    this.#requests.set(index, Number(seq));
    return answer;
  }
}

function refOf(index: number): ObjectRef {
  const shared = OBJECTS[index];
  if (shared === undefined) throw new RangeError(`object ${index}`);
  return shared.object;
}

function recordOf(ref: ObjectRef, start: number, bytes: number): QuarantineRecord {
  const range = bytes === 0 ? null : { start, end: start + bytes };
  return { object: ref, range, firstLine: 1, lineCount: 1, reason: 'refused', detail: 'as a test', atMs: START_MS };
}

async function codeOr<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StreamerError) return error.code;
    throw error;
  }
}

function listOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}
