/** What must be told again, once Redis knows less than it did. Seed 5048: it was asked to drop some of that before, and had forgotten nothing. */
import { describe, expect, it } from 'vitest';
import { Claim, createScripts, encodeWanted, RedisState, sharedIdOf, type StateCommit } from '#streamer';
import { rangeOfKind } from './content-kinds.ts';
import { Judge } from './invariants.ts';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryRedis } from './memory-redis.ts';
import { RedisData } from './redis-data.ts';
import { SavedProgress } from './saved-progress.ts';
import { SharingWatch } from './sharing-watch.ts';
import { directConnection } from './testing/direct-connection.ts';
import { Trace } from './trace.ts';
import { Truth } from './truth.ts';
import { VirtualTime } from './virtual-time.ts';

const START_MS = 1_765_324_556_414;
const LEASE_TTL_MS = 5_000;

/** An instance saves part of an object, and does nothing more. */
function setUp() {
  const time = new VirtualTime(START_MS);
  const nowMs = (): number => time.nowMs;
  const judge = new Judge(nowMs);
  const truth = new Truth({ judge, nowMs });
  const watch = new SharingWatch({
    ...{ judge, truth, time, leaseTtlMs: LEASE_TTL_MS, onFulfilled: () => undefined },
    trace: new Trace({ nowMs, isKept: false }),
    progress: new SavedProgress({ judge, truth, isShared: true }),
  });
  const redis = new MemoryRedis({ now: nowMs, watch });
  const place = { bucket: 'logs', key: 'web/1', lastModifiedMs: START_MS, visibleMs: START_MS };
  const version = truth.addVersion({ ...place, standing: 'owed' }, rangeOfKind('small').firstId);
  const object = { ...place, etag: version.content.etag, sizeBytes: version.content.stored.length };
  const settled = [{ start: 0, end: version.content.lines[0]?.end ?? 0 }];
  const commit: StateCommit = {
    changes: [{ object, settled, complete: false }],
    ...{ quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null },
  };
  const state = new RedisState({
    ...{ connection: directConnection(redis), journal: new MemoryJournal(), leaseTtlMs: LEASE_TTL_MS },
    ...{ events: { emit: () => undefined }, newEpoch: () => 'epoch' },
  });
  const teller = { number: 1, host: 0, isAlive: true, pausedUntilMs: -Infinity, ableSinceMs: START_MS };
  watch.onSession('a', teller);
  return {
    redis,
    save: async () => {
      await state.renew('a', []);
      watch.journals.onJournaled(teller.host, commit);
      watch.journals.onRecorded(teller.host, commit);
      await state.commit(commit);
    },
    /** It stands in the journal though the write failed, so that Redis is not told. */
    saveInJournalAlone: async () => {
      await state.renew('a', []);
      watch.journals.onJournaled(teller.host, commit);
    },
    /** Something else, before that. */
    saveNothing: async () => {
      await state.renew('a', []);
      await state.commit({ ...commit, changes: [] });
    },
    wantAgain: () => {
      const record = encodeWanted({ object, kind: 'again', settled: [] });
      const request = { id: sharedIdOf(object), earlier: '', record, isWhole: true, quarantine: [] };
      redis.run(createScripts().want, ['epoch', JSON.stringify([request])]);
    },
    /** Its lease ended before it completes the object, and Redis refuses that. */
    saveTooLate: async () => {
      await state.renew('a', []);
      const claim = new Claim('epoch.1.1.0.a');
      const late = { ...commit, changes: [{ object, settled, complete: true, claim }] };
      watch.journals.onJournaled(teller.host, late);
      watch.journals.onRecorded(teller.host, late);
      await state.commit(late);
      expect(claim.isLost).toBe(true);
    },
    /** Nobody tells it anything. Gives back what is wrong two leases later. */
    failOver: async (replica: RedisData) => {
      const before = redis.data;
      redis.restart(replica);
      watch.forgot(replica, before);
      const untilMs = time.nowMs + 2 * LEASE_TTL_MS;
      await time.run(() => time.nowMs >= untilMs, 10);
      return judge.violation?.invariant ?? null;
    },
  };
}

describe('what stands in a journal, and Redis does not know after a fail-over', () => {
  it('must be told again', async () => {
    const { redis, save, failOver } = setUp();
    const replica = redis.data.copy();
    await save();
    expect(await failOver(replica)).toBe('told-again');
  });

  it('need not, where Redis had dropped it before, as all of the object was asked for again', async () => {
    const { redis, save, wantAgain, failOver } = setUp();
    await save();
    wantAgain();
    expect(await failOver(redis.data.copy())).toBeNull();
  });

  it('must, where it was saved after that', async () => {
    const { redis, save, wantAgain, failOver } = setUp();
    await save();
    wantAgain();
    const replica = redis.data.copy();
    await save();
    expect(await failOver(replica)).toBe('told-again');
  });

  it('must, where that is forgotten, too', async () => {
    const { save, wantAgain, failOver } = setUp();
    await save();
    wantAgain();
    expect(await failOver(new RedisData())).toBe('told-again');
  });

  it('need not, where Redis had refused it, and has forgotten nothing', async () => {
    const { redis, saveTooLate, failOver } = setUp();
    await saveTooLate();
    expect(await failOver(redis.data.copy())).toBeNull();
  });

  it('must, where the refusal is forgotten, too', async () => {
    const { redis, save, saveTooLate, failOver } = setUp();
    await save();
    const replica = redis.data.copy();
    await saveTooLate();
    expect(await failOver(replica)).toBe('told-again');
  });

  it('need not, where the write failed all the same, and Redis has forgotten nothing', async () => {
    const { redis, saveNothing, saveInJournalAlone, failOver } = setUp();
    await saveNothing();
    await saveInJournalAlone();
    expect(await failOver(redis.data.copy())).toBeNull();
  });

  it('must, where Redis has forgotten something else of that session, so that all of the journal is told', async () => {
    const { redis, saveNothing, saveInJournalAlone, failOver } = setUp();
    const replica = redis.data.copy();
    await saveNothing();
    await saveInJournalAlone();
    expect(await failOver(replica)).toBe('told-again');
  });

  it('must, where Redis has begun another epoch', async () => {
    const { saveInJournalAlone, failOver } = setUp();
    await saveInJournalAlone();
    expect(await failOver(new RedisData())).toBe('told-again');
  });
});
