import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Claim,
  createRedisConnection,
  createScripts,
  type HeldObject,
  type ObjectRef,
  RedisJournal,
  RedisState,
  type SharedObject,
  type SharedWork,
  type StateStore,
} from '#streamer';
import { Processes } from '../process/processes.ts';
import { findRedisBinary } from '../redis/local-host.ts';
import { startRedis } from '../redis/start.ts';
import { MemorySharedState } from './memory-shared-state.ts';
import { HOUR_MS, LEASE_TTL_MS, LIVE_WINDOW_MS, OBJECTS, START_MS } from './testing/shared-calls.ts';

const lacksRedis = process.env['CI'] !== 'true' && findRedisBinary(process.env) === null;
const SESSIONS = ['a', 'b', 'c'] as const;
type Session = (typeof SESSIONS)[number];

/** The time of Redis, as a test sets it. */
const TEST_CLOCK = "local function now() return tonumber(redis.call('GET', string.sub(KEYS[1], 1, -5) .. 'clock')) end";

type Operation =
  | { readonly kind: 'pass time'; readonly ms: number }
  | { readonly kind: 'offer'; readonly objects: readonly number[]; readonly readyMax: number }
  | { readonly kind: 'claim'; readonly session: Session; readonly objectsMax: number }
  | { readonly kind: 'renew'; readonly session: Session; readonly forgets: boolean }
  | { readonly kind: 'dismiss'; readonly session: Session }
  | { readonly kind: 'leave'; readonly session: Session }
  | {
      readonly kind: 'commit';
      readonly object: number;
      readonly start: number;
      readonly bytes: number;
      readonly complete: boolean;
      /** Which of all the tokens that were ever given for the object, from the latest; null for none. */
      readonly token: number | null;
    }
  | {
      readonly kind: 'head';
      readonly isOtherStart: boolean;
      readonly floorMs: number;
      readonly forgetBeforeMs: number | null;
    };

function operation(): fc.Arbitrary<Operation> {
  const session = fc.constantFrom(...SESSIONS);
  const object = fc.nat(OBJECTS.length - 1);
  const weighted = <T extends Operation>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
  return fc.oneof(
    weighted(
      3,
      fc.record({ kind: fc.constant('pass time' as const), ms: fc.constantFrom(1, 1_000, 2_000, 3_000, 9_000) }),
    ),
    weighted(
      2,
      fc.record({
        kind: fc.constant('offer' as const),
        objects: fc.uniqueArray(object, { minLength: 2, maxLength: 6 }),
        readyMax: fc.integer({ min: 1, max: 5 }),
      }),
    ),
    weighted(
      4,
      fc.record({ kind: fc.constant('claim' as const), session, objectsMax: fc.integer({ min: 1, max: 4 }) }),
    ),
    weighted(4, fc.record({ kind: fc.constant('renew' as const), session, forgets: fc.boolean() })),
    weighted(1, fc.record({ kind: fc.constant('dismiss' as const), session })),
    weighted(1, fc.record({ kind: fc.constant('leave' as const), session })),
    weighted(
      5,
      fc.record({
        kind: fc.constant('commit' as const),
        object,
        start: fc.nat(20),
        bytes: fc.nat(20),
        complete: fc.boolean(),
        token: fc.option(fc.nat(1), { nil: null, freq: 5 }),
      }),
    ),
    weighted(
      1,
      fc.record({
        kind: fc.constant('head' as const),
        isOtherStart: fc.boolean(),
        floorMs: fc.integer({ min: START_MS - 4 * HOUR_MS, max: START_MS }),
        forgetBeforeMs: fc.option(fc.integer({ min: START_MS - 4 * HOUR_MS, max: START_MS + HOUR_MS }), { nil: null }),
      }),
    ),
  );
}

/** From here on there is something to lose. */
const BEGINNING: readonly Operation[] = [
  { kind: 'offer', objects: OBJECTS.map((_, index) => index), readyMax: OBJECTS.length },
  ...SESSIONS.map((session) => ({ kind: 'renew', session, forgets: false }) as const),
  { kind: 'claim', session: 'a', objectsMax: 2 },
  { kind: 'claim', session: 'b', objectsMax: 1 },
];

/** Whoever keeps it, the same calls get the same answers. */
interface Store {
  of(session: Session): StateStore & SharedWork;
  setTime(ms: number): Promise<void>;
}

/** Drives one store; what it answers is gathered, with the claims that were lost. */
class Driver {
  readonly answers: unknown[] = [];
  readonly #store: Store;
  readonly #held = new Map<Session, HeldObject[]>(SESSIONS.map((session) => [session, []]));
  readonly #tokens = new Map<string, Claim[]>();
  readonly #done = new Set<Claim>();
  #nowMs = START_MS;
  /** Nobody comes back after that: who begins again has another name. */
  readonly #left = new Set<Session>();

  constructor(store: Store) {
    this.#store = store;
  }

  async run(operations: readonly Operation[]): Promise<void> {
    await this.#store.setTime(this.#nowMs);
    for (const each of operations) {
      this.answers.push([each.kind, await this.#do(each)]);
      this.answers.push(await this.#store.of('a').lookup(OBJECTS.map(({ object }) => object)));
    }
    this.answers.push(await this.#store.of('a').readHead());
  }

  async #do(each: Operation): Promise<unknown> {
    if ('session' in each && this.#left.has(each.session)) return null;
    switch (each.kind) {
      case 'pass time':
        this.#nowMs += each.ms;
        return this.#store.setTime(this.#nowMs);
      case 'offer': {
        const objects = each.objects.flatMap((index) => OBJECTS[index] ?? []);
        return this.#store.of('a').offer(objects, { readyMax: each.readyMax, liveWindowMs: LIVE_WINDOW_MS });
      }
      case 'claim': {
        const { session, objectsMax } = each;
        const options = { objectsMax, liveWindowMs: LIVE_WINDOW_MS };
        const answer = await this.#store.of(session).claim(session, options);
        for (const { claim, ...shared } of answer.claimed) this.#hold(session, shared, claim);
        // Tokens are only names.
        return { ...answer, claimed: answer.claimed.map(({ claim: _claim, ...shared }) => shared) };
      }
      case 'renew': {
        const { session, forgets } = each;
        const held = (this.#held.get(session) ?? []).slice(forgets ? 1 : 0);
        const answer = await this.#store.of(session).renew(session, held, () => () => undefined);
        this.#held.set(
          session,
          held.filter(({ claim }) => !answer.lost.includes(claim.token)),
        );
        const lost = held
          .filter(({ claim }) => answer.lost.includes(claim.token))
          .map(({ shared }) => shared.object.key);
        return { ...answer, lost };
      }
      case 'dismiss': {
        const [first, ...rest] = this.#held.get(each.session) ?? [];
        this.#held.set(each.session, rest);
        return this.#store.of(each.session).dismiss(first === undefined ? [] : [first]);
      }
      case 'leave':
        this.#held.set(each.session, []);
        this.#left.add(each.session);
        return this.#store.of(each.session).leave(each.session);
      case 'commit': {
        const { object, start, bytes, complete, token } = each;
        const ref = OBJECTS[object]?.object;
        return ref === undefined ? null : this.#commit(ref, { start, end: start + bytes }, complete, token);
      }
      case 'head': {
        const { floorMs, forgetBeforeMs } = each;
        const head = { startFromMs: each.isOtherStart ? 7 : 0, floorMs };
        return this.#store.of('a').commit({ changes: [], quarantined: [], fulfilled: [], head, forgetBeforeMs });
      }
    }
  }

  async #commit(
    object: ObjectRef,
    range: { readonly start: number; readonly end: number },
    complete: boolean,
    tokensAgo: number | null,
  ): Promise<unknown> {
    const given = tokensAgo === null ? undefined : this.#tokens.get(object.key)?.at(-1 - tokensAgo);
    // What repeats an accepted completion is told from a zombie's by the connection that it comes on, of which this model knows nothing.
    const claim = given === undefined || this.#done.has(given) ? undefined : given;
    if (claim !== undefined && complete) this.#done.add(claim);
    const change = { object, settled: [range], complete, ...(claim === undefined ? {} : { claim }) };
    const commit = { changes: [change], quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null };
    await this.#store.of('a').commit(commit);
    for (const [session, held] of this.#held)
      this.#held.set(
        session,
        held.filter((one) => one.claim !== claim || !(complete || claim.isLost)),
      );
    return claim?.isLost;
  }

  #hold(session: Session, shared: SharedObject, claim: Claim): void {
    this.#held.get(session)?.push({ shared, claim });
    const { key } = shared.object;
    this.#tokens.set(key, [...(this.#tokens.get(key) ?? []), claim]);
  }
}

describe.skipIf(lacksRedis)('shared state in memory', () => {
  const folder = mkdtempSync(join(tmpdir(), 's3es-shared-'));
  const processes = new Processes(folder);
  let url = '';
  let runs = 0;
  beforeAll(async () => {
    const { connection } = await startRedis('local', 'standalone', processes, process.env);
    if (connection.kind === 'url') ({ url } = connection);
  });
  afterAll(async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  async function withRedis<T>(work: (store: Store) => Promise<T>): Promise<T> {
    runs += 1;
    const config = {
      server: { kind: 'url', url },
      username: null,
      password: null,
      database: 0,
      keyPrefix: `run-${runs}`,
      tls: null,
      leaseTtlMs: LEASE_TTL_MS,
    } as const;
    const connection = createRedisConnection(config);
    await connection.connect(5_000);
    const states = new Map<Session, RedisState>();
    try {
      return await work({
        of(session) {
          const known = states.get(session);
          if (known !== undefined) return known;
          const state = new RedisState({
            connection,
            journal: new RedisJournal(join(folder, `${runs}-${session}`)),
            leaseTtlMs: LEASE_TTL_MS,
            events: { emit: () => undefined },
            newEpoch: () => 'epoch',
            scripts: createScripts(TEST_CLOCK),
          });
          states.set(session, state);
          return state;
        },
        async setTime(ms) {
          await connection.command('SET', [connection.key('clock'), ms]);
        },
      });
    } finally {
      for (const state of states.values()) await state.close();
    }
  }

  it('gives the answers that Redis gives, whatever is asked of the two', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation(), { minLength: 1, maxLength: 40 }), async (random) => {
        const operations = [...BEGINNING, ...random];
        let nowMs = START_MS;
        const memory = new MemorySharedState({ leaseTtlMs: LEASE_TTL_MS, epoch: 'epoch', now: () => nowMs });
        const model = new Driver({ of: () => memory, setTime: async (ms) => void (nowMs = ms) });
        await model.run(operations);
        const real = await withRedis(async (store) => {
          const driver = new Driver(store);
          await driver.run(operations);
          return driver;
        });
        expect(real.answers).toEqual(model.answers);
      }),
      { numRuns: 50 },
    );
  });
});
