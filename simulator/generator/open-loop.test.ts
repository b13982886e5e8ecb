import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNamer } from './object-name.ts';
import { runOpenLoop, type OpenLoopParts, type PlannedUpload, type Upload } from './open-loop.ts';

/** Time that passes only when everybody waits for it. */
class VirtualTime {
  nowMs = 0;
  #waiting: { atMs: number; wake: () => void }[] = [];

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiter = { atMs: this.nowMs + ms, wake: resolve };
      this.#waiting.push(waiter);
      signal?.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        resolve();
      });
    });
  }

  async run(work: Promise<void>): Promise<void> {
    const state = { isDone: false };
    const watched = work.finally(() => {
      state.isDone = true;
    });
    for (;;) {
      // A macrotask lets everything that can go on do so.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (state.isDone) break;
      const next = this.#waiting.toSorted((left, right) => left.atMs - right.atMs)[0];
      if (next === undefined) throw new Error('everybody waits, and nothing will happen');
      this.nowMs = next.atMs;
      this.#waiting = this.#waiting.filter((waiter) => waiter !== next);
      next.wake();
    }
    await watched;
  }
}

interface World {
  readonly uploads: Upload[];
  readonly failures: number[];
  puttingMax: number;
}

/** `putMs` is how long the store takes for an object; a negative number makes the PUT fail. */
async function upload(
  plan: readonly PlannedUpload[],
  putMs: (index: number) => number,
  concurrencyMax: number,
  stopAtMs = Infinity,
): Promise<World> {
  const time = new VirtualTime();
  const stop = new AbortController();
  const world: World = { uploads: [], failures: [], puttingMax: 0 };
  let putting = 0;
  const parts: OpenLoopParts = {
    now: () => time.nowMs,
    sleep: (ms, signal) => time.sleep(ms, signal),
    readBody: async (index) => Buffer.from(`body ${index}`),
    name: createNamer('', 0),
    async put(index, _key, body) {
      expect(body.toString()).toBe(`body ${index}`);
      putting += 1;
      world.puttingMax = Math.max(world.puttingMax, putting);
      await time.sleep(Math.abs(putMs(index)));
      putting -= 1;
      if (time.nowMs >= stopAtMs) stop.abort();
      if (putMs(index) < 0) throw new Error('the store refuses');
      return `etag-${index}`;
    },
    onUploaded: (uploaded) => world.uploads.push(uploaded),
    onFailed: (index) => world.failures.push(index),
  };
  await time.run(runOpenLoop(plan, parts, concurrencyMax, stop.signal));
  return world;
}

const planOf = (timesMs: readonly (number | null)[]): PlannedUpload[] =>
  timesMs.map((intendedMs, index) => ({ index, intendedMs, stampMs: null }));
const sortedTimes = (): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: 5_000 }), { maxLength: 40 }).map((times) => times.toSorted((left, right) => left - right));

describe('runOpenLoop', () => {
  it('starts every PUT at its intended time, however slow the store is, while connections last', async () => {
    await fc.assert(
      fc.asyncProperty(sortedTimes(), fc.nat({ max: 20_000 }), async (timesMs, putMs) => {
        const { uploads } = await upload(planOf(timesMs), () => putMs, 100);
        expect(uploads.map((done) => done.putStartMs).toSorted((a, b) => a - b)).toEqual(timesMs);
        expect(uploads.every((done) => done.intendedMs === done.putStartMs)).toBe(true);
        expect(uploads.every((done) => done.putEndMs === done.putStartMs + putMs)).toBe(true);
      }),
    );
  });

  it('names an object by its own time stamp where it has one, and counts lag from the intended time all the same', async () => {
    const { uploads } = await upload([{ index: 0, intendedMs: 3_000, stampMs: 1_000 }], () => 0, 1);
    expect(uploads).toMatchObject([{ intendedMs: 3_000, fileTimestampMs: 1_000 }]);
  });

  it('records the slip when connections run out, and never opens more than allowed', async () => {
    const { uploads, puttingMax } = await upload(planOf([0, 0, 0, 0]), () => 100, 2);
    expect(puttingMax).toBe(2);
    expect(uploads.map((done) => [done.intendedMs, done.putStartMs, done.putEndMs])).toEqual([
      [0, 0, 100],
      [0, 0, 100],
      [0, 100, 200],
      [0, 100, 200],
    ]);
  });

  it('uploads or fails each object exactly once, and a failure delays nobody', async () => {
    const putTimes = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sortedTimes(), putTimes, fc.integer({ min: 1, max: 8 }), async (timesMs, putMs, connections) => {
        const { uploads, failures } = await upload(planOf(timesMs), (index) => putMs[index] ?? 1, connections);
        const seen = [...uploads.map((done) => done.index), ...failures].toSorted((a, b) => a - b);
        expect(seen).toEqual(timesMs.map((_, index) => index));
        expect(failures.every((index) => (putMs[index] ?? 1) < 0)).toBe(true);
        expect(new Set(uploads.map((done) => done.key)).size).toBe(uploads.length);
      }),
    );
  });

  it('at full speed keeps all connections busy and counts the moment of the PUT as intended', async () => {
    const { uploads, puttingMax } = await upload(planOf([null, null, null, null, null, null]), () => 10, 3);
    expect(puttingMax).toBe(3);
    expect(uploads.map((done) => [done.intendedMs, done.putStartMs])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [10, 10],
      [10, 10],
      [10, 10],
    ]);
  });

  it('begins nothing after a stop, and finishes what it began', async () => {
    const { uploads } = await upload(planOf([0, 10, 20, 30, 9_000]), () => 15, 8, 20);
    // The PUT that ends at 25 stops the loop; the one begun at 20 ends at 35.
    expect(uploads.map((done) => done.index)).toEqual([0, 1, 2]);
  });
});
