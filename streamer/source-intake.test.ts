/** Objects that wait for a place while others find, finish and forget them. */
import { describe, expect, it } from 'vitest';
import { identityOf } from './core/object-task.ts';
import { createContext } from './pipeline.ts';
import type { ObjectRef } from './ports.ts';
import { type Offered, SourceIntake } from './source-intake.ts';
import { fakeInflate, RecordedEvents } from './testing/fakes.ts';
import { createWorld, START_MS, testConfig, write } from './testing/world.ts';

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

/** An intake whose ready queue has a single place. */
function createIntake() {
  const world = createWorld();
  const { clock, s3, sink, state } = world;
  const events = new RecordedEvents();
  const context = createContext(
    { clock, random: { next: () => 0.5 }, objects: s3, inflate: fakeInflate, sink, state, events },
    testConfig({ processing: { queueObjectsMax: 1 } }),
  );
  context.start.hear(0, clock.elapsed());
  const intake = new SourceIntake(context, 0);
  const old = (sequence: number): ObjectRef =>
    write(world, { atMs: START_MS - HOUR_MS, sequence, lastModifiedMs: START_MS - HOUR_MS }).ref;
  const offer = (objects: readonly ObjectRef[]) => {
    const end: { offered: readonly Offered[] | null } = { offered: null };
    void intake
      .offer(objects, { motion: 'sweep', sinceMs: -Infinity }, never)
      .then((offered) => (end.offered = offered));
    return end;
  };
  /** A reader takes what waits, and it is done with. */
  const read = (): string | null => {
    const next = context.found.take(clock.now());
    return next?.task.object.key ?? null;
  };
  /** Another motion has found it meanwhile, it was delivered, and nobody remembers it but the state. */
  const finishElsewhere = (object: ObjectRef): void => {
    state.complete.add(identityOf(object));
    context.known.forget(identityOf(object));
  };
  return { world, context, old, offer, read, finishElsewhere };
}

describe('an object that waits for a place', () => {
  it('is queued once, although two motions wait with it', async () => {
    const { world, old, offer, read } = createIntake();
    const [first, object] = [old(1), old(2)];
    offer([first]);
    await world.clock.runFor(1);
    const [one, other] = [offer([object]), offer([object])];
    await world.clock.runFor(5_000);
    expect([one.offered, other.offered]).toEqual([null, null]);
    expect(read()).toBe(first.key);
    await world.clock.runUntil(() => one.offered !== null, 10_000);
    expect(read()).toBe(object.key);
    await world.clock.runUntil(() => other.offered !== null, 10_000);
    expect([one.offered, other.offered]).toEqual([[{ kind: 'queued' }], [{ kind: 'under-way' }]]);
    expect(read()).toBeNull();
  });

  it('is looked up again when there is one: what was finished and forgotten meanwhile is not read twice', async () => {
    const { world, old, offer, read, finishElsewhere } = createIntake();
    const [first, object] = [old(1), old(2)];
    offer([first]);
    await world.clock.runFor(1);
    const waiting = offer([object]);
    await world.clock.runFor(5_000);
    finishElsewhere(object);
    expect(read()).toBe(first.key);
    await world.clock.runUntil(() => waiting.offered !== null, 10_000);
    expect(waiting.offered).toEqual([{ kind: 'complete' }]);
    expect(read()).toBeNull();
  });

  it('waits no longer for its moment because the clock was set back meanwhile', async () => {
    const { world, old, offer, read } = createIntake();
    const [first, object] = [old(1), old(2)];
    offer([first]);
    await world.clock.runFor(1);
    const waiting = offer([object]);
    await world.clock.runFor(5_000);
    expect(read()).toBe(first.key);
    world.clock.aheadMs = -3 * HOUR_MS;
    await world.clock.runUntil(() => waiting.offered !== null, 10_000);
    expect(read()).toBe(object.key);
  });

  it('keeps those behind it on the page waiting, and they are looked up again, too', async () => {
    const { world, old, offer, read, finishElsewhere } = createIntake();
    const [first, slow, behind] = [old(1), old(2), old(3)];
    offer([first]);
    await world.clock.runFor(1);
    const page = offer([slow, behind]);
    await world.clock.runFor(5_000);
    finishElsewhere(behind);
    expect(read()).toBe(first.key);
    await world.clock.runUntil(() => page.offered !== null, 10_000);
    expect(page.offered).toEqual([{ kind: 'queued' }, { kind: 'complete' }]);
    expect(read()).toBe(slow.key);
    expect(read()).toBeNull();
  });
});
