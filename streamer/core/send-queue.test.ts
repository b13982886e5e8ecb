import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lane } from './object-task.ts';
import { type QueuedBatch, SendQueue, type SendQueueLimits } from './send-queue.ts';

type Batch = QueuedBatch<number>;

const LIMITS: SendQueueLimits = { bytesMax: 100, linesMax: 12, batchBytesMax: 30, batchLinesMax: 5 };

interface Shape {
  readonly lane: Lane;
  readonly bytes: number;
  readonly lines: number;
  readonly isWholeObject: boolean;
  readonly contentType: string;
}

function batch(owner: number, shape: Partial<Shape> = {}): Batch {
  const { lane = 'live', bytes = 10, lines = 1, isWholeObject = false, contentType = 'x' } = shape;
  const cut = {
    range: { start: 0, end: bytes },
    firstLine: 0,
    lines,
    parts: [],
    bodyBytes: bytes,
    isVerbatim: true,
    longLines: [],
  };
  return { owner, cut, lane, contentType, closedMs: 0, isWholeObject, sentBefore: null };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

const shape: fc.Arbitrary<Shape> = fc.record({
  lane: fc.constantFrom<Lane>('live', 'backlog'),
  bytes: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) }, fc.integer({ min: 90, max: 150 })),
  lines: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.integer({ min: 10, max: 20 })),
  isWholeObject: fc.boolean(),
  contentType: fc.constantFrom('x', 'y'),
});
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), shape }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
  fc.record({ kind: fc.constant('abort push' as const), index: fc.nat(40) }),
  fc.record({ kind: fc.constant('abort take' as const), index: fc.nat(40) }),
);

/** Drives a queue and keeps the books of everything that went in and came out. */
class Books {
  readonly queue = new SendQueue<number>(LIMITS);
  readonly pushes: { readonly batch: Batch; readonly stop: AbortController; outcome: boolean | undefined }[] = [];
  readonly takes: { readonly stop: AbortController; outcome: readonly Batch[] | null | undefined }[] = [];
  readonly taken: Batch[] = [];

  push(of: Shape): void {
    const entry = {
      batch: batch(this.pushes.length, of),
      stop: new AbortController(),
      outcome: undefined as boolean | undefined,
    };
    this.pushes.push(entry);
    void this.queue.push(entry.batch, entry.stop.signal).then((isQueued) => {
      entry.outcome = isQueued;
    });
  }

  take(): void {
    const entry = { stop: new AbortController(), outcome: undefined as readonly Batch[] | null | undefined };
    this.takes.push(entry);
    void this.queue.take(entry.stop.signal).then((group) => {
      entry.outcome = group;
      if (group !== null) this.#checkGroup(group);
    });
  }

  #checkGroup(group: readonly Batch[]): void {
    this.taken.push(...group);
    const [first] = group;
    expect(first).toBeDefined();
    if (group.length === 1) return;
    for (const one of group) {
      expect(one).toMatchObject({ isWholeObject: true, contentType: first?.contentType, lane: first?.lane });
    }
    expect(group.reduce((sum, { cut }) => sum + cut.bodyBytes, 0)).toBeLessThanOrEqual(LIMITS.batchBytesMax);
    expect(group.reduce((sum, { cut }) => sum + cut.lines, 0)).toBeLessThanOrEqual(LIMITS.batchLinesMax);
  }

  get inside(): readonly Batch[] {
    return this.pushes
      .filter(({ outcome, batch: one }) => outcome === true && !this.taken.includes(one))
      .map(({ batch: one }) => one);
  }

  check(): void {
    const { inside } = this;
    const bytes = inside.reduce((sum, { cut }) => sum + cut.bodyBytes, 0);
    const lines = inside.reduce((sum, { cut }) => sum + cut.lines, 0);
    expect({ bytes: this.queue.bytes, lines: this.queue.lines, isEmpty: this.queue.isEmpty }).toEqual({
      bytes,
      lines,
      isEmpty: inside.length === 0,
    });
    if (inside.length > 1) {
      expect(bytes).toBeLessThanOrEqual(LIMITS.bytesMax);
      expect(lines).toBeLessThanOrEqual(LIMITS.linesMax);
    }
    // A taker waits only while there is nothing; a pusher only while there is something.
    if (this.takes.some(({ outcome }) => outcome === undefined)) expect(inside).toEqual([]);
    if (inside.length === 0) expect(this.pushes.filter(({ outcome }) => outcome === undefined)).toEqual([]);
    for (const lane of ['live', 'backlog']) {
      const order = this.taken.filter((one) => one.lane === lane).map(({ owner }) => owner);
      expect(order).toEqual(order.toSorted((left, right) => left - right));
    }
  }
}

describe('SendQueue', () => {
  it('keeps its bounds and its order, joins only what may be joined, and loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const books = new Books();
        for (const one of steps) {
          if (one.kind === 'push') books.push(one.shape);
          else if (one.kind === 'take') books.take();
          else if (one.kind === 'abort push') books.pushes[one.index % Math.max(1, books.pushes.length)]?.stop.abort();
          else books.takes[one.index % Math.max(1, books.takes.length)]?.stop.abort();
          await settle();
          books.check();
        }
        for (let round = 0; round < 100 && !books.queue.isEmpty; round += 1) {
          books.take();
          await settle();
          books.check();
        }
        books.queue.close();
        await settle();
        expect(books.takes.every(({ outcome }) => outcome !== undefined)).toBe(true);
        const queued = books.pushes.filter(({ outcome }) => outcome === true).map(({ batch: one }) => one.owner);
        expect(books.taken.map(({ owner }) => owner).toSorted((left, right) => left - right)).toEqual(queued);
        expect(books.pushes.every(({ outcome }) => outcome !== undefined)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never lets backlog pass a live batch, inside or at the door', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(shape, { minLength: 1, maxLength: 30 }), fc.nat(10), async (shapes, takeEvery) => {
        const books = new Books();
        for (const [index, of] of shapes.entries()) {
          const isLiveWaiting = books.pushes.some(
            ({ outcome, batch: one }) => outcome === undefined && one.lane === 'live',
          );
          books.push(of);
          await settle();
          if (of.lane === 'backlog' && isLiveWaiting) expect(books.pushes.at(-1)?.outcome).toBeUndefined();
          if (takeEvery === 0 || index % takeEvery !== 0) continue;
          const hasLive = books.inside.some(({ lane }) => lane === 'live');
          const before = books.taken.length;
          const waiting = books.pushes.filter(({ outcome }) => outcome === undefined);
          books.take();
          await settle();
          if (hasLive) expect(books.taken[before]?.lane).toBe('live');
          const stillLive = waiting.find(({ outcome, batch: one }) => outcome === undefined && one.lane === 'live');
          if (stillLive !== undefined) {
            expect(waiting.filter(({ outcome, batch: one }) => outcome === true && one.lane === 'backlog')).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  const never = new AbortController().signal;

  it('joins whole tiny objects that wait side by side, up to one batch', async () => {
    const queue = new SendQueue<number>(LIMITS);
    for (let owner = 0; owner < 4; owner += 1)
      await queue.push(batch(owner, { bytes: 10, isWholeObject: true }), never);
    expect((await queue.take(never))?.map(({ owner }) => owner)).toEqual([0, 1, 2]);
    expect((await queue.take(never))?.map(({ owner }) => owner)).toEqual([3]);
  });

  it('does not hold a tiny object back for company', async () => {
    const queue = new SendQueue<number>(LIMITS);
    const taking = queue.take(never);
    await queue.push(batch(0, { isWholeObject: true }), never);
    await queue.push(batch(1, { isWholeObject: true }), never);
    expect((await taking)?.map(({ owner }) => owner)).toEqual([0]);
  });

  it('takes in a batch larger than itself when it is empty', async () => {
    const queue = new SendQueue<number>(LIMITS);
    expect(await queue.push(batch(0, { bytes: 5000, lines: 500 }), never)).toBe(true);
    expect((await queue.take(never))?.map(({ owner }) => owner)).toEqual([0]);
  });

  it('gives what is left after closing, then null to everyone', async () => {
    const queue = new SendQueue<number>(LIMITS);
    await queue.push(batch(0), never);
    queue.close();
    expect((await queue.take(never))?.map(({ owner }) => owner)).toEqual([0]);
    expect(await queue.take(never)).toBeNull();
    const waiting = new SendQueue<number>(LIMITS);
    const takers = [waiting.take(never), waiting.take(never)];
    waiting.close();
    expect(await Promise.all(takers)).toEqual([null, null]);
  });

  it('neither takes nor gives once the signal has aborted', async () => {
    const queue = new SendQueue<number>(LIMITS);
    await queue.push(batch(0), never);
    const stopped = AbortSignal.abort();
    expect(await queue.push(batch(1), stopped)).toBe(false);
    expect(await queue.take(stopped)).toBeNull();
    expect(queue.lines).toBe(1);
  });
});
