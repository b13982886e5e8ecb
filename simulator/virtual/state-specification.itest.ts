/**
 * What state means, whoever keeps it: the same properties of the file store, of Redis (a real one) and of the virtual world's memory. What several instances
 * ask of it beside that is compared call by call, in memory-redis.itest.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRedisConnection,
  decodeQuarantine,
  type ObjectRecord,
  type ObjectRef,
  openFileStateStore,
  openStateReader,
  type QuarantineRecord,
  type Range,
  RedisAdmin,
  RedisJournal,
  RedisState,
  type StateChange,
  type StateCommit,
  type StateStore,
  unionRanges,
} from '#streamer';
import { Processes } from '../process/processes.ts';
import { findRedisBinary } from '../redis/local-host.ts';
import { startRedis } from '../redis/start.ts';
import { DurableState } from './durable-state.ts';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryRedis } from './memory-redis.ts';
import { directConnection } from './testing/direct-connection.ts';

const HOUR_MS = 3_600_000;
const LEASE_TTL_MS = 15_000;
/** What state begins with: those who only look at it know by this that there is some. */
const HEAD = { startFromMs: 17.5, floorMs: 18.25 };

/** One state, empty at first. */
interface Kept {
  /** As a program does that has been started again. Only one is open at a time. */
  open(): Promise<StateStore>;
  /** As an operator sees it. */
  quarantined(): Promise<readonly QuarantineRecord[]>;
}

interface StoreKind {
  readonly name: string;
  readonly isMissing: boolean;
  /** Once for all tests. */
  start(folder: string): Promise<void>;
  stop(): Promise<void>;
  /** `name`: never the same twice. */
  begin(name: string): Kept;
}

const inFile: StoreKind & { folder: string } = {
  name: 'a file',
  isMissing: false,
  folder: '',
  async start(folder) {
    this.folder = folder;
  },
  async stop() {},
  begin(name) {
    const path = join(this.folder, name, 'state.db');
    return {
      open: async () => openFileStateStore(path),
      async quarantined() {
        const reader = openStateReader(path);
        const records = reader?.quarantined({ isClosedToo: false }) ?? [];
        reader?.close();
        return records;
      },
    };
  },
};

const inRedis: StoreKind & { folder: string; url: string; processes: Processes | null } = {
  name: 'Redis',
  isMissing: process.env['CI'] !== 'true' && findRedisBinary(process.env) === null,
  folder: '',
  url: '',
  processes: null,
  async start(folder) {
    this.folder = folder;
    this.processes = new Processes(folder);
    const { connection } = await startRedis('local', 'standalone', this.processes, process.env);
    if (connection.kind === 'url') this.url = connection.url;
  },
  async stop() {
    await this.processes?.stopAll();
  },
  begin(name) {
    const config = {
      server: { kind: 'url', url: this.url },
      username: null,
      password: null,
      database: 0,
      keyPrefix: name,
      tls: null,
      leaseTtlMs: LEASE_TTL_MS,
    } as const;
    const connect = async () => {
      const connection = createRedisConnection(config);
      await connection.connect(5_000);
      return connection;
    };
    return {
      open: async () =>
        new RedisState({
          connection: await connect(),
          journal: new RedisJournal(join(this.folder, name)),
          leaseTtlMs: LEASE_TTL_MS,
          events: { emit: () => undefined },
          newEpoch: () => 'epoch',
        }),
      async quarantined() {
        const admin = await RedisAdmin.open(await connect());
        const records = (await admin?.quarantined({ isClosedToo: false })) ?? [];
        await admin?.close();
        return records;
      },
    };
  },
};

const inMemory: StoreKind = {
  name: 'the memory of the virtual world',
  isMissing: false,
  async start() {},
  async stop() {},
  begin() {
    const durable = new DurableState();
    const store: StateStore = {
      readHead: async () => durable.head,
      lookup: async (objects) => objects.map((object) => durable.record(object)),
      readWanted: async (afterSeq, objectsMax) => durable.readWanted(afterSeq, objectsMax),
      commit: async (commit) => durable.apply(commit),
      close: async () => undefined,
    };
    return { open: async () => store, quarantined: async () => durable.quarantined };
  },
};

const inMemoryRedis: StoreKind = {
  name: 'a Redis in memory',
  isMissing: false,
  async start() {},
  async stop() {},
  begin() {
    const redis = new MemoryRedis({ now: () => 0 });
    const journal = new MemoryJournal();
    return {
      open: async () =>
        new RedisState({
          connection: directConnection(redis),
          journal,
          leaseTtlMs: LEASE_TTL_MS,
          events: { emit: () => undefined },
          newEpoch: () => 'epoch',
        }),
      quarantined: async () =>
        [...redis.data.hash('quarantine').values()].map((record) => recordIn(decodeQuarantine(record))),
    };
  },
};

/** Without what became of it. */
function recordIn({
  wantedSeq: _wantedSeq,
  closedMs: _closedMs,
  outcome: _outcome,
  ...record
}: ReturnType<typeof decodeQuarantine>): QuarantineRecord {
  return record;
}

function commitOf(of: Partial<StateCommit>): StateCommit {
  return { changes: [], quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null, ...of };
}

function refOf(key: string, lastModifiedMs = 0, of: Partial<ObjectRef> = {}): ObjectRef {
  return { bucket: 'logs', key, etag: 'e', sizeBytes: 1, lastModifiedMs, ...of };
}

const range = fc
  .tuple(fc.nat(50), fc.integer({ min: 1, max: 20 }))
  .map(([start, bytes]): Range => ({ start, end: start + bytes }));

/** How a commit comes: once; twice, as after an answer that was lost; beside the next one; before a restart. */
const arrival = fc.constantFrom('once', 'twice', 'beside the next', 'before a restart');
type Arrival = typeof arrival extends fc.Arbitrary<infer T> ? T : never;

for (const kind of [inFile, inRedis, inMemory, inMemoryRedis])
  describe.skipIf(kind.isMissing)(`state in ${kind.name}`, () => {
    specify(kind);
  });

function specify(kind: StoreKind): void {
  const folder = mkdtempSync(join(tmpdir(), 's3es-state-'));
  let runs = 0;
  beforeAll(async () => kind.start(folder));
  afterAll(async () => {
    await kind.stop();
    rmSync(folder, { recursive: true });
  });

  /** With a state of its own. */
  async function withState(work: (state: OpenState) => Promise<void>): Promise<void> {
    runs += 1;
    const state = await OpenState.begin(kind.begin(`run-${runs}`));
    try {
      await work(state);
    } finally {
      await state.store.close();
    }
  }

  it('unites progress: in any order, twice, at the same time, over restarts', async () => {
    const change = fc.record({ key: fc.constantFrom('a', 'b', 'c'), settled: fc.array(range, { maxLength: 3 }) });
    const commit = fc.record({ changes: fc.uniqueArray(change, { selector: ({ key }) => key }), arrival });
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { maxLength: 8 }), async (commits) => {
        await withState(async (state) => {
          const settled = new Map<string, readonly Range[]>();
          for (const { changes, arrival: how } of commits) {
            await state.commit(
              { changes: changes.map(({ key, settled: ranges }) => settledPart(refOf(key), ranges)) },
              how,
            );
            for (const { key, settled: ranges } of changes)
              settled.set(key, unionRanges(settled.get(key) ?? [], ranges));
          }
          await state.settle();
          const expected = ['a', 'b', 'c'].map((key) => recordOf(settled.get(key) ?? []));
          expect(await state.store.lookup(['a', 'b', 'c'].map((key) => refOf(key)))).toEqual(expected);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('takes what is complete for complete, whatever is told of it later, and wherever it was copied onto itself', async () => {
    const hour = fc.nat(3);
    const change = fc.record({ key: fc.constantFrom('a', 'b'), hour, settled: range, complete: fc.boolean() });
    const commit = fc.record({ changes: fc.uniqueArray(change, { selector: ({ key }) => key }), arrival });
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { maxLength: 8 }), async (commits) => {
        await withState(async (state) => {
          const settled = new Map<string, readonly Range[]>();
          const completeFrom = new Map<string, number>();
          for (const { changes, arrival: how } of commits) {
            await state.commit(
              {
                changes: changes.map(({ key, hour: at, settled: ranges, complete }) => ({
                  object: refOf(key, at * HOUR_MS),
                  settled: [ranges],
                  complete,
                })),
              },
              how,
            );
            for (const { key, hour: at, settled: ranges, complete } of changes) {
              settled.set(key, unionRanges(settled.get(key) ?? [], [ranges]));
              if (complete) completeFrom.set(key, Math.min(at, completeFrom.get(key) ?? Infinity));
            }
          }
          await state.settle();
          for (const key of ['a', 'b']) {
            // Of a copy that is older than all that was completed nothing is promised.
            const from = completeFrom.get(key);
            const hours = [0, 1, 2, 3, 30].filter((at) => from === undefined || at >= from);
            const expected = from === undefined ? recordOf(settled.get(key) ?? []) : { kind: 'complete' };
            const records = await state.store.lookup(hours.map((at) => refOf(key, at * HOUR_MS)));
            expect(records).toEqual(hours.map(() => expected));
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('finds an object that was copied onto itself behind 40 hours that have others', async () => {
    await withState(async (state) => {
      for (let hour = 0; hour < 40; hour += 1)
        await state.commit({ changes: [completed(refOf(`o${hour}`, hour * HOUR_MS))] });
      const asked = [
        refOf('o3', 39.5 * HOUR_MS),
        refOf('o30', 40 * HOUR_MS, { etag: 'another version' }),
        refOf('new', 40 * HOUR_MS),
      ];
      expect((await state.store.lookup(asked)).map(({ kind: known }) => known)).toEqual([
        'complete',
        'unknown',
        'unknown',
      ]);
    });
  });

  it('forgets what was last modified before the hour of a moment, and nothing that was modified after the moment', async () => {
    // Few hours, so that moments and objects meet in one.
    const time = fc
      .tuple(fc.nat(4), fc.constantFrom(0, 1, HOUR_MS / 2, HOUR_MS - 1))
      .map(([hour, ms]) => hour * HOUR_MS + ms);
    // Some are told of once more, under the time of a later copy.
    const object = fc.record({ times: fc.array(time, { minLength: 1, maxLength: 2 }), complete: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1, maxLength: 8 }),
        fc.array(time, { minLength: 1, maxLength: 2 }),
        arrival,
        async (objects, moments, how) => {
          await withState(async (state) => {
            for (const round of [0, 1]) {
              const changes = objects.flatMap(({ times, complete }, index) => {
                const ms = times.toSorted((a, b) => a - b)[round];
                if (ms === undefined) return [];
                return [complete ? completed(refOf(`o${index}`, ms)) : settledPart(refOf(`o${index}`, ms), [WHOLE])];
              });
              await state.commit({ changes });
            }
            for (const forgetBeforeMs of moments) await state.commit({ forgetBeforeMs }, how);
            await state.settle();
            const latest = objects.map(({ times }, index) => refOf(`o${index}`, Math.max(...times)));
            const forgottenMs = Math.max(...moments);
            for (const [index, record] of (await state.store.lookup(latest)).entries()) {
              const isComplete = objects[index]?.complete === true;
              const lastMs = latest[index]?.lastModifiedMs ?? 0;
              // Complete objects are kept and forgotten by the hour.
              const isKept = lastMs >= (isComplete ? Math.floor(forgottenMs / HOUR_MS) * HOUR_MS : forgottenMs);
              const known = isComplete ? { kind: 'complete' } : recordOf([WHOLE]);
              expect(record).toEqual(isKept ? known : { kind: 'unknown' });
            }
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('tells objects apart by bucket, key and ETag, whatever they are made of', async () => {
    const text = fc.oneof(
      fc.constantFrom("it's", 'a"b', 'ü/ñ/日本', 'line\nbreak', '%_*', '', ' ', 'a', 'a ', 'A', '{x}:1'),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    );
    const object = fc.record({
      bucket: fc.constantFrom('logs', 'logs-2'),
      key: text,
      etag: fc.constantFrom('e', 'e-2', ''),
    });
    const objects = fc.uniqueArray(object, {
      selector: ({ bucket, key, etag }) => JSON.stringify([bucket, key, etag]),
      minLength: 2,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(objects, arrival, async (names, how) => {
        await withState(async (state) => {
          const refs = names.map(({ key, ...of }) => refOf(key, 0, of));
          const partOf = (index: number): Range => ({ start: index, end: index + 1 });
          await state.commit(
            {
              changes: refs.flatMap((ref, index) => {
                if (index % 3 === 0) return [completed(ref)];
                return index % 3 === 1 ? [settledPart(ref, [partOf(index)])] : [];
              }),
            },
            how,
          );
          await state.settle();
          expect(await state.store.lookup(refs)).toEqual(
            refs.map((_, index) =>
              index % 3 === 0 ? { kind: 'complete' } : recordOf(index % 3 === 1 ? [partOf(index)] : []),
            ),
          );
        });
      }),
      { numRuns: 40 },
    );
  });

  it('answers in the order in which it is asked, however many are asked for', async () => {
    await withState(async (state) => {
      const refs = Array.from({ length: 1_203 }, (_, index) => refOf(`o${index}`, index * 10_000));
      await state.commit({ changes: refs.filter((_, index) => index % 7 === 0).map(completed) });
      const asked = refs.toReversed();
      expect(await state.store.lookup(asked)).toEqual(
        asked.map(({ key }) => (Number(key.slice(1)) % 7 === 0 ? { kind: 'complete' } : { kind: 'unknown' })),
      );
    });
  });

  it('holds each quarantined record once, as it was told, in the order in which it was told', async () => {
    const record = fc.record({
      key: fc.constantFrom('a', 'b'),
      range: fc.option(range, { nil: null }),
      firstLine: fc.option(fc.nat(9), { nil: null }),
      lineCount: fc.option(fc.nat(9), { nil: null }),
      reason: fc.constantFrom('refused', 'gzip-corrupt', 'object-gone'),
      detail: fc.constantFrom('answered 400: ‘no’', 'it is gone'),
      settled: fc.option(fc.array(range, { maxLength: 2 }), { nil: undefined }),
    });
    const commits = fc.array(
      fc.record({
        records: fc.array(record, { minLength: 1, maxLength: 3 }),
        arrival: fc.constantFrom('once', 'twice', 'before a restart'),
      }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(commits, async (told) => {
        await withState(async (state) => {
          const all: QuarantineRecord[] = [];
          for (const { records, arrival: how } of told) {
            const quarantined = records.map(({ key, settled, ...of }): QuarantineRecord => {
              all.push({
                object: refOf(key, 5),
                ...of,
                atMs: all.length + 0.5,
                ...(settled === undefined ? {} : { settled }),
              });
              return all.at(-1)!;
            });
            await state.commit({ quarantined }, how);
          }
          expect(await state.quarantined()).toMatchObject(all);
          expect(await state.quarantined()).toHaveLength(all.length);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('is a first start until it has a head, and then knows it over restarts', async () => {
    const store = await kind.begin('head').open();
    expect(await store.readHead()).toBeNull();
    await store.close();
    await withState(async (state) => {
      const head = { ...HEAD, floorMs: HEAD.floorMs + 1_000 };
      await state.commit({ head }, 'before a restart');
      await state.commit({ changes: [completed(refOf('a'))] });
      expect(await state.store.readHead()).toEqual(head);
    });
  });
}

const WHOLE: Range = { start: 0, end: 9 };

/** A state with a head, and the store that is open on it now. */
class OpenState {
  readonly #kept: Kept;
  #store: StateStore;
  #underWay: Promise<void> | null = null;

  static async begin(kept: Kept): Promise<OpenState> {
    const state = new OpenState(kept, await kept.open());
    await state.commit({ head: HEAD });
    return state;
  }

  private constructor(kept: Kept, store: StateStore) {
    this.#kept = kept;
    this.#store = store;
  }

  get store(): StateStore {
    return this.#store;
  }

  async commit(of: Partial<StateCommit>, how: Arrival = 'once'): Promise<void> {
    const commit = commitOf(of);
    const before = this.#underWay;
    this.#underWay = this.#store.commit(commit);
    if (how === 'beside the next') return void (before !== null && (await before));
    await Promise.all([before, this.settle()]);
    if (how === 'twice') await this.#store.commit(commit);
    if (how !== 'before a restart') return;
    await this.#store.close();
    this.#store = await this.#kept.open();
  }

  /** Until nothing is under way any more. */
  async settle(): Promise<void> {
    await this.#underWay;
    this.#underWay = null;
  }

  async quarantined(): Promise<readonly QuarantineRecord[]> {
    await this.settle();
    return this.#kept.quarantined();
  }
}

function completed(object: ObjectRef): StateChange {
  return { object, settled: [WHOLE], complete: true };
}

function settledPart(object: ObjectRef, settled: readonly Range[]): StateChange {
  return { object, settled, complete: false };
}

function recordOf(settled: readonly Range[]): ObjectRecord {
  return settled.length === 0 ? { kind: 'unknown' } : { kind: 'partial', settled };
}
