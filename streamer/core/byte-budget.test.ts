import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteBudget, type Reservation } from './byte-budget.ts';

const never = new AbortController().signal;

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

type Lane = 'live' | 'backlog';

/** One request and what came of it. */
class Request {
  readonly bytes: number;
  readonly lane: Lane;
  readonly #stop = new AbortController();
  /** Undefined while it waits. */
  outcome: Reservation | null | undefined = undefined;

  constructor(budget: ByteBudget, bytes: number, lane: Lane) {
    this.bytes = Math.min(Math.ceil(bytes), budget.bytesMax);
    this.lane = lane;
    void budget.reserve(bytes, lane, this.#stop.signal).then((reservation) => {
      this.outcome = reservation;
    });
  }

  abort(): void {
    this.#stop.abort();
  }

  get heldBytes(): number {
    return this.outcome?.bytes ?? 0;
  }
}

const BYTES_MAX = 100;
const bytes = fc.oneof(fc.nat(BYTES_MAX), fc.nat(BYTES_MAX * 2), fc.double({ min: 0, max: BYTES_MAX, noNaN: true }));
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      bytes,
      lane: fc.constantFrom<Lane>('live', 'backlog'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), index: fc.nat(40) }) },
  fc.record({ kind: fc.constant('shrink' as const), index: fc.nat(40), bytes: fc.nat(60) }),
  fc.record({ kind: fc.constant('grow' as const), index: fc.nat(40), bytes: fc.nat(60) }),
  fc.record({ kind: fc.constant('abort' as const), index: fc.nat(40) }),
);

describe('ByteBudget', () => {
  it('never holds more than its limit, counts exactly what is held, and keeps nobody waiting who fits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const budget = new ByteBudget(BYTES_MAX);
        const requests: Request[] = [];
        let peakBytes = 0;
        for (const one of steps) {
          const target = one.kind === 'reserve' ? undefined : requests[one.index % Math.max(1, requests.length)];
          const freeBytes = BYTES_MAX - budget.heldBytes;
          if (one.kind === 'reserve') requests.push(new Request(budget, one.bytes, one.lane));
          else if (one.kind === 'release') target?.outcome?.release();
          else if (one.kind === 'shrink') target?.outcome?.shrink(one.bytes);
          else if (one.kind === 'grow' && target?.outcome != null)
            expect(target.outcome.tryGrow(one.bytes)).toBe(one.bytes <= freeBytes);
          else if (one.kind === 'abort') target?.abort();
          await settle();
          const heldBytes = requests.reduce((sum, request) => sum + request.heldBytes, 0);
          peakBytes = Math.max(peakBytes, heldBytes);
          expect(budget.heldBytes).toBe(heldBytes);
          expect(heldBytes).toBeLessThanOrEqual(BYTES_MAX);
          const waiting = requests.filter(({ outcome }) => outcome === undefined);
          const first = waiting.find(({ lane }) => lane === 'live') ?? waiting[0];
          if (first !== undefined) expect(heldBytes + first.bytes).toBeGreaterThan(BYTES_MAX);
        }
        expect(budget.peakBytes).toBeGreaterThanOrEqual(peakBytes);
        for (let round = 0; round < requests.length; round += 1) {
          for (const request of requests) request.outcome?.release();
          await settle();
        }
        expect(requests.every(({ outcome }) => outcome !== undefined)).toBe(true);
        expect(budget.heldBytes).toBe(0);
      }),
    );
  });

  it('grants in order inside a lane, and live requests before backlog', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ bytes: fc.integer({ min: 1, max: BYTES_MAX }), lane: fc.constantFrom<Lane>('live', 'backlog') }),
          { maxLength: 20 },
        ),
        async (asked) => {
          const budget = new ByteBudget(BYTES_MAX);
          const first = (await budget.reserve(BYTES_MAX, 'backlog', never))!;
          const granted: number[] = [];
          for (const [index, { bytes: askedBytes, lane }] of asked.entries()) {
            void budget.reserve(askedBytes, lane, never).then((reservation) => {
              granted.push(index);
              reservation?.release();
            });
          }
          await settle();
          first.release();
          for (let round = 0; round < 50; round += 1) await settle();
          const inOrder = [...asked.entries()].toSorted(
            ([, left], [, right]) => Number(right.lane === 'live') - Number(left.lane === 'live'),
          );
          expect(granted).toEqual(inOrder.map(([index]) => index));
        },
      ),
    );
  });

  it('cuts a request beyond the whole budget down to it, and grants it when the budget is empty', async () => {
    const budget = new ByteBudget(BYTES_MAX);
    const small = (await budget.reserve(1, 'live', never))!;
    const huge = new Request(budget, 1e9, 'live');
    await settle();
    expect(huge.outcome).toBeUndefined();
    small.release();
    await settle();
    expect(huge.heldBytes).toBe(BYTES_MAX);
  });

  // An estimate is bytes x ratio: 0.1 + 0.2 - 0.2 - 0.1 is not 0, and a request for the whole budget would never be granted again.
  it('counts whole bytes, so that the account always comes back to zero', async () => {
    const budget = new ByteBudget(BYTES_MAX);
    const reservations = await Promise.all([0.1, 0.2, 33.3].map(async (some) => budget.reserve(some, 'live', never)));
    for (const reservation of reservations) reservation?.release();
    expect(budget.heldBytes).toBe(0);
  });

  it('gives null when the signal aborts first, and lets the next one through', async () => {
    const budget = new ByteBudget(BYTES_MAX);
    (await budget.reserve(50, 'live', never))!;
    const blocked = new Request(budget, 60, 'live');
    const behind = new Request(budget, 50, 'live');
    await settle();
    expect([blocked.outcome, behind.outcome]).toEqual([undefined, undefined]);
    blocked.abort();
    await settle();
    expect(blocked.outcome).toBeNull();
    expect(behind.heldBytes).toBe(50);
    const stopped = new AbortController();
    stopped.abort();
    expect(await budget.reserve(1, 'live', stopped.signal)).toBeNull();
  });

  it('lets a holder grow before those who wait, but never beyond the limit', async () => {
    const budget = new ByteBudget(BYTES_MAX);
    const holder = (await budget.reserve(60, 'backlog', never))!;
    const waiting = new Request(budget, 50, 'live');
    expect(holder.tryGrow(40)).toBe(true);
    expect(holder.tryGrow(1)).toBe(false);
    expect(holder.bytes).toBe(100);
    holder.shrink(50);
    await settle();
    expect(waiting.heldBytes).toBe(50);
  });

  it('gives back what is held once, however often it is released', async () => {
    const budget = new ByteBudget(BYTES_MAX);
    const one = (await budget.reserve(30, 'live', never))!;
    await budget.reserve(40, 'live', never);
    one.shrink(1000);
    expect(budget.heldBytes).toBe(40);
    one.release();
    one.release();
    expect(one.bytes).toBe(0);
    expect(budget.heldBytes).toBe(40);
  });
});
