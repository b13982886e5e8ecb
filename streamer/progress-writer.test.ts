import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Claim } from './core/claim.ts';
import { identityOf } from './core/object-task.ts';
import { type Range, rangeBytes, unionRanges } from './core/ranges.ts';
import { StreamerError } from './errors.ts';
import type { ObjectRef, QuarantineRecord } from './ports.ts';
import { ProgressWriter } from './progress-writer.ts';
import { FakeStateStore, RecordedEvents } from './testing/fakes.ts';
import { settle, VirtualClock } from './testing/virtual-clock.ts';
import { allComplete, createWorld, expectDelivered, start, START_MS, write, writeMany } from './testing/world.ts';

const MINUTE_MS = 60_000;

const never = new AbortController().signal;

function refOf(name: string): ObjectRef {
  return { bucket: 'logs', key: name, etag: 'e', sizeBytes: 1, lastModifiedMs: 0 };
}

function recordOf(name: string): QuarantineRecord {
  return { object: refOf(name), range: null, firstLine: null, lineCount: null, reason: 'refused', detail: '', atMs: 0 };
}

function createWriter({ saveIntervalMs = 1000 } = {}) {
  const clock = new VirtualClock(0);
  const state = new FakeStateStore();
  const events = new RecordedEvents();
  const durable: string[] = [];
  const refused: string[] = [];
  const writer = new ProgressWriter({
    state,
    clock,
    random: { next: () => 0.5 },
    events,
    saveIntervalMs,
    retryMsMax: 10_000,
    onCompletionRefused: (object) => refused.push(object.key),
    onDurablyComplete: (object) => {
      expect(state.isComplete(object)).toBe(true);
      durable.push(object.key);
    },
  });
  const end = new AbortController();
  const running = writer.run(end.signal);
  return {
    clock,
    state,
    events,
    durable,
    writer,
    finish: async (): Promise<void> => {
      end.abort();
      let isEnded = false;
      const finishing = (async () => {
        try {
          await running;
          await writer.flush();
        } finally {
          isEnded = true;
        }
      })();
      finishing.catch(() => undefined);
      await clock.runUntil(() => isEnded);
      await finishing;
    },
  };
}

describe('what a ProgressWriter is told', () => {
  it('all becomes durable, however many commits fail; an object is called durably complete once, and not before', async () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const range = fc.tuple(fc.nat(20), fc.nat(20)).map(([from, bytes]): Range => ({ start: from, end: from + bytes }));
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const), name, range }) },
      fc.record({ kind: fc.constant('complete' as const), name }),
      fc.record({ kind: fc.constant('quarantine' as const), name }),
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(3000) }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 10 }),
        async (steps, failures) => {
          const { clock, state, durable, writer, finish } = createWriter();
          state.onCommit = async () => {
            // So slow that more is told meanwhile.
            await clock.sleep(700, never);
            if (failures.pop() === true) throw new StreamerError('STATE_UNWRITABLE', 'disk full');
          };
          const settled = new Map<string, readonly Range[]>();
          const completed = new Set<string>();
          let quarantined = 0;
          for (const one of steps) {
            if (one.kind === 'pass') await clock.runFor(one.ms);
            else if (one.kind === 'quarantine') {
              writer.quarantine(recordOf(one.name));
              quarantined += 1;
            } else if (completed.has(one.name)) continue;
            else if (one.kind === 'complete') {
              writer.complete(refOf(one.name));
              completed.add(one.name);
            } else {
              writer.settle(refOf(one.name), one.range);
              settled.set(one.name, unionRanges(settled.get(one.name) ?? [], [one.range]));
            }
          }
          failures.length = 0;
          await finish();
          for (const [key, ranges] of settled)
            if (!completed.has(key)) expect(state.settledOf(refOf(key))).toEqual(ranges);
          expect(state.complete).toEqual(new Set([...completed].map((key) => identityOf(refOf(key)))));
          expect(durable.toSorted()).toEqual([...completed].toSorted());
          expect(state.quarantined).toHaveLength(quarantined);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('while a commit is failing is added to what is put back', async () => {
    const { clock, state, writer, finish } = createWriter();
    writer.settle(refOf('a'), { start: 0, end: 10 });
    writer.settle(refOf('b'), { start: 0, end: 10 });
    state.onCommit = async () => {
      await clock.sleep(500, never);
      throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    await clock.runFor(1200);
    writer.settle(refOf('a'), { start: 20, end: 30 });
    writer.complete(refOf('b'));
    writer.settle(refOf('c'), { start: 0, end: 5 });
    await clock.runFor(500);
    expect(state.commits).toEqual([]);
    state.onCommit = () => undefined;
    await clock.runFor(3000);
    expect([refOf('a'), refOf('c')].map((object) => state.settledOf(object))).toEqual([
      [
        { start: 0, end: 10 },
        { start: 20, end: 30 },
      ],
      [{ start: 0, end: 5 }],
    ]);
    expect(state.isComplete(refOf('b'))).toBe(true);
    await finish();
  });

  it('under a claim is told apart from what another reading of the same object settled, also after a commit that failed', async () => {
    const { clock, state, writer, finish } = createWriter();
    const [earlier, later] = [new Claim('earlier'), new Claim('later')];
    writer.settle(refOf('a'), { start: 0, end: 10 }, earlier);
    state.onCommit = () => {
      throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    await clock.runFor(1100);
    writer.settle(refOf('a'), { start: 20, end: 30 }, later);
    writer.settle(refOf('a'), { start: 10, end: 15 }, earlier);
    state.onCommit = () => undefined;
    await clock.runFor(3000);
    writer.complete(refOf('a'), later);
    await finish();
    const told = state.commits.map(({ changes }) =>
      changes.map(({ settled, complete, claim }) => ({ settled, complete, token: claim?.token })),
    );
    expect(told).toEqual([
      [
        { settled: [{ start: 0, end: 15 }], complete: false, token: 'earlier' },
        { settled: [{ start: 20, end: 30 }], complete: false, token: 'later' },
      ],
      [{ settled: [], complete: true, token: 'later' }],
    ]);
  });

  it('is saved at the interval, and not written again when nothing has changed', async () => {
    const { clock, state, writer, finish } = createWriter();
    writer.settle(refOf('a'), { start: 0, end: 10 });
    await clock.runFor(999);
    expect(state.commits).toEqual([]);
    await clock.runFor(2);
    expect(state.commits).toHaveLength(1);
    await clock.runFor(10_000);
    expect(state.commits).toHaveLength(1);
    await finish();
    expect(state.commits).toHaveLength(1);
  });

  it('is saved at once when 64 MiB of it wait: a crash must not cost more than that', async () => {
    const { clock, state, writer, finish } = createWriter({ saveIntervalMs: 30_000 });
    const MIB = 1024 * 1024;
    for (let piece = 0; piece < 63; piece += 1)
      writer.settle(refOf('a'), { start: piece * MIB, end: (piece + 1) * MIB });
    await settle();
    expect(state.commits).toEqual([]);
    writer.settle(refOf('a'), { start: 63 * MIB, end: 64 * MIB });
    await settle();
    expect(state.commits).toHaveLength(1);
    expect(rangeBytes(state.settledOf(refOf('a')))).toBe(64 * MIB);
    expect(clock.now()).toBe(0);
    expect(writer.unsavedBytes).toBe(0);
    await finish();
  });

  it('is waited for before more is acknowledged, when 64 MiB wait behind a commit that takes its time', async () => {
    const { clock, state, writer, finish } = createWriter();
    const MIB = 1024 * 1024;
    const commit = Promise.withResolvers<void>();
    state.onCommit = async () => commit.promise;
    writer.settle(refOf('a'), { start: 0, end: 64 * MIB });
    await settle();
    let hasRoom = false;
    const wait = async (): Promise<void> => {
      hasRoom = false;
      await writer.waitForRoom(never);
      hasRoom = true;
    };
    // One commit may be under way while the next is gathered.
    await wait();
    writer.settle(refOf('a'), { start: 64 * MIB, end: 128 * MIB });
    const waiting = wait();
    await clock.runFor(60_000);
    expect({ hasRoom, unsavedBytes: writer.unsavedBytes }).toEqual({ hasRoom: false, unsavedBytes: 128 * MIB });
    state.onCommit = () => undefined;
    commit.resolve();
    await clock.runFor(2_000);
    await waiting;
    expect(hasRoom).toBe(true);
    await finish();
  });

  // It had nothing of an object in it, and did not count as one that is under way: what was acknowledged behind it had no bound.
  it('is waited for behind any commit that takes its time, be it only of where the look-back stands', async () => {
    const { clock, state, writer, finish } = createWriter();
    const commit = Promise.withResolvers<void>();
    state.onCommit = async () => commit.promise;
    writer.setHead({ startFromMs: 0, floorMs: 0 }, 0);
    await clock.runFor(2_000);
    writer.settle(refOf('a'), { start: 0, end: 64 * 1024 * 1024 });
    let hasRoom = false;
    const waiting = writer.waitForRoom(never).then(() => (hasRoom = true));
    await clock.runFor(60_000);
    expect(hasRoom).toBe(false);
    state.onCommit = () => undefined;
    commit.resolve();
    await clock.runFor(2_000);
    await waiting;
    await finish();
  });

  it('is waited for while the store refuses 64 MiB', async () => {
    const { clock, state, writer, finish } = createWriter();
    state.onCommit = () => {
      throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    writer.settle(refOf('a'), { start: 0, end: 64 * 1024 * 1024 });
    await clock.runFor(2_000);
    let hasRoom = false;
    const waiting = writer.waitForRoom(never).then(() => (hasRoom = true));
    await clock.runFor(60_000);
    expect(hasRoom).toBe(false);
    state.onCommit = () => undefined;
    await clock.runFor(20_000);
    await waiting;
    expect(hasRoom).toBe(true);
    await finish();
  });

  it('counts as unsaved until a commit has returned', async () => {
    const { clock, state, writer, finish } = createWriter();
    writer.settle(refOf('a'), { start: 0, end: 10 });
    state.onCommit = () => {
      throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    await clock.runFor(1500);
    expect({ unsavedBytes: writer.unsavedBytes, isHealthy: writer.isHealthy }).toEqual({
      unsavedBytes: 10,
      isHealthy: false,
    });
    writer.settle(refOf('a'), { start: 10, end: 15 });
    state.onCommit = () => undefined;
    await clock.runFor(5000);
    expect({ unsavedBytes: writer.unsavedBytes, isHealthy: writer.isHealthy }).toEqual({
      unsavedBytes: 0,
      isHealthy: true,
    });
    expect(state.settledOf(refOf('a'))).toEqual([{ start: 0, end: 15 }]);
    await finish();
  });

  it('is tried less and less often while the store refuses, and every refusal is told', async () => {
    const { clock, state, events, writer, finish } = createWriter();
    let attempts = 0;
    state.onCommit = () => {
      attempts += 1;
      throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    writer.complete(refOf('a'));
    await clock.runFor(10 * MINUTE_MS);
    expect(attempts).toBeGreaterThan(60);
    expect(attempts).toBeLessThan(150);
    expect(events.of('state save failed').at(-1)).toMatchObject({ code: 'STATE_UNWRITABLE', failuresInRow: attempts });
    state.onCommit = () => undefined;
    await finish();
    expect(state.isComplete(refOf('a'))).toBe(true);
  });

  it('that cannot be saved at the end is an error: work will be repeated', async () => {
    const { state, writer, finish } = createWriter();
    writer.settle(refOf('a'), { start: 0, end: 10 });
    state.onCommit = () => {
      throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    await expect(finish()).rejects.toThrow('disk full');
  });
});

describe('a state that fails for a while', () => {
  it('stops the reading of new objects, loses nothing, and all goes on by itself', async () => {
    const world = createWorld();
    const early = writeMany(world, 3);
    const streamer = start(world);
    await world.clock.runUntil(allComplete(world, early));
    const brokenMs = world.clock.now();
    world.state.onCommit = () => {
      if (world.clock.now() < brokenMs + 5 * MINUTE_MS) throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    const first = write(world, { sequence: 10 });
    await world.clock.runFor(10_000);
    expect(streamer.gauges().isStateHealthy).toBe(false);
    const gets = world.s3.gets.length;
    const later = [write(world, { sequence: 20 }), write(world, { sequence: 21 })];
    await world.clock.runFor(4 * MINUTE_MS);
    expect(world.s3.gets).toHaveLength(gets);
    await world.clock.runUntil(allComplete(world, [first, ...later]));
    expectDelivered(world, [...early, first, ...later]);
    expect(streamer.gauges().isStateHealthy).toBe(true);
    await streamer.stop();
  });

  it('at the look-up delays an object, no more', async () => {
    const world = createWorld();
    const written = [write(world)];
    world.state.onLookup = () => {
      if (world.clock.now() < START_MS + 2 * MINUTE_MS) throw new StreamerError('STATE_UNWRITABLE', 'busy');
    };
    const streamer = start(world);
    await world.clock.runFor(MINUTE_MS);
    expect(world.s3.gets).toEqual([]);
    await world.clock.runUntil(allComplete(world, written), 2 * MINUTE_MS);
    expectDelivered(world, written);
    await streamer.stop();
  });

  it('at the very end makes the run fail, because progress is lost', async () => {
    const world = createWorld();
    writeMany(world, 2);
    const streamer = start(world, { state: { saveIntervalMs: 60_000 } });
    await world.clock.runUntil(() => streamer.events.of('object completed').length === 2);
    world.state.onCommit = () => {
      throw new StreamerError('STATE_UNWRITABLE', 'disk full');
    };
    streamer.killNow();
    await world.clock.runUntil(() => streamer.ended.isEnded);
    expect(streamer.ended.error).toMatchObject({ code: 'STATE_UNWRITABLE' });
  });
});
