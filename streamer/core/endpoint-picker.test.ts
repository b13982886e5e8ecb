import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Booking, EndpointPicker, type PickerLimits } from './endpoint-picker.ts';

const LIMITS: PickerLimits = { failuresMax: 3, pauseMsBase: 500, pauseMsMax: 5000, misconfiguredPauseMs: 7000 };

/** No endpoint to avoid. */
const NONE: ReadonlySet<number> = new Set();

type Step =
  | { readonly kind: 'pick'; readonly bytes: number; readonly avoid: number | null }
  | { readonly kind: 'succeed' | 'cancel' | 'unavailable' | 'misconfigured'; readonly index: number }
  | { readonly kind: 'asked to wait'; readonly index: number; readonly retryAfterMs: number }
  | { readonly kind: 'pass'; readonly ms: number };

const index = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pick' as const),
      bytes: fc.integer({ min: 1, max: 100 }),
      avoid: fc.option(fc.nat(2)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('succeed' as const, 'cancel' as const), index }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('unavailable' as const), index }) },
  fc.record({ kind: fc.constant('misconfigured' as const), index }),
  fc.record({ kind: fc.constant('asked to wait' as const), index, retryAfterMs: fc.nat(9000) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(3000) }) },
);

/** The breaker in slow words: until when is an endpoint left alone, and is a probe under way? */
interface ModelEndpoint {
  openUntilMs: number | null;
  failuresInRow: number;
  pauses: number;
  probe: Booking | null;
  /** Sent before it last asked to be left alone. */
  early: Set<Booking>;
  underWay: Set<Booking>;
}

function modelFail(endpoint: ModelEndpoint, booking: Booking, nowMs: number, one: Step): void {
  const wasOpen = endpoint.openUntilMs !== null;
  const isProbe = endpoint.probe === booking || booking.isProbe;
  if (endpoint.probe === booking) endpoint.probe = null;
  endpoint.failuresInRow += 1;
  const askedUntilMs = endpoint.openUntilMs ?? 0;
  if (one.kind === 'misconfigured') endpoint.openUntilMs = Math.max(askedUntilMs, nowMs + LIMITS.misconfiguredPauseMs);
  else if (one.kind === 'asked to wait') {
    endpoint.openUntilMs = Math.max(askedUntilMs, nowMs + one.retryAfterMs);
    endpoint.early = new Set(endpoint.underWay);
  } else if (isProbe || (!wasOpen && endpoint.failuresInRow >= LIMITS.failuresMax)) {
    const pauseMs = Math.min(LIMITS.pauseMsMax, LIMITS.pauseMsBase * 2 ** endpoint.pauses);
    endpoint.openUntilMs = Math.max(askedUntilMs, nowMs + pauseMs);
    endpoint.pauses += 1;
  }
}

describe('the breakers of an EndpointPicker', () => {
  it('follow the model: closed, open until a moment, then one probe that decides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 80 }), (count, steps) => {
        const picker = new EndpointPicker(count, LIMITS);
        const model = Array.from({ length: count }, (): ModelEndpoint => ({
          openUntilMs: null,
          failuresInRow: 0,
          pauses: 0,
          probe: null,
          early: new Set(),
          underWay: new Set(),
        }));
        const underWay: Booking[] = [];
        let nowMs = 10_000;
        const isUsable = ({ openUntilMs, probe }: ModelEndpoint): boolean =>
          openUntilMs === null || (openUntilMs <= nowMs && probe === null);
        for (const one of steps) {
          if (one.kind === 'pass') nowMs += one.ms;
          else if (one.kind === 'pick') {
            const booking = picker.pick(nowMs, one.bytes, new Set(one.avoid === null ? [] : [one.avoid]));
            expect(booking === null).toBe(!model.some(isUsable));
            if (booking === null) continue;
            const endpoint = model[booking.endpoint]!;
            expect(isUsable(endpoint)).toBe(true);
            expect(booking.isProbe).toBe(endpoint.openUntilMs !== null);
            if (booking.isProbe) endpoint.probe = booking;
            if (booking.endpoint === one.avoid) expect(model.filter(isUsable).length).toBeLessThanOrEqual(1);
            underWay.push(booking);
            endpoint.underWay.add(booking);
          } else {
            const [booking] = underWay.splice(one.index % Math.max(1, underWay.length), 1);
            if (booking === undefined) continue;
            const endpoint = model[booking.endpoint]!;
            endpoint.underWay.delete(booking);
            if (one.kind === 'succeed') {
              picker.succeed(booking);
              endpoint.failuresInRow = 0;
              if (endpoint.probe === booking) endpoint.probe = null;
              if (!endpoint.early.has(booking)) Object.assign(endpoint, { openUntilMs: null, pauses: 0, probe: null });
            } else if (one.kind === 'cancel') {
              picker.cancel(booking);
              if (endpoint.probe === booking) endpoint.probe = null;
            } else {
              picker.fail(
                booking,
                nowMs,
                one.kind === 'misconfigured' ? 'misconfigured' : 'unavailable',
                one.kind === 'asked to wait' ? one.retryAfterMs : null,
              );
              modelFail(endpoint, booking, nowMs, one);
            }
          }
          for (const [at, endpoint] of model.entries()) {
            const isHalfOpen = endpoint.probe !== null || (endpoint.openUntilMs ?? 0) <= nowMs;
            expect(picker.state(at, nowMs)).toBe(
              endpoint.openUntilMs === null ? 'closed' : isHalfOpen ? 'half-open' : 'open',
            );
          }
          const waits = model
            .filter(({ probe }) => probe === null)
            .map(({ openUntilMs }) => Math.max(0, (openUntilMs ?? 0) - nowMs));
          expect(picker.waitMs(nowMs)).toBe(waits.length === 0 ? null : Math.min(...waits));
        }
      }),
      { numRuns: 1000 },
    );
  });

  /** Fails the only endpoint until its breaker opens; gives back the moment. */
  function openBreaker(picker: EndpointPicker, nowMs: number): void {
    const bookings = Array.from({ length: LIMITS.failuresMax }, () => picker.pick(nowMs, 1, NONE)!);
    for (const booking of bookings) picker.fail(booking, nowMs, 'unavailable', null);
  }

  it('open after three failures in a row, not before, and not when a success stands between', () => {
    const picker = new EndpointPicker(1, LIMITS);
    for (let round = 0; round < 5; round += 1) {
      picker.fail(picker.pick(0, 1, NONE)!, 0, 'unavailable', null);
      picker.fail(picker.pick(0, 1, NONE)!, 0, 'unavailable', null);
      expect(picker.state(0, 0)).toBe('closed');
      picker.succeed(picker.pick(0, 1, NONE)!);
    }
    openBreaker(picker, 0);
    expect(picker.state(0, 0)).toBe('open');
    expect(picker.pick(499, 1, NONE)).toBeNull();
    expect(picker.waitMs(100)).toBe(400);
  });

  it('let one probe through when the pause is over, and close when it succeeds', () => {
    const picker = new EndpointPicker(1, LIMITS);
    openBreaker(picker, 0);
    const probe = picker.pick(500, 1, NONE)!;
    expect(probe.isProbe).toBe(true);
    expect(picker.pick(500, 1, NONE)).toBeNull();
    expect(picker.waitMs(500)).toBeNull();
    picker.succeed(probe);
    expect(picker.state(0, 500)).toBe('closed');
    expect(picker.pick(500, 1, NONE)?.isProbe).toBe(false);
  });

  it('are probed as soon as that is due, however idle the others are', () => {
    const picker = new EndpointPicker(2, LIMITS);
    const bookings = [1, 2, 3].map(() => picker.pick(0, 1_000_000, new Set([1]))!);
    for (const booking of bookings) picker.fail(booking, 0, 'unavailable', null);
    expect(bookings.map(({ endpoint }) => endpoint)).toEqual([0, 0, 0]);
    expect(picker.pick(499, 1, NONE)?.endpoint).toBe(1);
    expect(picker.pick(500, 1, NONE)).toMatchObject({ endpoint: 0, isProbe: true });
  });

  it('double the pause with each failed probe, up to the longest, and begin again after a success', () => {
    const picker = new EndpointPicker(1, LIMITS);
    openBreaker(picker, 0);
    let nowMs = 500;
    const pauses: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      picker.fail(picker.pick(nowMs, 1, NONE)!, nowMs, 'unavailable', null);
      pauses.push(picker.waitMs(nowMs)!);
      nowMs += pauses.at(-1)!;
    }
    expect(pauses).toEqual([1000, 2000, 4000, 5000, 5000]);
    picker.succeed(picker.pick(nowMs, 1, NONE)!);
    openBreaker(picker, nowMs);
    expect(picker.waitMs(nowMs)).toBe(500);
  });

  // Ten requests to a hanging endpoint time out one after the other for half a minute: each would have let one more probe through.
  it('are not moved by late failures of requests from before they opened', () => {
    const picker = new EndpointPicker(1, LIMITS);
    const early = Array.from({ length: 10 }, () => picker.pick(0, 1, NONE)!);
    for (const booking of early.slice(0, 3)) picker.fail(booking, 0, 'unavailable', null);
    const probe = picker.pick(500, 1, NONE)!;
    for (const booking of early.slice(3)) {
      picker.fail(booking, 600, 'unavailable', null);
      expect(picker.pick(600, 1, NONE)).toBeNull();
    }
    picker.fail(probe, 700, 'unavailable', null);
    expect(picker.waitMs(700)).toBe(1000);
  });

  // Seen in a storm of 429 on real sockets: what was under way was accepted, and the endpoint got more within milliseconds.
  it('are not closed by a success of a request from before the endpoint asked to be left alone', () => {
    const picker = new EndpointPicker(1, LIMITS);
    const [first, second, third] = [1, 2, 3].map(() => picker.pick(0, 1, NONE)!);
    picker.fail(first!, 0, 'unavailable', 1200);
    picker.succeed(second!);
    expect(picker.pick(1199, 1, NONE)).toBeNull();
    const probe = picker.pick(1200, 1, NONE)!;
    picker.fail(third!, 1300, 'unavailable', 1200);
    picker.succeed(probe);
    expect(picker.pick(2499, 1, NONE)).toBeNull();
    picker.succeed(picker.pick(2500, 1, NONE)!);
    expect(picker.state(0, 2500)).toBe('closed');
  });

  it('are left alone for as long as was asked for, whatever a probe or a request from before comes back with', () => {
    const picker = new EndpointPicker(1, LIMITS);
    const [first, second, third] = [1, 2, 3].map(() => picker.pick(0, 1, NONE)!);
    picker.fail(first!, 0, 'unavailable', 100);
    const probe = picker.pick(100, 1, NONE)!;
    picker.fail(second!, 200, 'unavailable', 60_000);
    picker.fail(probe, 300, 'unavailable', null);
    expect(picker.waitMs(300)).toBe(59_900);
    picker.fail(third!, 300, 'misconfigured', null);
    expect(picker.waitMs(300)).toBe(59_900);
  });

  it('open at once for an endpoint that refuses us, and for as long as a Retry-After says', () => {
    const picker = new EndpointPicker(2, LIMITS);
    const [first, second] = [picker.pick(0, 1, NONE)!, picker.pick(0, 1, NONE)!];
    picker.fail(first, 0, 'misconfigured', null);
    picker.fail(second, 0, 'unavailable', 1200);
    expect(picker.waitMs(0)).toBe(1200);
    expect(picker.pick(1199, 1, NONE)).toBeNull();
    expect(picker.pick(1200, 1, NONE)?.endpoint).toBe(second.endpoint);
    expect(picker.pick(6999, 1, NONE)).toBeNull();
    expect(picker.pick(7000, 1, NONE)?.endpoint).toBe(first.endpoint);
  });
});

interface Traffic {
  readonly endpoints: number;
  readonly workers: number;
  readonly bodies: readonly number[];
  readonly msPerMB: number;
  /** Pause of each worker between two bodies. */
  readonly idleMs: number;
}

/** Every endpoint serves each request at the same speed; gives back the bytes that each got, between two moments. */
function serve(
  picker: EndpointPicker,
  { endpoints, workers, bodies, msPerMB, idleMs }: Traffic,
  startMs = 0,
): readonly number[] {
  const bytes = Array.from({ length: endpoints }, () => 0);
  const events: { atMs: number; booking: Booking | null }[] = Array.from({ length: workers }, (_, worker) => ({
    atMs: startMs + worker / 100,
    booking: null,
  }));
  for (const body of bodies) {
    for (;;) {
      events.sort((left, right) => left.atMs - right.atMs);
      const event = events.shift()!;
      if (event.booking !== null) {
        picker.succeed(event.booking);
        events.push({ atMs: event.atMs + idleMs, booking: null });
        continue;
      }
      const booking = picker.pick(event.atMs, body, NONE)!;
      bytes[booking.endpoint] = (bytes[booking.endpoint] ?? 0) + body;
      events.push({ atMs: event.atMs + 1 + (body / 1e6) * msPerMB, booking });
      break;
    }
  }
  for (const { booking } of events) if (booking !== null) picker.succeed(booking);
  return bytes;
}

function expectEven(bytes: readonly number[]): void {
  const even = bytes.reduce((sum, some) => sum + some, 0) / bytes.length;
  for (const some of bytes) expect(Math.abs(some - even) / even).toBeLessThan(0.05);
}

describe('the shares that an EndpointPicker gives', () => {
  /** An object of 10 MB is nine full batches and a rest; tiny objects and odd sizes are the hard cases. */
  const MIXES: Readonly<Record<string, (chance: number) => number>> = {
    equal: () => 1_048_576,
    'full, with rests': (chance) => (chance < 0.9 ? 1_048_576 : Math.ceil((chance - 0.9) * 10_485_760)),
    'of any size': (chance) => Math.ceil(chance * 1_048_576),
    'large or tiny': (chance) => (chance < 0.5 ? 1000 : 900_000),
  };
  const traffic = fc.record({
    endpoints: fc.integer({ min: 2, max: 5 }),
    workers: fc.integer({ min: 1, max: 16 }),
    mix: fc.constantFrom(...Object.keys(MIXES)),
    seed: fc.nat(),
    msPerMB: fc.constantFrom(0, 3, 50),
    idleMs: fc.constantFrom(0, 0, 5, 300),
  });

  it('are within 5 % of even while all endpoints serve alike, busy or idle, whatever the sizes', () => {
    fc.assert(
      fc.property(traffic, ({ mix, seed, ...one }) => {
        let state = seed;
        const bodies = Array.from({ length: 800 }, () => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          return MIXES[mix]!(state / 2 ** 32);
        });
        expectEven(serve(new EndpointPicker(one.endpoints, LIMITS), { ...one, bodies }));
      }),
      { numRuns: 150 },
    );
  });

  it('alternate for a feed so quiet that the memory of past bytes is gone', () => {
    const picker = new EndpointPicker(3, LIMITS);
    const order = Array.from({ length: 6 }, (_, hour) => {
      const booking = picker.pick((hour + 1) * 3_600_000, 1000, NONE)!;
      picker.succeed(booking);
      return booking.endpoint;
    });
    expect(order).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('are even again after an endpoint comes back: it is not flooded with what it missed', () => {
    const picker = new EndpointPicker(2, LIMITS);
    for (const booking of [picker.pick(0, 1, NONE)!, picker.pick(0, 1, NONE)!])
      if (booking.endpoint === 1) picker.fail(booking, 0, 'misconfigured', null);
    const bodies = Array.from({ length: 400 }, () => 1_000_000);
    const alone = serve(picker, { endpoints: 2, workers: 4, bodies, msPerMB: 40, idleMs: 0 }, 1);
    expect(alone[1]).toBe(0);
    picker.succeed(picker.pick(7001, 1, NONE)!);
    expectEven(serve(picker, { endpoints: 2, workers: 4, bodies, msPerMB: 40, idleMs: 0 }, 10_000));
  });

  it('follow the speed where endpoints differ: one that still has a body to answer gets no other while another is free', () => {
    const picker = new EndpointPicker(2, LIMITS);
    const slow = picker.pick(0, 1_000_000, NONE)!;
    // Long after: what the slow one got is forgotten, what it holds is not.
    for (let nowMs = 60_000; nowMs < 90_000; nowMs += 1000) {
      const booking = picker.pick(nowMs, 100_000, NONE)!;
      expect(booking.endpoint).not.toBe(slow.endpoint);
      picker.succeed(booking);
    }
  });
});
