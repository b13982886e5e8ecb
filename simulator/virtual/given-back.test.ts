/** What an instance gives back: whoever is left gets it at once, and nothing of it that is complete. */
import { describe, expect, it } from 'vitest';
import { RedisState, type SharedObject } from '#streamer';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryRedis } from './memory-redis.ts';
import { RedisData } from './redis-data.ts';
import { directConnection } from './testing/direct-connection.ts';

const START_MS = 1_765_324_556_414;
const HOUR_MS = 3_600_000;
const CLAIM = { objectsMax: 1, liveWindowMs: HOUR_MS };

/** Two sessions, of which `a` has claimed an object that may be read from then on. */
async function claimed({ rankMs }: { readonly rankMs: number }) {
  const clock = { nowMs: START_MS };
  const redis = new MemoryRedis({ now: () => clock.nowMs });
  let epochs = 0;
  const open = (): RedisState =>
    new RedisState({
      connection: directConnection(redis),
      journal: new MemoryJournal(),
      leaseTtlMs: 5_000,
      events: { emit: () => undefined },
      newEpoch: () => `epoch-${(epochs += 1)}`,
    });
  const [a, b] = [open(), open()];
  await a.renew('a', []);
  await b.renew('b', []);
  const object = { bucket: 'logs', key: 'web/1', etag: 'e', sizeBytes: 1, lastModifiedMs: START_MS };
  const shared: SharedObject = { object, listedMs: START_MS, rankMs, settled: [], wanted: null };
  await a.offer([shared], { readyMax: 1, liveWindowMs: HOUR_MS });
  const claims = (await a.claim('a', CLAIM)).claimed.map(({ claim }) => claim);
  expect(claims).toHaveLength(1);
  const takenByOther = async (): Promise<number> => (await b.claim('b', CLAIM)).claimed.length;
  return { clock, redis, a, b, object, held: claims.map((claim) => ({ shared, claim })), takenByOther };
}

describe('an object that is given back', () => {
  it('is there for others at once, though it is younger by its time stamp than Redis, whose clock is behind', async () => {
    const { a, takenByOther } = await claimed({ rankMs: START_MS + HOUR_MS });
    await a.leave('a');
    expect(await takenByOther()).toBe(1);
  });

  it('is there for others at once when the clock of Redis was set back since it was found', async () => {
    const { clock, a, takenByOther } = await claimed({ rankMs: START_MS - 1 });
    await a.leave('a');
    clock.nowMs -= HOUR_MS;
    expect(await takenByOther()).toBe(1);
  });
});

describe('an instance that stops', () => {
  it('just after a fail-over that forgot what it had completed tells that first: others would send it again', async () => {
    const { redis, a, b, object, held, takenByOther } = await claimed({ rankMs: START_MS });
    await a.renew('a', held);
    const replica = redis.data.copy();
    const changes = held.map(({ claim }) => ({ object, settled: [], complete: true, claim }));
    await a.commit({ changes, quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null });
    redis.restart(replica);
    await a.leave('a');
    expect(await takenByOther()).toBe(0);
    expect(await b.lookup([object])).toEqual([{ kind: 'complete' }]);
    expect(redis.data.sortedSet('sessions').score('a')).toBeNull();
  });
});

describe('a claim that its holder knows to be lost', () => {
  it('is not given back to it when Redis has forgotten all: it would take the object from whoever reads it', async () => {
    const { clock, redis, a, b, object, held } = await claimed({ rankMs: START_MS });
    clock.nowMs += 4_000;
    await b.renew('b', []);
    clock.nowMs += 2_000;
    // The lease of the first has ended.
    const taken = await b.claim('b', CLAIM);
    expect(taken.claimed).toHaveLength(1);
    expect((await a.renew('a', held)).lost).toHaveLength(1);
    redis.restart(new RedisData());
    for (const state of [a, b]) await state.lookup([object]);
    expect(taken.claimed.map(({ claim }) => claim.isLost)).toEqual([false]);
  });
});
