import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BufferPool } from './buffer-pool.ts';

const MIB = 1024 * 1024;

function poolOf({ bytesMax = 64 * MIB, idleBytesMax = 16 * MIB, idleMsMax = 1000, lastIdleMsMax = 5000 } = {}) {
  const clock = { nowMs: 0 };
  return {
    clock,
    pool: new BufferPool({ bytesMax, idleBytesMax, idleMsMax, lastIdleMsMax, nowMs: () => clock.nowMs }),
  };
}

describe('BufferPool', () => {
  it('never gives a buffer to two takers at once, gives each enough, and keeps no more than it may', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('take' as const), bytes: fc.integer({ min: 1, max: 6 * MIB }) }),
      fc.record({ kind: fc.constant('give' as const), index: fc.nat(20) }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(700) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { pool, clock } = poolOf();
        const held: Buffer[] = [];
        for (const one of steps) {
          if (one.kind === 'take') {
            const buffer = pool.take(one.bytes);
            expect(buffer.length).toBeGreaterThanOrEqual(one.bytes);
            expect(buffer.length).toBeLessThanOrEqual(one.bytes * 1.25 + MIB);
            expect(held.includes(buffer)).toBe(false);
            held.push(buffer);
          } else if (one.kind === 'give') {
            const [buffer] = held.splice(one.index % Math.max(1, held.length), 1);
            if (buffer !== undefined) pool.give(buffer);
          } else clock.nowMs += one.ms;
          expect(pool.idleBytes).toBeLessThanOrEqual(16 * MIB);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives a buffer of nearly the right size again instead of a new one', () => {
    const { pool } = poolOf();
    const buffer = pool.take(3 * MIB);
    pool.give(buffer);
    expect(pool.take(2.9 * MIB) === buffer).toBe(true);
    expect(pool.take(2.9 * MIB) === buffer).toBe(false);
  });

  it('does not waste a large buffer on a small object', () => {
    const { pool } = poolOf();
    const large = pool.take(10 * MIB);
    pool.give(large);
    expect(pool.take(2 * MIB) === large).toBe(false);
    expect(pool.take(10 * MIB) === large).toBe(true);
  });

  it('gives back to the system what nobody asked for lately', () => {
    const { pool, clock } = poolOf();
    const [first, last] = [pool.take(2 * MIB), pool.take(3 * MIB)];
    pool.give(first);
    clock.nowMs = 100;
    pool.give(last);
    clock.nowMs = 999;
    pool.dropStale();
    expect(pool.idleBytes).toBe(5 * MIB);
    clock.nowMs = 1000;
    pool.dropStale();
    expect(pool.idleBytes).toBe(3 * MIB);
    clock.nowMs = 5099;
    pool.dropStale();
    expect(pool.idleBytes, 'the last one stays for a while').toBe(3 * MIB);
    clock.nowMs = 5100;
    pool.dropStale();
    expect(pool.idleBytes).toBe(0);
  });

  it('never keeps the last one beside a new one', () => {
    const { pool, clock } = poolOf();
    const last = pool.take(3 * MIB);
    pool.give(last);
    clock.nowMs = 2000;
    pool.take(4 * MIB);
    expect(pool.idleBytes).toBe(0);
    expect(last.length).toBe(0);
  });

  it('keeps only what is left of its limit beside the buffers in use', () => {
    const { pool } = poolOf({ bytesMax: 9 * MIB });
    const [first, second] = [pool.take(4 * MIB), pool.take(4 * MIB)];
    pool.give(first);
    expect(pool.idleBytes).toBe(4 * MIB);
    const third = pool.take(2 * MIB);
    expect(pool.idleBytes).toBe(0);
    expect(first.length, 'its memory is freed at once').toBe(0);
    pool.give(second);
    pool.give(third);
    expect(pool.idleBytes).toBe(6 * MIB);
  });

  it('keeps the largest ones when it is full: they cost the most to make', () => {
    const { pool } = poolOf({ idleBytesMax: 5 * MIB });
    const [small, large] = [pool.take(2 * MIB), pool.take(4 * MIB)];
    pool.give(large);
    pool.give(small);
    expect(pool.idleBytes).toBe(4 * MIB);
    expect(pool.take(4 * MIB) === large).toBe(true);
  });
});
