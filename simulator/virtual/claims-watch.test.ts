/** Whose claim a world takes an object for, where Redis has forgotten one and given another. */
import { describe, expect, it } from 'vitest';
import { createScripts, encodeWanted, type ObjectRef, sharedIdOf } from '#streamer';
import { rangeOfKind } from './content-kinds.ts';
import { Judge } from './invariants.ts';
import { MemoryRedis } from './memory-redis.ts';
import { RedisData } from './redis-data.ts';
import { SavedProgress } from './saved-progress.ts';
import { SharingWatch } from './sharing-watch.ts';
import { Trace } from './trace.ts';
import { Truth } from './truth.ts';
import { VirtualTime } from './virtual-time.ts';

const START_MS = 1_765_324_556_414;
const LEASE_TTL_MS = 5_000;
const WINDOW_MS = 600_000;
const scripts = createScripts();

/** Two instances ask Redis for one object; no time passes. */
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
  const object: ObjectRef = {
    ...{ bucket: place.bucket, key: place.key, lastModifiedMs: START_MS },
    ...{ etag: version.content.etag, sizeBytes: version.content.stored.length },
  };
  const id = sharedIdOf(object);
  redis.run(scripts.open, ['', 'epoch', LEASE_TTL_MS]);
  const sessions = ['a', 'b'].map((session, host) => {
    const instance = {
      ...{ number: host + 1, host, isAlive: true, pausedUntilMs: -Infinity, ableSinceMs: START_MS },
    };
    watch.onSession(session, instance);
    let turns = 0;
    const hear = (script: string, reply: unknown): unknown => {
      watch.onAnswer(session, { script, reply, askedMs: time.nowMs });
      return reply;
    };
    const claim = (): unknown => redis.run(scripts.claim, ['epoch', session, (turns += 1), 1, WINDOW_MS]);
    return {
      renew: (...held: readonly string[]) =>
        hear(
          'renew',
          redis.run(scripts.renew, [
            ...['epoch', session, LEASE_TTL_MS, (turns += 1), 0],
            ...held.flatMap((token) => [id, token]),
          ]),
        ),
      die: () => {
        instance.isAlive = false;
        watch.checkTakenOver(instance.number);
      },
      /** It had named what it held. */
      renewUnheard: (token: string) =>
        void redis.run(scripts.renew, ['epoch', session, LEASE_TTL_MS, (turns += 1), 0, id, token]),
      /** Gives back the token, of which it has heard; null for none. */
      claim: (): string | null => {
        const reply = hear('claim', claim());
        return Array.isArray(reply) && reply.length > 2 ? String(reply[2]) : null;
      },
      /** Its answer is on its way still, or is lost. */
      claimUnheard: () => void claim(),
      post: () => {
        watch.onPost(host + 1, [{ version, first: 0, end: 1 }]);
        truth.store([{ version, first: 0, end: 1 }]);
      },
      save: (token: string, change: { readonly complete: boolean }) => {
        const settled = [[0, version.content.lines[0]?.end ?? 0]];
        const text = {
          id,
          hour: 0,
          object: JSON.stringify(object),
          lastModifiedMs: START_MS,
          settled,
          token,
          ...change,
        };
        const commit = { changes: [text], quarantined: [], fulfilled: [], isRemembered: false };
        return hear('commit', redis.run(scripts.commit, ['epoch', session, 1, JSON.stringify(commit), 0]));
      },
    };
  });
  const [a, b] = sessions;
  if (a === undefined || b === undefined) throw new RangeError('two instances');
  a.renew();
  b.renew();
  const offer = (wanted: number | null): unknown => {
    const request = wanted === null ? null : { seq: wanted, kind: 'again' as const };
    const shared = JSON.stringify({ object, listedMs: START_MS, rankMs: START_MS - 1, settled: [], wanted: request });
    return redis.run(scripts.offer, [
      'epoch',
      10,
      WINDOW_MS,
      id,
      START_MS - 1,
      wanted ?? '',
      request?.kind ?? '',
      shared,
    ]);
  };
  offer(null);
  return {
    ...{ redis, version, judge, time, a, b, offer },
    wantAgain: (): number => {
      const record = encodeWanted({ object, kind: 'again', settled: [] });
      redis.run(scripts.want, ['epoch', JSON.stringify([{ id, earlier: '', record, isWhole: true, quarantine: [] }])]);
      version.hasOpenRequest = true;
      version.partial.fill(0);
      return Number(redis.data.hash('wanted_ids').get(id));
    },
    failOver: (replica: RedisData) => {
      const before = redis.data;
      redis.restart(replica);
      watch.forgot(replica, before);
    },
  };
}

describe('who was given an object that it has already, as a fail-over forgot that', () => {
  /** It holds the object, and Redis gives it to it once more; of that it has not heard. */
  function claimedAgain() {
    const set = setUp();
    const replica = set.redis.data.copy();
    const token = set.a.claim() ?? '';
    set.failOver(replica);
    set.a.claimUnheard();
    return { ...set, token };
  }

  it('sends under the claim of which it knows, until it hears of the other', () => {
    const { a, judge } = claimedAgain();
    a.post();
    expect(judge.violation).toBeNull();
  });

  it('may have what it sent sent again, where it never hears of it, and another is given the object', () => {
    const { a, b, judge, token } = claimedAgain();
    a.post();
    a.renew(token);
    a.renew();
    expect(b.claim()).not.toBeNull();
    b.post();
    expect(judge.violation).toBeNull();
  });

  it('sends nothing more once it has heard that it has lost the first', () => {
    const { a, judge, token } = claimedAgain();
    a.renew(token);
    a.post();
    expect(judge.violation?.invariant).toBe('claimed-only');
  });

  it('sends nothing under one of which it has not heard alone', () => {
    const { a, judge } = setUp();
    a.claimUnheard();
    a.post();
    expect(judge.violation?.invariant).toBe('claimed-only');
  });
});

it('what Redis knows of a second reading after a fail-over is known still, and not sent again', () => {
  const { redis, version, judge, a, offer, wantAgain, failOver } = setUp();
  a.save(a.claim() ?? '', { complete: true });
  offer(wantAgain());
  a.save(a.claim() ?? '', { complete: false });
  expect([version.partial[0], version.durable[0]]).toEqual([1, 1]);
  failOver(redis.data.copy());
  expect([version.partial[0], version.durable[0], judge.violation]).toEqual([1, 1, null]);
});

describe('a completion that is said again, as its answer was lost, when the object was asked for again meanwhile, changes nothing', () => {
  it('where that is complete, too', () => {
    const { judge, a, b, offer, wantAgain } = setUp();
    const token = a.claim() ?? '';
    a.save(token, { complete: true });
    offer(wantAgain());
    b.save(b.claim() ?? '', { complete: true });
    a.save(token, { complete: true });
    expect(judge.violation).toBeNull();
  });

  it('where it has begun, and the next may go on with it', () => {
    const { redis, version, judge, a, b, offer, wantAgain } = setUp();
    const token = a.claim() ?? '';
    a.save(token, { complete: true });
    offer(wantAgain());
    b.save(b.claim() ?? '', { complete: false });
    b.renew();
    expect(redis.data.sortedSet('ready').size).toBe(1);
    a.save(token, { complete: true });
    expect([version.partial[0], redis.data.sortedSet('ready').size, judge.violation]).toEqual([1, 1, null]);
  });
});

describe('what a dead instance held must be there for others two leases', () => {
  /** What is wrong at that moment, counted from its death, where renewals of its reach Redis then. Nobody else asks for anything. */
  async function wrongAt(atMs: number, { renewedMs }: { readonly renewedMs: readonly number[] }) {
    const { judge, a, time } = setUp();
    const token = a.claim() ?? '';
    a.die();
    for (const ms of renewedMs) time.at(START_MS + ms, null, () => a.renewUnheard(token));
    const endMs = START_MS + atMs + 1;
    time.at(endMs, null, () => undefined);
    await time.run(() => time.nowMs >= endMs, 10);
    return judge.violation?.invariant ?? null;
  }

  it('after its death', async () => {
    expect(await wrongAt(2 * LEASE_TTL_MS, { renewedMs: [] })).toBe('taken-over');
  });

  it('after the last of its renewals that reached Redis, where one was on its way when it died', async () => {
    const renewedMs = [4_900, 9_800];
    expect(await wrongAt(2 * LEASE_TTL_MS + 9_798, { renewedMs })).toBeNull();
    expect(await wrongAt(2 * LEASE_TTL_MS + 9_800, { renewedMs })).toBe('taken-over');
  });
});
