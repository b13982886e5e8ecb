/** What Redis has forgotten is told again from the journal, and once more where that is forgotten as well. Found by the virtual world: seed 1289. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type ObjectRef, type RedisConnection, RedisState, type StateCommit } from '#streamer';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryRedis } from './memory-redis.ts';
import { RedisData } from './redis-data.ts';
import { directConnection } from './testing/direct-connection.ts';

const START_MS = 1_765_324_556_414;
const LEASE_TTL_MS = 5_000;
const HOUR_MS = 3_600_000;
/** More than any of these tests asks. */
const COMMANDS_MAX = 16;

/** A replica that has what the first `had` commands did takes over between two commands, after `heard` of them or after all: none of them fails. */
interface FailOver {
  readonly had: number;
  readonly heard: number;
}

const failOvers: readonly FailOver[] = Array.from({ length: COMMANDS_MAX }, (_, heard) =>
  Array.from({ length: heard + 1 }, (_had, had) => ({ had, heard })),
).flat();

function refOf(key: string): ObjectRef {
  return { bucket: 'logs', key, etag: `e-${key}`, sizeBytes: 10, lastModifiedMs: START_MS - 60_000 };
}

const [whole, part] = [refOf('whole'), refOf('part')];
const complete = { object: whole, settled: [], complete: true };
const progress: StateCommit = {
  changes: [complete, { object: part, settled: [{ start: 0, end: 5 }], complete: false }],
  quarantined: [],
  fulfilled: [],
  head: { startFromMs: 0, floorMs: 0 },
  forgetBeforeMs: null,
};

function createRedis() {
  const redis = new MemoryRedis({ now: () => START_MS });
  const direct = directConnection(redis);
  let epochs = 0;
  let commands = 0;
  let failOver: FailOver | null = null;
  let replica: RedisData | null = null;
  const takeOver = (): void => {
    if (replica !== null) redis.restart(replica);
    failOver = null;
    replica = null;
  };
  const pass = async (ask: () => Promise<unknown>): Promise<unknown> => {
    if (failOver?.had === commands) replica = redis.data.copy();
    if (failOver?.heard === commands) takeOver();
    commands += 1;
    return ask();
  };
  const connection: RedisConnection = {
    ...direct,
    run: async (script, args) => pass(async () => direct.run(script, args)),
    command: async (name, args) => pass(async () => direct.command(name, args)),
  };
  return {
    open: (journal: MemoryJournal): RedisState =>
      new RedisState({
        connection,
        journal,
        leaseTtlMs: LEASE_TTL_MS,
        events: { emit: () => undefined },
        newEpoch: () => `epoch-${(epochs += 1)}`,
      }),
    empty: () => redis.restart(new RedisData()),
    /** Commands are counted from now on. */
    plan: (planned: FailOver) => {
      commands = 0;
      failOver = planned;
    },
    takeOver,
  };
}

/** As all callers do: where Redis has begun an epoch anew while it was told, they ask again. */
async function untilAnswered(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    expect(error).toMatchObject({ code: 'STATE_FORGOTTEN' });
    await ask();
  }
}

/** What another knows of the two, when the replica has taken over, and this one has renewed twice more. */
async function knownIn(redis: ReturnType<typeof createRedis>, state: RedisState, session: string) {
  redis.takeOver();
  for (let renewals = 0; renewals < 2; renewals += 1) await untilAnswered(async () => state.renew(session, []));
  const other = redis.open(new MemoryJournal());
  return (await other.lookup([whole, part])).map(({ kind }) => kind);
}

describe('what a journal has told is told again where a fail-over forgets it, at whichever command that is', () => {
  it('when Redis was empty, and the renewal hears of it', async () => {
    for (const failOver of failOvers) {
      const redis = createRedis();
      const state = redis.open(new MemoryJournal());
      await state.renew('a', []);
      await state.commit(progress);
      redis.empty();
      redis.plan(failOver);
      await untilAnswered(async () => state.renew('a', []));
      expect([failOver, await knownIn(redis, state, 'a')]).toEqual([failOver, ['complete', 'partial']]);
    }
  });

  it.each([
    ['a look-up', async (state: RedisState) => state.lookup([whole])],
    ['a commit', async (state: RedisState) => state.commit({ ...progress, changes: [] })],
  ])('when Redis was empty, and %s hears of it', async (_name, ask) => {
    for (const failOver of failOvers) {
      const redis = createRedis();
      const state = redis.open(new MemoryJournal());
      await state.renew('a', []);
      await state.commit(progress);
      redis.empty();
      redis.plan(failOver);
      await untilAnswered(async () => ask(state));
      expect([failOver, await knownIn(redis, state, 'a')]).toEqual([failOver, ['complete', 'partial']]);
    }
  });

  it('when a fail-over had forgotten it already', async () => {
    for (const failOver of failOvers) {
      const redis = createRedis();
      const state = redis.open(new MemoryJournal());
      await state.renew('a', []);
      redis.plan({ had: 0, heard: 1 });
      await state.commit({ ...progress, head: null });
      expect((await state.lookup([whole]))[0]?.kind).toBe('unknown');
      redis.plan(failOver);
      await untilAnswered(async () => state.renew('a', []));
      expect([failOver, await knownIn(redis, state, 'a')]).toEqual([failOver, ['complete', 'partial']]);
    }
  });

  it('when an instance starts, before it has a session', async () => {
    for (const failOver of failOvers) {
      const redis = createRedis();
      const journal = new MemoryJournal();
      const before = redis.open(journal);
      await before.renew('a', []);
      await before.commit(progress);
      redis.empty();
      const state = redis.open(journal);
      redis.plan(failOver);
      await untilAnswered(async () => state.readHead());
      await untilAnswered(async () => state.renew('b', []));
      expect([failOver, await knownIn(redis, state, 'b')]).toEqual([failOver, ['complete', 'partial']]);
    }
  });

  /** Found by the virtual world: seed 4352. */
  it('when an instance starts, and others have told Redis a floor above what it remembers', async () => {
    for (const failOver of failOvers) {
      const redis = createRedis();
      const journal = new MemoryJournal();
      const before = redis.open(journal);
      await before.renew('a', []);
      await before.commit(progress);
      redis.empty();
      const other = redis.open(new MemoryJournal());
      await other.renew('c', []);
      await other.commit({ ...progress, changes: [], head: { startFromMs: 0, floorMs: START_MS + 2 * HOUR_MS } });
      const state = redis.open(journal);
      redis.plan(failOver);
      await untilAnswered(async () => state.readHead());
      await untilAnswered(async () => state.renew('b', []));
      expect([failOver, await knownIn(redis, state, 'b')]).toEqual([failOver, ['complete', 'partial']]);
    }
  });

  it('when an instance starts again, and others have moved the floor past what a fail-over had forgotten of its last life', async () => {
    for (const failOver of failOvers) {
      const redis = createRedis();
      const journal = new MemoryJournal();
      const [before, other] = [redis.open(journal), redis.open(new MemoryJournal())];
      await before.renew('a', []);
      await before.commit({ ...progress, changes: [] });
      await other.renew('c', []);
      redis.plan({ had: 0, heard: 1 });
      await before.commit({ ...progress, head: null });
      await other.commit({ ...progress, changes: [], head: { startFromMs: 0, floorMs: START_MS + 2 * HOUR_MS } });
      const state = redis.open(journal);
      redis.plan(failOver);
      await untilAnswered(async () => state.readHead());
      await untilAnswered(async () => state.renew('b', []));
      expect([failOver, await knownIn(redis, state, 'b')]).toEqual([failOver, ['complete', 'partial']]);
    }
  });

  it('when a fail-over had forgotten it, and others have moved the floor past it since', async () => {
    const redis = createRedis();
    const [state, other] = [redis.open(new MemoryJournal()), redis.open(new MemoryJournal())];
    await state.renew('a', []);
    await other.renew('c', []);
    redis.plan({ had: 0, heard: 1 });
    await state.commit({ ...progress, head: null });
    await other.commit({ ...progress, changes: [], head: { startFromMs: 0, floorMs: START_MS + 2 * HOUR_MS } });
    expect(await knownIn(redis, state, 'a')).toEqual(['complete', 'partial']);
  });

  it('when a fail-over had forgotten it, and it was asked for by name, older than the floor', async () => {
    const redis = createRedis();
    const [state, other] = [redis.open(new MemoryJournal()), redis.open(new MemoryJournal())];
    await other.renew('c', []);
    await other.commit({ ...progress, changes: [], head: { startFromMs: 0, floorMs: START_MS + 2 * HOUR_MS } });
    await state.renew('a', []);
    const request = { seq: 1, kind: 'missing' } as const;
    const shared = { object: whole, listedMs: START_MS, rankMs: START_MS, settled: [], wanted: request };
    await other.offer([shared], { readyMax: 1, liveWindowMs: HOUR_MS });
    const { claimed } = await state.claim('a', { objectsMax: 1, liveWindowMs: HOUR_MS });
    const fulfilled = [{ wantedSeq: 1, outcome: 'delivered', atMs: START_MS } as const];
    redis.plan({ had: 0, heard: 1 });
    await state.commit({ ...progress, changes: claimed.map(({ claim }) => ({ ...complete, claim })), fulfilled });
    for (let renewals = 0; renewals < 2; renewals += 1) await state.renew('a', []);
    // Or else all of it would be sent once more.
    expect((await other.claim('c', { objectsMax: 1, liveWindowMs: HOUR_MS })).claimed).toEqual([]);
  });
});

describe('a completion that is under way when its holder is given the object once more, as a fail-over forgot that it has it', () => {
  it('is said again under the new token, and what was said with it changes nothing the second time', async () => {
    const redis = createRedis();
    const state = redis.open(new MemoryJournal());
    await state.renew('a', []);
    const objects = [whole, part].map((object) => ({
      object,
      listedMs: START_MS,
      rankMs: 0,
      settled: [],
      wanted: null,
    }));
    await state.offer(objects, { readyMax: 2, liveWindowMs: HOUR_MS });
    const claim = async () => (await state.claim('a', { objectsMax: 1, liveWindowMs: HOUR_MS })).claimed;
    const kept = await claim();
    redis.plan({ had: 0, heard: 1 });
    const held = [...kept, ...(await claim())];
    const changes = held.map((one) => ({ object: one.object, settled: [], complete: true, claim: one.claim }));
    const token = held[1]?.claim.token;
    // The commit is sent before the claim is answered.
    const [again] = await Promise.all([claim(), state.commit({ ...progress, changes, head: null })]);
    expect(again).toEqual([]);
    expect(held[1]?.claim.token).not.toBe(token);
    expect(held.map((one) => one.claim.isLost)).toEqual([false, false]);
    expect((await state.lookup([whole, part])).map(({ kind }) => kind)).toEqual(['complete', 'complete']);
  });
});

describe('a commit that is answered together with a renewal that was asked for before it', () => {
  it('is not taken for forgotten, as the renewal does not know of it', async () => {
    const redis = new MemoryRedis({ now: () => START_MS });
    const direct = directConnection(redis);
    const answers: (() => void)[] = [];
    const connection: RedisConnection = {
      ...direct,
      run: async (script, args) => {
        const answer = await direct.run(script, args);
        return new Promise((resolve) => answers.push(() => resolve(answer)));
      },
      command: async (name, args) => direct.command(name, args),
    };
    const told: string[] = [];
    const state = new RedisState({
      connection,
      journal: new MemoryJournal(),
      leaseTtlMs: LEASE_TTL_MS,
      events: { emit: ({ kind }) => told.push(kind) },
      newEpoch: () => 'epoch',
    });
    /** All that waits at a time comes in one piece, in order. */
    const untilDone = async (work: Promise<unknown>): Promise<void> => {
      for (let pieces = 0; pieces < COMMANDS_MAX; pieces += 1) {
        await setImmediate();
        for (const answer of answers.splice(0)) answer();
      }
      await work;
    };
    await untilDone(state.renew('a', []));
    await untilDone(Promise.all([state.renew('a', []), state.commit({ ...progress, head: null })]));
    expect(told).toEqual([]);
  });
});
