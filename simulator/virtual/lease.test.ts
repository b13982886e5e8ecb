/** A lease, as its holder counts it and as Redis does. Found by the virtual world: seeds 785 and 878. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RedisConnection, RedisState, type SharedObject, type StateCommit, StreamerError } from '#streamer';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryRedis } from './memory-redis.ts';
import { RedisData } from './redis-data.ts';
import { directConnection } from './testing/direct-connection.ts';

const START_MS = 1_765_324_556_414;
const LEASE_TTL_MS = 5_000;
const CLAIM = { objectsMax: 1, liveWindowMs: 600_000 };

const shared: SharedObject = {
  object: { bucket: 'logs', key: 'web/1', etag: 'e', sizeBytes: 1, lastModifiedMs: START_MS - 60_000 },
  listedMs: START_MS,
  rankMs: START_MS - 1_000,
  settled: [],
  wanted: null,
};

const progress: StateCommit = {
  changes: [{ object: shared.object, settled: [], complete: true }],
  quarantined: [],
  fulfilled: [],
  head: null,
  forgetBeforeMs: null,
};

function stateOn(connection: RedisConnection, newEpoch = (): string => 'epoch'): RedisState {
  return new RedisState({
    connection,
    journal: new MemoryJournal(),
    leaseTtlMs: LEASE_TTL_MS,
    events: { emit: () => undefined },
    newEpoch,
  });
}

/** `a` asks for a lease and claims the object; its renewal is `wayMs` under way. */
async function claimed({ askedMs, wayMs }: { readonly askedMs: number; readonly wayMs: number }) {
  const clock = { nowMs: askedMs + wayMs };
  const redis = new MemoryRedis({ now: () => clock.nowMs });
  const open = (): RedisState => stateOn(directConnection(redis));
  const [a, b] = [open(), open()];
  await a.renew('a', []);
  await a.offer([shared], { readyMax: 1, liveWindowMs: CLAIM.liveWindowMs });
  await a.claim('a', CLAIM);
  clock.nowMs += LEASE_TTL_MS / 2;
  await b.renew('b', []);
  /** What `b` gets of it at that moment. */
  const takenAt = async (ms: number): Promise<number> => {
    clock.nowMs = ms;
    return (await b.claim('b', CLAIM)).claimed.length;
  };
  return { takenAt };
}

/** Of a millisecond. */
const fraction = fc.integer({ min: 0, max: 999 }).map((thousandths) => thousandths / 1_000);

describe('a lease', () => {
  it('lasts in Redis, which counts whole milliseconds, as long as its holder counts on it, and at most one longer', async () => {
    await fc.assert(
      fc.asyncProperty(fraction, fraction, fraction, async (askedAt, wayMs, leftMs) => {
        const askedMs = START_MS + askedAt;
        const { takenAt } = await claimed({ askedMs, wayMs });
        const endMs = askedMs + LEASE_TTL_MS;
        expect(await takenAt(endMs - leftMs - 0.001)).toBe(0);
        expect(await takenAt(endMs + wayMs + 1)).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  it('is counted by its holder from when Redis is asked for it, whatever Redis is told first, and from the last time where it is asked twice', async () => {
    const clock = { nowMs: START_MS };
    const redis = new MemoryRedis({ now: () => clock.nowMs });
    const direct = directConnection(redis);
    const renewedMs: number[] = [];
    const connection: RedisConnection = {
      ...direct,
      run: async (script, args) => {
        if (script.name === 'renew') renewedMs.push(clock.nowMs);
        clock.nowMs += 1_000;
        return direct.run(script, args);
      },
    };
    let epochs = 0;
    const state = stateOn(connection, () => `epoch-${(epochs += 1)}`);
    await state.commit(progress);
    const askedMs: number[] = [];
    const onAsk = (): (() => void) => {
      askedMs.push(clock.nowMs);
      return () => undefined;
    };
    const renew = async (): Promise<unknown> => state.renew('a', [], onAsk);
    // It tells what it told before it had a session, and then renews.
    const startMs = clock.nowMs;
    await renew();
    expect(renewedMs[0]).toBeGreaterThan(startMs);
    redis.restart(new RedisData());
    // Redis refuses the epoch, is told all, and is asked again.
    await renew();
    expect(renewedMs).toHaveLength(3);
    expect(askedMs).toEqual(renewedMs);
  });

  it('that a fail-over has forgotten, and that is over in Redis, is good for nothing there: the next who asks would have the object, too', async () => {
    const clock = { nowMs: START_MS };
    const redis = new MemoryRedis({ now: () => clock.nowMs });
    const open = (): RedisState => stateOn(directConnection(redis));
    const [a, b] = [open(), open()];
    await a.renew('a', []);
    clock.nowMs += 3_000;
    await b.renew('b', []);
    await b.offer([shared], { readyMax: 1, liveWindowMs: CLAIM.liveWindowMs });
    const replica = redis.data.copy();
    await a.renew('a', []);
    clock.nowMs += 2_500;
    redis.restart(replica);
    expect(await a.claim('a', CLAIM)).toEqual({ claimed: [], takenOver: 0, isLeaseOver: true });
    // It renews, and has its turn.
    await a.renew('a', []);
    expect((await a.claim('a', CLAIM)).claimed).toHaveLength(1);
    expect((await b.claim('b', CLAIM)).claimed).toEqual([]);
  });

  it('counts for its holder as soon as Redis has said so, also where telling it what it has forgotten fails', async () => {
    const redis = new MemoryRedis({ now: () => START_MS });
    const direct = directConnection(redis);
    const plan = { isCommitBroken: false };
    const connection: RedisConnection = {
      ...direct,
      run: async (script, args) => {
        if (plan.isCommitBroken && script.name === 'commit') throw new StreamerError('STATE_UNREACHABLE', 'broken');
        return direct.run(script, args);
      },
    };
    const state = stateOn(connection);
    await state.renew('a', []);
    const replica = redis.data.copy();
    await state.commit(progress);
    redis.restart(replica);
    plan.isCommitBroken = true;
    let answers = 0;
    const renewing = state.renew('a', [], () => () => (answers += 1));
    await expect(renewing).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
    expect(answers).toBe(1);
  });
});
