/** Objects that an operator asks for by name, where several instances share them: delivered once for each request, and nothing of a request is taken for delivered that is not. */
import { describe, expect, it } from 'vitest';
import { RedisAdmin, RedisState, type QuarantineRecord, type SharedObject, type StateCommit } from '#streamer';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryRedis } from './memory-redis.ts';
import { directConnection } from './testing/direct-connection.ts';

const START_MS = 1_765_324_556_414;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OFFER = { readyMax: 1, liveWindowMs: HOUR_MS };
const CLAIM = { objectsMax: 1, liveWindowMs: HOUR_MS };
const ALL = Number.MAX_SAFE_INTEGER;
const NOTHING: StateCommit = { changes: [], quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null };
/** What a sweep of now says, with an `audit.retention` of a week. */
const SWEPT: StateCommit = {
  ...NOTHING,
  head: { startFromMs: 0, floorMs: START_MS - DAY_MS },
  forgetBeforeMs: START_MS - 7 * DAY_MS,
};

/** Two sessions, of which `a` lists, and an object that is complete. */
async function setUp({ ageMs = 2 * DAY_MS } = {}) {
  const clock = { nowMs: START_MS };
  const redis = new MemoryRedis({ now: () => clock.nowMs });
  const connection = directConnection(redis);
  let epochs = 0;
  const open = (journal = new MemoryJournal()): RedisState =>
    new RedisState({
      connection,
      journal,
      leaseTtlMs: 5_000,
      events: { emit: () => undefined },
      newEpoch: () => `epoch-${(epochs += 1)}`,
    });
  const journal = new MemoryJournal();
  const [a, b] = [open(), open(journal)];
  await a.renew('a', []);
  await b.renew('b', []);
  const object = { bucket: 'logs', key: 'web/1', etag: 'e', sizeBytes: 100, lastModifiedMs: START_MS - ageMs };
  await a.commit({ ...SWEPT, changes: [{ object, settled: [], complete: true }] });
  const told = (seq: number): SharedObject => ({
    object,
    listedMs: START_MS,
    rankMs: START_MS - DAY_MS,
    settled: [],
    wanted: { seq, kind: 'again' },
  });
  return {
    ...{ clock, redis, a, b, object, open, journal },
    /** Gives back the number of the request. */
    want: async (quarantineIds: readonly number[] | 'all' = 'all'): Promise<number> => {
      const admin = await RedisAdmin.open(connection);
      const settled =
        quarantineIds === 'all'
          ? []
          : [
              { start: 0, end: 10 },
              { start: 20, end: ALL },
            ];
      await admin?.want([{ object, kind: 'again', settled, quarantineIds }]);
      return (await a.readWanted(0, 1)).at(-1)?.seq ?? 0;
    },
    offer: async (seq: number) => (await a.offer([told(seq)], OFFER))[0],
    claimed: async (state: RedisState, session: string) => (await state.claim(session, CLAIM)).claimed[0],
    read: { object, settled: [{ start: 0, end: 50 }], complete: false },
    fulfilled: (wantedSeq: number) => [{ wantedSeq, outcome: 'delivered', atMs: START_MS } as const],
  };
}

type World = Awaited<ReturnType<typeof setUp>>;

/** One line of what `read` tells as settled is in quarantine. */
function refusedLine({ object }: World): QuarantineRecord {
  const range = { start: 10, end: 20 };
  return { object, range, firstLine: 1, lineCount: 1, reason: 'refused', detail: 'no', atMs: START_MS };
}

describe('an object older than what state remembers, that was asked for', () => {
  it('is not read once more where it was delivered, and forgotten, before whoever lists tells of it again', async () => {
    const { a, b, object, want, offer, claimed, fulfilled } = await setUp({ ageMs: 10 * DAY_MS });
    const seq = await want();
    expect(await offer(seq)).toBe('queued');
    const { claim } = (await claimed(b, 'b')) ?? {};
    if (claim === undefined) throw new Error('nothing was claimed');
    await b.commit({
      ...NOTHING,
      changes: [{ object, settled: [], complete: true, claim }],
      fulfilled: fulfilled(seq),
    });
    await a.commit(SWEPT);
    expect(await offer(seq)).toBe('complete');
  });

  it('keeps what was delivered of it, though sweeps go on: whoever takes it over does not send it again', async () => {
    const { clock, a, b, read, want, offer, claimed } = await setUp({ ageMs: 10 * DAY_MS });
    const seq = await want();
    await offer(seq);
    const { claim } = (await claimed(b, 'b')) ?? {};
    if (claim === undefined) throw new Error('nothing was claimed');
    await b.commit({ ...NOTHING, changes: [{ ...read, claim }] });
    await a.commit(SWEPT);
    for (let renewals = 0; renewals < 2; renewals += 1) {
      clock.nowMs += 3_000;
      await a.renew('a', []);
    }
    expect((await claimed(a, 'a'))?.settled).toEqual(read.settled);
  });
});

describe('a request that is fulfilled', () => {
  it('has its object read by nobody else, where a fail-over forgot the claim, so that the completion did not count', async () => {
    const { redis, a, b, object, want, offer, claimed, fulfilled } = await setUp();
    const seq = await want();
    await offer(seq);
    const replica = redis.data.copy();
    const { claim } = (await claimed(b, 'b')) ?? {};
    if (claim === undefined) throw new Error('nothing was claimed');
    redis.restart(replica);
    await b.commit({
      ...NOTHING,
      changes: [{ object, settled: [], complete: true, claim }],
      fulfilled: fulfilled(seq),
    });
    expect(claim.isLost).toBe(true);
    expect(await claimed(a, 'a')).toBeUndefined();
    expect(await offer(seq)).toBe('complete');
  });
});

describe('a line in quarantine that is asked for', () => {
  it('is not taken for delivered by what an earlier request of the object had settled', async () => {
    const world = await setUp();
    const { a, b, read, want, offer, claimed } = world;
    await offer(await want());
    const held = await claimed(b, 'b');
    if (held === undefined) throw new Error('nothing was claimed');
    const { claim, ...shared } = held;
    await b.commit({ ...NOTHING, changes: [{ ...read, claim }], quarantined: [refusedLine(world)] });
    // Its source was taken out of this one's configuration.
    await b.dismiss([{ shared, claim }]);
    await offer(await want([1]));
    const sent = [
      { start: 0, end: 10 },
      { start: 20, end: 50 },
    ];
    expect((await claimed(a, 'a'))?.settled).toEqual(sent);
  });

  it('is not taken for delivered by what a journal tells of an earlier reading', async () => {
    const world = await setUp({ ageMs: 10 * DAY_MS });
    const { a, b, object, read, open, journal, want, offer, claimed, fulfilled } = world;
    const seq = await want();
    await offer(seq);
    const { claim } = (await claimed(b, 'b')) ?? {};
    if (claim === undefined) throw new Error('nothing was claimed');
    await b.commit({ ...NOTHING, changes: [{ ...read, claim }], quarantined: [refusedLine(world)] });
    // Another read the rest.
    await a.commit({ ...NOTHING, changes: [{ object, settled: [], complete: true }], fulfilled: fulfilled(seq) });
    await a.commit(SWEPT);
    const retry = await want([1]);
    await open(journal).readHead();
    expect(await offer(retry)).toBe('queued');
    expect((await claimed(a, 'a'))?.settled).toEqual([]);
  });
});
