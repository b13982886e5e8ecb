import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasCode } from '../../errors.ts';
import type { HeldObject, ObjectRef, QuarantineRecord, SharedObject, StateChange, StateCommit } from '../../ports.ts';
import { RecordedEvents } from '../../testing/fakes.ts';
import type { WantedRequest } from '../state-admin.ts';
import { TestRedis } from '../../testing/redis-server.ts';
import { RedisAdmin } from './admin.ts';
import { sharedIdOf } from './codec.ts';
import { createRedisConnection } from './connection.ts';
import { RedisJournal } from './journal.ts';
import { textsOf } from './replies.ts';
import { createScripts } from './scripts.ts';
import { RedisState } from './shared-state.ts';

const LEASE_TTL_MS = 3_000;
const HEAD = { startFromMs: 0, floorMs: 0 };
const OFFER = { readyMax: 10, liveWindowMs: 600_000 };
const OPTIONS = { objectsMax: 10, liveWindowMs: 600_000 };

let folder: string;
let redis: TestRedis;
let epochs = 0;
let instances: Instance[] = [];

interface Instance {
  readonly state: RedisState;
  readonly events: RecordedEvents;
  readonly connection: ReturnType<typeof createRedisConnection>;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 's3es-shared-state-'));
  redis = await TestRedis.start();
  instances = [];
});
afterEach(async () => {
  for (const { state } of instances) await state.close();
  await redis.close();
  rmSync(folder, { recursive: true, force: true });
});

function connect(options: { readonly password?: string; readonly keyPrefix?: string } = {}) {
  return createRedisConnection({
    server: { kind: 'url', url: redis.url },
    username: null,
    password: options.password ?? null,
    database: 0,
    keyPrefix: options.keyPrefix ?? 'test',
    tls: null,
    leaseTtlMs: LEASE_TTL_MS,
  });
}

async function open(name: string): Promise<Instance> {
  const connection = connect();
  await connection.connect(5_000);
  const events = new RecordedEvents();
  const newEpoch = (): string => `epoch-${(epochs += 1)}`;
  const journal = new RedisJournal(join(folder, name));
  const state = new RedisState({ connection, journal, leaseTtlMs: LEASE_TTL_MS, events, newEpoch });
  const instance = { state, events, connection };
  instances.push(instance);
  return instance;
}

async function crash(instance: Instance): Promise<void> {
  instances = instances.filter((one) => one !== instance);
  await instance.state.close();
}

function refOf(key: string): ObjectRef {
  return { bucket: 'logs', key, etag: `e-${key}`, sizeBytes: 10, lastModifiedMs: Date.now() - 60_000 };
}

function sharedOf(object: ObjectRef): SharedObject {
  return { object, listedMs: Date.now(), rankMs: Date.now() - 1_000, settled: [], wanted: null };
}

function commitOf(changes: readonly StateChange[], rest: Partial<StateCommit> = {}): StateCommit {
  return { changes, quarantined: [], fulfilled: [], head: null, forgetBeforeMs: null, ...rest };
}

function settled(object: ObjectRef, end: number): StateChange {
  return { object, settled: [{ start: 0, end }], complete: false };
}

function recordOf(object: ObjectRef, start: number, end: number): QuarantineRecord {
  return {
    object,
    range: { start, end },
    firstLine: start,
    lineCount: 1,
    reason: 'refused',
    detail: 'as a test',
    atMs: 1,
  };
}

async function kinds(state: RedisState, ...objects: readonly ObjectRef[]): Promise<readonly string[]> {
  return (await state.lookup(objects)).map(({ kind }) => kind);
}

async function hashValues({ connection }: Instance, name: string, field: string): Promise<readonly string[]> {
  return textsOf(await connection.command('HMGET', [connection.key(name), field]));
}

/** As an operator does it. Gives back the number of the request. */
async function want(object: ObjectRef, asked: Partial<WantedRequest> = {}): Promise<number> {
  const connection = connect();
  await connection.connect(5_000);
  const admin = await RedisAdmin.open(connection);
  await admin?.want([{ object, kind: 'again', settled: [], quarantineIds: 'all', ...asked }]);
  const [seq] = textsOf(await connection.command('HMGET', [connection.key('wanted_ids'), sharedIdOf(object)]));
  await admin?.close();
  return Number(seq);
}

/** Waits through the connection's own attempts. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!hasCode(error, 'STATE_UNREACHABLE')) throw error;
      await sleep(20);
    }
  }
}

/** Whatever is ready, and not just its share. */
async function claimAll(state: RedisState, session: string): Promise<readonly HeldObject[]> {
  const { claimed } = await state.claim(session, OPTIONS);
  if (claimed.length === 0) return [];
  const held = claimed.map(({ claim, ...shared }) => ({ shared, claim }));
  return [...held, ...(await claimAll(state, session))];
}

describe('of what is ready', () => {
  it('each takes an equal share at a time, so that one who asks often leaves something for the others', async () => {
    const [a, b, c] = [await open('a'), await open('b'), await open('c')];
    for (const [session, { state }] of Object.entries({ a, b, c })) await state.renew(session, []);
    const objects = Array.from({ length: 10 }, (_, index) => sharedOf(refOf(String(index))));
    await a.state.offer(objects, { readyMax: 10, liveWindowMs: 600_000 });
    const taken = [];
    for (const [session, { state }] of Object.entries({ a, b, c }))
      taken.push((await state.claim(session, OPTIONS)).claimed.length);
    expect(taken).toEqual([4, 2, 2]);
  });
});

describe('an object that is dismissed', () => {
  it('takes no place any more; whoever still follows it tells of it again', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await a.state.renew('a', []);
    await b.state.renew('b', []);
    const foreign = Array.from({ length: OFFER.readyMax }, (_, index) => sharedOf(refOf(String(index))));
    const backlog = { ...sharedOf(refOf('backlog')), rankMs: Date.now() - 3_600_000 };
    await a.state.offer(foreign, OFFER);
    expect(await a.state.offer([backlog], OFFER)).toEqual(['full']);
    const held = await claimAll(a.state, 'a');
    await a.state.dismiss(held);
    expect(await a.state.offer([backlog], OFFER)).toEqual(['queued']);
    expect(await claimAll(b.state, 'b')).toMatchObject([{ shared: { object: backlog.object } }]);
    // What it does not hold any more it cannot dismiss.
    await b.state.offer([foreign[0] ?? backlog], OFFER);
    const [again] = await claimAll(b.state, 'b');
    await a.state.dismiss(held);
    expect(await b.state.renew('b', again === undefined ? [] : [again])).toMatchObject({ lost: [] });
  });
});

describe('a Redis that was started again with nothing on disk', () => {
  it('is told everything by the instances, each what it settled itself; what they hold stays theirs', async () => {
    const [a, b] = [await open('a'), await open('b')];
    const [done, half, held] = [refOf('done'), refOf('half'), refOf('held')];
    await a.state.commit(commitOf([{ object: done, settled: [], complete: true }], { head: HEAD }));
    await b.state.commit(commitOf([settled(half, 7)]));
    await a.state.renew('session-a', []);
    await a.state.offer([sharedOf(held)], { readyMax: 10, liveWindowMs: 600_000 });
    const [one] = await claimAll(a.state, 'session-a');
    if (one === undefined) throw new Error('nothing was claimed');
    await redis.restart();

    const stranger = await open('new');
    expect(await untilAnswered(async () => a.state.lookup([done, half]))).toEqual([
      { kind: 'complete' },
      { kind: 'unknown' },
    ]);
    expect(await untilAnswered(async () => kinds(b.state, half))).toEqual(['partial']);
    expect(await b.state.readHead()).toEqual(HEAD);
    expect(await stranger.state.lookup([done, half])).toEqual([
      { kind: 'complete' },
      { kind: 'partial', settled: [{ start: 0, end: 7 }] },
    ]);
    expect(a.events.of('state forgotten')).toMatchObject([{ isWhole: true, objects: 1 }]);
    expect(stranger.events.of('state forgotten')).toEqual([]);

    expect(await a.state.renew('session-a', [one])).toMatchObject({ lost: [] });
    // Nobody gets anything before all have told; and what is held is not there for others.
    await b.state.renew('session-b', []);
    await b.state.offer([sharedOf(refOf('fresh'))], { readyMax: 10, liveWindowMs: 600_000 });
    expect(await claimAll(b.state, 'session-b')).toEqual([]);
    await a.state.commit(commitOf([{ object: held, settled: [], complete: true, claim: one.claim }]));
    expect(one.claim.isLost).toBe(false);
    expect(await kinds(b.state, held)).toEqual(['complete']);
    await expect
      .poll(
        async () => {
          await b.state.renew('session-b', []);
          return (await claimAll(b.state, 'session-b')).map(({ shared }) => shared.object.key);
        },
        { timeout: 10_000, interval: 200 },
      )
      .toEqual(['fresh']);
  });

  it('and is told by others that an object is complete, takes it from whoever reads it, whatever that one asks next', async () => {
    const [a, b] = [await open('a'), await open('b')];
    const object = refOf('1');
    await a.state.commit(commitOf([], { head: HEAD }));
    await a.state.renew('a', []);
    await b.state.renew('b', []);
    await a.state.offer([sharedOf(object)], OFFER);
    const { claimed } = await a.state.claim('a', OPTIONS);
    const [ofA] = claimed;
    if (ofA === undefined) throw new Error('nothing was claimed');
    await a.state.leave('a');
    const [ofB] = (await b.state.claim('b', OPTIONS)).claimed;
    if (ofB === undefined) throw new Error('nothing was taken over');
    // Refused; but it was true, and stands in the journal.
    await a.state.commit(commitOf([{ object, settled: [], complete: true, claim: ofA.claim }]));
    expect([ofA.claim.isLost, ofB.claim.isLost]).toEqual([true, false]);
    await redis.restart();
    await untilAnswered(async () => a.state.lookup([object]));
    await untilAnswered(async () => b.state.lookup([object]));
    expect(ofB.claim.isLost).toBe(true);
  });

  it('is told by one that could not save while it was away, though others have begun anew before', async () => {
    const a = await open('a');
    const object = refOf('half');
    await a.state.commit(commitOf([], { head: HEAD }));
    await redis.kill();
    await expect(a.state.commit(commitOf([settled(object, 5)]))).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
    await redis.restart();
    const stranger = await open('new');
    await stranger.state.lookup([object]);
    await untilAnswered(async () => a.state.renew('a', []));
    expect(await kinds(stranger.state, object)).toEqual(['partial']);
  });

  it('is no first start for those that know an earlier one: where they begin is what it was', async () => {
    const a = await open('a');
    await a.state.commit(commitOf([], { head: { startFromMs: 5, floorMs: 9 } }));
    await redis.restart();
    const stranger = await open('new');
    await untilAnswered(async () =>
      stranger.state.commit(commitOf([], { head: { startFromMs: 1_000, floorMs: 1_000 } })),
    );
    await untilAnswered(async () => a.state.lookup([refOf('any')]));
    expect(await stranger.state.readHead()).toEqual({ startFromMs: 5, floorMs: 9 });
    // What it found out while it took itself for the first says nothing of what lies before.
    await stranger.state.commit(commitOf([], { head: { startFromMs: 1_000, floorMs: 2_000 } }));
    expect(await stranger.state.readHead()).toEqual({ startFromMs: 5, floorMs: 9 });
  });

  it('is no first start for those that know an earlier one, though where it begins is the first that they ask', async () => {
    const a = await open('a');
    const head = { startFromMs: 5, floorMs: 9 };
    await a.state.commit(commitOf([], { head }));
    await redis.restart();
    expect(await untilAnswered(async () => a.state.readHead())).toEqual(head);
    expect(a.events.of('state forgotten')).toMatchObject([{ isWhole: true }]);
  });

  it('begins where it did also the second time, though the first time somebody took it for a first start', async () => {
    const a = await open('a');
    const head = { startFromMs: 5, floorMs: 9 };
    const later = { startFromMs: 1_000, floorMs: 1_000 };
    await a.state.commit(commitOf([], { head }));
    await redis.restart();
    const stranger = await open('new');
    await untilAnswered(async () => stranger.state.commit(commitOf([], { head: later })));
    await untilAnswered(async () => a.state.commit(commitOf([], { head: later })));
    await a.state.renew('a', []);
    await crash(stranger);
    await redis.restart();
    await untilAnswered(async () => a.state.renew('a', []));
    expect(await a.state.readHead()).toEqual(head);
  });
});

describe('a Redis that knows less than it had acknowledged', () => {
  it('is told again by whoever had the acknowledgement', async () => {
    const a = await open('a');
    const [before, after] = [refOf('before'), refOf('after')];
    await a.state.renew('session-a', []);
    await a.state.commit(commitOf([{ object: before, settled: [], complete: true }], { head: HEAD }));
    const replica = await copyOf(redis);
    await a.state.commit(commitOf([{ object: after, settled: [], complete: true }]));
    await replica.takeOver();
    expect(await kinds(a.state, before, after)).toEqual(['complete', 'unknown']);
    await a.state.renew('session-a', []);
    expect(await kinds(a.state, before, after)).toEqual(['complete', 'complete']);
    expect(a.events.of('state forgotten')).toMatchObject([{ isWhole: false }]);
    await a.state.renew('session-a', []);
    expect(a.events.of('state forgotten').length).toBe(1);
  });

  it('begins where it did: also where it never heard of that, or a stranger took it for a first start', async () => {
    const a = await open('a');
    const head = { startFromMs: 5, floorMs: 9 };
    await a.state.renew('a', []);
    const [first, second] = [await copyOf(redis), await copyOf(redis)];
    await a.state.commit(commitOf([], { head }));
    await first.takeOver();
    expect(await a.state.readHead()).toEqual(head);

    await second.takeOver();
    const stranger = await open('new');
    await stranger.state.commit(commitOf([], { head: { startFromMs: 1_000, floorMs: 1_000 } }));
    await a.state.readHead();
    await a.state.renew('a', []);
    expect(await a.state.readHead()).toEqual(head);
  });

  it('is told again also where a commit comes before the renewal, and gives away nothing that it has forgotten the end of', async () => {
    const [a, b] = [await open('a'), await open('b')];
    const object = refOf('1');
    await a.state.commit(commitOf([], { head: HEAD }));
    await a.state.renew('a', []);
    await b.state.renew('b', []);
    await a.state.offer([sharedOf(object)], OFFER);
    const [held] = await claimAll(a.state, 'a');
    if (held === undefined) throw new Error('nothing was claimed');
    await a.state.commit(commitOf([settled(refOf('before'), 1)]));
    const replica = await copyOf(redis);
    await a.state.commit(commitOf([{ object, settled: [], complete: true, claim: held.claim }]));
    await replica.takeOver();
    await a.state.commit(commitOf([settled(refOf('after'), 1)]));
    // Before it has told again what it completed.
    const telling = a.state.renew('a', []);
    const taken = await claimAll(b.state, 'b');
    await telling;
    expect(taken).toEqual([]);
    expect(await kinds(b.state, object)).toEqual(['complete']);
    expect(a.events.of('state forgotten')).toMatchObject([{ isWhole: false }]);
    await a.state.renew('a', []);
    await a.state.commit(commitOf([settled(refOf('later'), 1)]));
    await a.state.renew('a', []);
    expect(a.events.of('state forgotten').length).toBe(1);
  });

  it('is told from one that still knows all, though it ended a session that was only slow', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await a.state.commit(commitOf([], { head: HEAD }));
    await a.state.renew('a', []);
    await a.state.commit(commitOf([settled(refOf('1'), 3)]));
    const replica = await copyOf(redis);
    await b.state.renew('b', []);
    await sleep(LEASE_TTL_MS / 2);
    await b.state.renew('b', []);
    await sleep(LEASE_TTL_MS / 2 + 200);
    await b.state.renew('b', []);
    await a.state.commit(commitOf([settled(refOf('2'), 3)]));
    await a.state.renew('a', []);
    expect(a.events.of('state forgotten')).toEqual([]);
    // And this one does not.
    await replica.takeOver();
    await a.state.renew('a', []);
    expect(a.events.of('state forgotten').length).toBe(1);
  });

  it('is told again what the journal told it, by an instance that has committed nothing since', async () => {
    const [a, b] = [await open('a'), await open('b')];
    const object = refOf('1');
    await a.state.commit(commitOf([{ object, settled: [], complete: true }], { head: HEAD }));
    await crash(a);
    await redis.restart();
    await untilAnswered(async () => b.state.commit(commitOf([], { head: HEAD })));
    const replica = await copyOf(redis);
    const again = await open('a');
    await again.state.renew('again', []);
    expect(await kinds(b.state, object)).toEqual(['complete']);
    await replica.takeOver();
    expect(await kinds(b.state, object)).toEqual(['unknown']);
    await again.state.renew('again', []);
    expect(await kinds(b.state, object)).toEqual(['complete']);
  });

  it('is told again what a renewal told it that found it empty', async () => {
    const [a, b] = [await open('a'), await open('b')];
    const object = refOf('1');
    await a.state.renew('a', []);
    await a.state.commit(commitOf([{ object, settled: [], complete: true }], { head: HEAD }));
    await redis.restart();
    await untilAnswered(async () => b.state.commit(commitOf([], { head: HEAD })));
    const replica = await copyOf(redis);
    await untilAnswered(async () => a.state.renew('a', []));
    expect(await kinds(b.state, object)).toEqual(['complete']);
    await replica.takeOver();
    expect(await kinds(b.state, object)).toEqual(['unknown']);
    await a.state.renew('a', []);
    expect(await kinds(b.state, object)).toEqual(['complete']);
    await a.state.renew('a', []);
    expect(a.events.of('state forgotten').map(({ isWhole }) => isWhole)).toEqual([true, false]);
  });

  it('gives an object once more to who holds it, who goes on reading it under the new token', async () => {
    const a = await open('a');
    await a.state.commit(commitOf([], { head: HEAD }));
    const object = refOf('1');
    await a.state.renew('a', []);
    await a.state.offer([sharedOf(object)], OFFER);
    const replica = await copyOf(redis);
    const [held] = await claimAll(a.state, 'a');
    if (held === undefined) throw new Error('nothing was claimed');
    const before = held.claim.token;
    await replica.takeOver();
    // It has not renewed yet, which would have given the claim back.
    expect(await claimAll(a.state, 'a')).toEqual([]);
    expect(held.claim.token).not.toBe(before);
    await a.state.commit(commitOf([{ object, settled: [], complete: true, claim: held.claim }]));
    expect(held.claim.isLost).toBe(false);
    expect(await kinds(a.state, object)).toEqual(['complete']);
  });

  it('has forgotten a claim, and hears of it before it gives it back: what is settled counts, and who holds the object goes on', async () => {
    const a = await open('a');
    await a.state.commit(commitOf([], { head: HEAD }));
    const object = refOf('1');
    await a.state.renew('a', []);
    await a.state.offer([sharedOf(object)], OFFER);
    const replica = await copyOf(redis);
    const [held] = await claimAll(a.state, 'a');
    if (held === undefined) throw new Error('nothing was claimed');
    await replica.takeOver();
    await untilAnswered(async () => a.state.commit(commitOf([{ ...settled(object, 5), claim: held.claim }])));
    expect(held.claim.isLost).toBe(false);
    expect(await a.state.lookup([object])).toEqual([{ kind: 'partial', settled: [{ start: 0, end: 5 }] }]);
    expect(await a.state.renew('a', [held])).toMatchObject({ lost: [] });
  });

  it('gives a claim that it has forgotten back to its owner, unless another has it', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await a.state.commit(commitOf([], { head: HEAD }));
    for (const [session, { state }] of [
      ['a', a],
      ['b', b],
    ] as const)
      await state.renew(session, []);
    await a.state.offer([sharedOf(refOf('1')), sharedOf(refOf('2'))], { readyMax: 10, liveWindowMs: 600_000 });
    const replica = await copyOf(redis);
    const held = await claimAll(a.state, 'a');
    expect(held.length).toBe(2);
    await replica.takeOver();
    const stolen = await b.state.claim('b', { ...OPTIONS, objectsMax: 1 });
    const taken = stolen.claimed[0]?.object.key;
    const lost = held.filter(({ shared }) => shared.object.key === taken).map(({ claim }) => claim.token);
    expect(await a.state.renew('a', held)).toMatchObject({ lost });
    // At once, not only when Redis has been told again.
    expect(held.filter(({ claim }) => claim.isLost).map(({ claim }) => claim.token)).toEqual(lost);
    expect(await claimAll(b.state, 'b')).toEqual([]);
  });

  it('and is told by others that an object is complete, takes it from whoever reads it', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await a.state.commit(commitOf([], { head: HEAD }));
    const object = refOf('1');
    const empty = await copyOf(redis);
    await a.state.renew('a', []);
    await b.state.renew('b', []);
    await a.state.offer([sharedOf(object)], OFFER);
    const [held] = await claimAll(b.state, 'b');
    if (held === undefined) throw new Error('nothing was claimed');
    await empty.takeOver();
    await b.state.renew('b', []);
    // As a restart of another tells it, whose claim was lost before.
    await a.state.commit(commitOf([{ object, settled: [], complete: true }]));
    expect(await b.state.renew('b', [held])).toMatchObject({ lost: [held.claim.token] });
    expect(held.claim.isLost).toBe(true);
  });

  it('gives no token twice, though it counts from an earlier number', async () => {
    const a = await open('a');
    await a.state.renew('a', []);
    await a.state.offer([sharedOf(refOf('1')), sharedOf(refOf('2'))], { readyMax: 10, liveWindowMs: 600_000 });
    const replica = await copyOf(redis);
    const before = await claimAll(a.state, 'a');
    await replica.takeOver();
    await a.state.renew('a', []);
    const after = await claimAll(a.state, 'a');
    expect(new Set([...before, ...after].map(({ claim }) => claim.token)).size).toBe(4);
  });
});

describe('what somebody says too late', () => {
  async function withTwo() {
    const [a, b] = [await open('a'), await open('b')];
    await a.state.commit(commitOf([], { head: HEAD }));
    await a.state.renew('a', []);
    await b.state.renew('b', []);
    const object = refOf('1');
    await a.state.offer([sharedOf(object)], { readyMax: 10, liveWindowMs: 600_000 });
    const [held] = await claimAll(a.state, 'a');
    if (held === undefined) throw new Error('nothing was claimed');
    const completion = { object, settled: [], complete: true, claim: held.claim };
    return { a, b, object, held, completion };
  }

  it('of its claims, on a connection that was given up, does not count', async () => {
    const { a, b } = await withTwo();
    const [epoch] = await hashValues(a, 'meta', 'epoch');
    // The first renewal once more: then it held nothing.
    await a.connection.run(createScripts().renew, [epoch ?? '', 'a', LEASE_TTL_MS, 1, '', 0]);
    expect(await claimAll(b.state, 'b')).toEqual([]);
  });

  it('of an object that others have completed since, is refused', async () => {
    const { a, b, completion } = await withTwo();
    // Its lease has ended.
    await a.state.leave('a');
    const [taken] = await claimAll(b.state, 'b');
    if (taken === undefined) throw new Error('nothing was taken over');
    await b.state.commit(commitOf([{ ...completion, claim: taken.claim }]));
    await a.state.commit(commitOf([completion]));
    expect([completion.claim.isLost, taken.claim.isLost]).toEqual([true, false]);
  });

  it('because it has not heard that it was accepted, is accepted again', async () => {
    const { a, completion } = await withTwo();
    await a.state.commit(commitOf([completion]));
    await a.state.commit(commitOf([completion]));
    expect(completion.claim.isLost).toBe(false);
  });

  it('because it has not heard that it was accepted, takes nothing from those who read the object again on request', async () => {
    const { a, b, object, completion } = await withTwo();
    await a.state.commit(commitOf([completion]));
    const seq = await want(object);
    await b.state.offer([{ ...sharedOf(object), wanted: { seq, kind: 'again' } }], OFFER);
    await a.state.commit(commitOf([completion]));
    expect(await claimAll(b.state, 'b')).toHaveLength(1);
    expect(completion.claim.isLost).toBe(false);
  });

  it('of an object that was complete before does not disturb who reads it again on request', async () => {
    const { a, b, object, completion } = await withTwo();
    await a.state.commit(commitOf([completion]));
    const seq = await want(object);
    await b.state.offer([{ ...sharedOf(object), wanted: { seq, kind: 'again' } }], OFFER);
    const [again] = await claimAll(b.state, 'b');
    if (again === undefined) throw new Error('it is not read again');
    await crash(a);
    // It tells what its journal knows.
    await (await open('a')).state.lookup([object]);
    const asked = { ...sharedOf(object), wanted: { seq, kind: 'again' as const } };
    expect(await b.state.offer([asked], OFFER)).toEqual(['under-way']);
    await b.state.commit(commitOf([{ ...completion, claim: again.claim }]));
    expect(again.claim.isLost).toBe(false);
  });

  it('of an object that is read again on request is a fact: who reads it next need not send it', async () => {
    const { a, b, object, completion } = await withTwo();
    await a.state.commit(commitOf([completion]));
    const seq = await want(object);
    await b.state.offer([{ ...sharedOf(object), wanted: { seq, kind: 'again' } }], OFFER);
    const [again] = await claimAll(a.state, 'a');
    if (again === undefined) throw new Error('it is not read again');
    await a.state.leave('a');
    await a.state.commit(commitOf([{ object, settled: [{ start: 0, end: 5 }], complete: true, claim: again.claim }]));
    expect(again.claim.isLost).toBe(true);
    const { claimed } = await b.state.claim('b', OPTIONS);
    expect(claimed).toMatchObject([{ object: { key: object.key }, settled: [{ start: 0, end: 5 }] }]);
  });

  it('of a request that another replaces meanwhile does not count for that one: what it set aside then is sent now', async () => {
    const { a, b, object, completion } = await withTwo();
    await a.state.commit(commitOf([completion]));
    const seq = await want(object);
    await b.state.offer([{ ...sharedOf(object), wanted: { seq, kind: 'again' } }], OFFER);
    const [again] = await claimAll(a.state, 'a');
    if (again === undefined) throw new Error('it is not read again');
    const { claim } = again;
    await a.state.commit(commitOf([{ ...settled(object, 50), claim }], { quarantined: [recordOf(object, 10, 20)] }));
    const others = [
      { start: 0, end: 10 },
      { start: 20, end: Number.MAX_SAFE_INTEGER },
    ];
    await want(object, { settled: others, quarantineIds: [1] });
    expect(await b.state.readWanted(seq, 10)).toMatchObject([{ object: { key: object.key }, settled: [] }]);
  });

  it('of an object that was read before says nothing of those who read it again: what was set aside then is sent now', async () => {
    const { a, b, object, held } = await withTwo();
    const { claim } = held;
    await a.state.commit(commitOf([{ ...settled(object, 50), claim }], { quarantined: [recordOf(object, 10, 20)] }));
    await a.state.leave('a');
    const [taken] = await claimAll(b.state, 'b');
    if (taken === undefined) throw new Error('nothing was taken over');
    await b.state.commit(
      commitOf([{ object, settled: [{ start: 50, end: 100 }], complete: true, claim: taken.claim }]),
    );
    const rest = [
      { start: 0, end: 10 },
      { start: 20, end: 100 },
    ];
    const seq = await want(object, { settled: rest, quarantineIds: [] });
    await b.state.offer([{ ...sharedOf(object), settled: rest, wanted: { seq, kind: 'again' } }], OFFER);
    expect((await claimAll(b.state, 'b')).map(({ shared }) => shared.settled)).toEqual([rest]);
    // Late, and once more from its journal.
    await a.state.commit(commitOf([{ ...settled(object, 30), claim }]));
    await crash(a);
    const again = await open('a');
    await again.state.renew('again', []);
    await b.state.leave('b');
    expect((await claimAll(again.state, 'again')).map(({ shared }) => shared.settled)).toEqual([rest]);
  });

  it('because its journal is slow, costs no lease', async () => {
    const { a } = await withTwo();
    const journal = new RedisJournal(join(folder, 'slow'));
    journal.record = async () => new Promise(() => undefined);
    const connection = connect();
    await connection.connect(5_000);
    const { events } = a;
    const state = new RedisState({ connection, journal, leaseTtlMs: LEASE_TTL_MS, events, newEpoch: () => 'none' });
    expect(await state.renew('slow', [])).toMatchObject({ lost: [] });
    await state.close();
  });
});

describe('a request that answers thousands of quarantined lines', () => {
  it('is fulfilled within the time that a command has, and each line says what became of it', async () => {
    const a = await open('a');
    const object = refOf('1');
    const lines = Array.from({ length: 3_000 }, (_, index) => index);
    const aside = (some: readonly number[], shift: number): readonly QuarantineRecord[] =>
      some.map((line) => recordOf(object, line * 10 + shift, line * 10 + shift + 5));
    const completion = { object, settled: [], complete: true };
    await a.state.commit(commitOf([completion], { head: HEAD, quarantined: aside(lines, 0) }));
    const wantedSeq = await want(object);
    // In other batches: a third of them, each with the end of its line.
    const again = aside(
      lines.filter((line) => line % 3 === 0),
      2,
    );
    await a.state.commit(commitOf([], { quarantined: again }));
    await a.state.commit(commitOf([], { fulfilled: [{ wantedSeq, outcome: 'delivered', atMs: 2 }] }));
    const admin = await RedisAdmin.open(await connected());
    const statuses = (await admin?.quarantined({ isClosedToo: true }))?.map(({ status }) => status);
    await admin?.close();
    const expected = lines.map((line) => (line % 3 === 0 ? 'quarantined-again' : 'resolved'));
    expect(statuses).toEqual([...expected, ...again.map(() => 'open')]);
  }, 60_000);
});

describe('a quarantined record that was seen to', () => {
  async function withOneResolved(atMs: number) {
    const a = await open('a');
    const object = refOf('1');
    const quarantined = [{ ...recordOf(object, 0, 5), atMs }];
    await a.state.commit(commitOf([{ object, settled: [], complete: true }], { head: HEAD, quarantined }));
    const wantedSeq = await want(object);
    await a.state.commit(commitOf([], { fulfilled: [{ wantedSeq, outcome: 'delivered', atMs: atMs + 1 }] }));
    return a;
  }

  async function openRecords(): Promise<number | undefined> {
    const admin = await RedisAdmin.open(await connected());
    const records = await admin?.quarantined({ isClosedToo: false });
    await admin?.close();
    return records?.length;
  }

  it('does not come back when it is forgotten and its instance starts again', async () => {
    const a = await withOneResolved(Date.now() - 7_200_000);
    await a.state.commit(commitOf([], { forgetBeforeMs: Date.now() }));
    await crash(a);
    await (await open('a')).state.renew('a', []);
    expect(await openRecords()).toBe(0);
  });

  it('does not come back from the journal of an instance that went on, where Redis is started again with nothing on disk', async () => {
    const a = await withOneResolved(Date.now());
    const moved = { ...HEAD, floorMs: 3_600_000 };
    const b = await open('b');
    await b.state.commit(commitOf([], { head: moved }));
    await a.state.renew('a', []);
    // It asks beside the renewal.
    await sleep(300);
    await redis.restart();
    await untilAnswered(async () => a.state.renew('a', []));
    expect(await openRecords()).toBe(0);
  });
});

describe('a request', () => {
  it('keeps what is delivered of its object, however old that is', async () => {
    const a = await open('a');
    await a.state.commit(commitOf([], { head: HEAD }));
    const [asked, other] = [refOf('1'), refOf('2')];
    await want(asked, { kind: 'missing' });
    const changes = [settled(asked, 5), settled(other, 5)];
    await a.state.commit(commitOf(changes, { forgetBeforeMs: Date.now() }));
    expect(await kinds(a.state, asked, other)).toEqual(['partial', 'unknown']);
  });
});

describe('a request that Redis has forgotten', () => {
  it('does not make its object complete', async () => {
    const a = await open('a');
    const object = refOf('1');
    const asked = { ...sharedOf(object), wanted: { seq: 99, kind: 'again' as const } };
    expect(await a.state.offer([asked], OFFER)).toEqual(['queued']);
    await a.state.commit(commitOf([{ object, settled: [], complete: true }]));
    expect(await a.state.offer([asked], OFFER)).toEqual(['complete']);
  });

  it('leaves its number to none that comes later', async () => {
    const a = await open('a');
    await a.state.commit(commitOf([], { head: HEAD }));
    const first = await want(refOf('1'));
    await redis.restart();
    await untilAnswered(async () => a.state.commit(commitOf([], { head: HEAD })));
    expect(await want(refOf('2'))).toBeGreaterThan(first);
  });
});

describe('a Redis that is away', () => {
  it('is told afterwards what was settled meanwhile, also by an instance that was killed in between', async () => {
    const a = await open('a');
    const object = refOf('half');
    await a.state.commit(commitOf([], { head: HEAD }));
    await redis.kill();
    await expect(a.state.commit(commitOf([settled(object, 5)]))).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
    await crash(a);
    await redis.restart();
    const again = await open('a');
    expect(await again.state.lookup([object])).toEqual([{ kind: 'partial', settled: [{ start: 0, end: 5 }] }]);
  });

  it('for longer than a lease takes nothing from those that come back later: what they settled meanwhile is not read again', async () => {
    await redis.close();
    redis = await TestRedis.start(['--appendonly', 'yes']);
    const [a, b, c] = [await open('a'), await open('b'), await open('c')];
    await a.state.commit(commitOf([], { head: HEAD }));
    const objects = ['1', '2', '3'].map((key) => refOf(key));
    for (const [session, { state }] of Object.entries({ a, b, c })) await state.renew(session, []);
    await a.state.offer(objects.map(sharedOf), { readyMax: 10, liveWindowMs: 600_000 });
    const [ofB] = (await b.state.claim('b', OPTIONS)).claimed;
    const [ofC] = (await c.state.claim('c', OPTIONS)).claimed;
    if (ofB === undefined || ofC === undefined) throw new Error('nothing was claimed');
    await redis.kill();
    await expect(b.state.commit(commitOf([settled(ofB.object, 5)]))).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
    });
    await crash(c);
    await sleep(LEASE_TTL_MS + 200);
    await redis.restart();

    await untilAnswered(async () => a.state.renew('a', []));
    const free = await claimAll(a.state, 'a');
    const isOfOthers = ({ key }: ObjectRef): boolean => key === ofB.object.key || key === ofC.object.key;
    expect(free.map(({ shared }) => shared.object)).toEqual(objects.filter((object) => !isOfOthers(object)));
    await untilAnswered(async () => b.state.renew('b', []));
    const { claimed } = await a.state.claim('a', OPTIONS);
    expect(claimed).toMatchObject([{ object: { key: ofB.object.key }, settled: [{ start: 0, end: 5 }] }]);
    // One that does not come back is taken for dead all the same.
    const taken: string[] = [];
    const takeWhatIsThere = async (): Promise<readonly string[]> => {
      await b.state.renew('b', []);
      taken.push(...(await b.state.claim('b', OPTIONS)).claimed.map(({ object }) => object.key));
      return taken;
    };
    await expect.poll(takeWhatIsThere, { timeout: 10_000, interval: 500 }).toContain(ofC.object.key);
  });

  it('fails what was asked at once, and answers again without being asked to connect', async () => {
    const { state } = await open('a');
    await state.commit(commitOf([], { head: HEAD }));
    await redis.kill('SIGSTOP');
    const askedMs = Date.now();
    await expect(state.lookup([refOf('x')])).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
    expect(Date.now() - askedMs).toBeLessThan(10_000);
    await redis.kill('SIGCONT');
    expect(await untilAnswered(async () => kinds(state, refOf('x')))).toEqual(['unknown']);
  });

  it('is not there for those whom it refuses, and the message says what to mend', async () => {
    const operator = redis.client();
    await operator.config('SET', 'requirepass', 'right');
    operator.disconnect();
    const connection = connect({ password: 'wrong' });
    await expect(connection.connect(5_000)).rejects.toMatchObject({
      code: 'STATE_REFUSED',
      message: expect.stringMatching(/refuses us .*state\.redis\.username and password/),
    });
    connection.close();
  });
});

describe('an instance that was away for long', () => {
  it('does not move the floor back to where it was then', async () => {
    const [a, b] = [await open('a'), await open('b')];
    await a.state.commit(commitOf([], { head: HEAD }));
    await crash(a);
    await b.state.commit(commitOf([], { head: { ...HEAD, floorMs: 1_000 } }));
    const again = await open('a');
    await again.state.lookup([refOf('any')]);
    expect(await b.state.readHead()).toEqual({ ...HEAD, floorMs: 1_000 });
  });
});

describe('state that was moved back', () => {
  it('stays so, whatever the instances remember', async () => {
    const a = await open('a');
    const object = refOf('done');
    await a.state.commit(commitOf([{ object, settled: [], complete: true }], { head: HEAD }));
    await crash(a);
    const admin = await RedisAdmin.open(await connected());
    expect(await admin?.rewind(Date.now() - 3_600_000)).toMatchObject({ completeObjects: 1 });
    await admin?.close();
    const again = await open('a');
    expect(await kinds(again.state, object)).toEqual(['unknown']);
  });
});

describe('state that was set aside', () => {
  it('is whole under the other key prefix, and no instance tells the next state of it', async () => {
    const a = await open('a');
    const [done, half] = [refOf('done'), refOf('half')];
    await a.state.commit(commitOf([{ object: done, settled: [], complete: true }, settled(half, 7)], { head: HEAD }));
    await a.state.renew('a', []);
    const admin = await RedisAdmin.open(await connected());
    await expect(admin?.setAside('old')).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    await a.state.leave('a');
    await crash(a);
    expect(await admin?.setAside('old')).toBe('test-old');
    await admin?.close();

    const aside = await RedisAdmin.open(await connected({ keyPrefix: 'test-old' }));
    expect(await aside?.head()).toEqual(HEAD);
    expect((await aside?.lookup([done, half]))?.map(({ kind }) => kind)).toEqual(['complete', 'partial']);
    await aside?.close();
    const again = await open('a');
    expect(await again.state.readHead()).toBeNull();
    expect(await kinds(again.state, done, half)).toEqual(['unknown', 'unknown']);
  });
});

async function connected(options: { readonly keyPrefix?: string } = {}) {
  const connection = connect(options);
  await connection.connect(5_000);
  return connection;
}

/** What a replica has at this moment; `takeOver` makes it what the instances see. */
async function copyOf(server: TestRedis) {
  const client = server.client();
  const keys = await client.keys('*');
  const dumps = await Promise.all(keys.map(async (key) => [key, await client.dumpBuffer(key)] as const));
  return {
    async takeOver() {
      await client.flushall();
      for (const [key, dump] of dumps) if (dump !== null) await client.restore(key, 0, dump);
      client.disconnect();
    },
  };
}
