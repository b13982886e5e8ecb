/** A lease, as its holder counts it and as Redis does. Found by the virtual world: seed 785. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedisState, type SharedObject } from '#streamer';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryRedis } from './memory-redis.ts';
import { directConnection } from './testing/direct-connection.ts';

const START_MS = 1_765_324_556_414;
const LEASE_TTL_MS = 5_000;
const CLAIM = { objectsMax: 1, liveWindowMs: 600_000 };

const shared: SharedObject = {
  object: { bucket: 'logs', key: 'web/1', etag: 'e', sizeBytes: 1, lastModifiedMs: START_MS - 60_000 },
  listedMs: START_MS,
  rankMs: START_MS - 1_000,
  settled: [],
  wanted: null,
};

/** `a` asks for a lease and claims the object; its renewal is `wayMs` under way. */
async function claimed({ askedMs, wayMs }: { readonly askedMs: number; readonly wayMs: number }) {
  const clock = { nowMs: askedMs + wayMs };
  const redis = new MemoryRedis({ now: () => clock.nowMs });
  const open = (): RedisState =>
    new RedisState({
      connection: directConnection(redis),
      journal: new MemoryJournal(),
      leaseTtlMs: LEASE_TTL_MS,
      events: { emit: () => undefined },
      newEpoch: () => 'epoch',
    });
  const [a, b] = [open(), open()];
  await a.renew('a', []);
  await a.offer([shared], { readyMax: 1, liveWindowMs: CLAIM.liveWindowMs });
  await a.claim('a', CLAIM);
  clock.nowMs += LEASE_TTL_MS / 2;
  await b.renew('b', []);
  /** What `b` gets of it at that moment. */
  const takenAt = async (ms: number): Promise<number> => {
    clock.nowMs = ms;
    return (await b.claim('b', CLAIM)).claimed.length;
  };
  return { takenAt };
}

/** Of a millisecond. */
const fraction = fc.integer({ min: 0, max: 999 }).map((thousandths) => thousandths / 1_000);

describe('a lease', () => {
  it('lasts in Redis, which counts whole milliseconds, as long as its holder counts on it, and at most one longer', async () => {
    await fc.assert(
      fc.asyncProperty(fraction, fraction, fraction, async (askedAt, wayMs, leftMs) => {
        const askedMs = START_MS + askedAt;
        const { takenAt } = await claimed({ askedMs, wayMs });
        const endMs = askedMs + LEASE_TTL_MS;
        expect(await takenAt(endMs - leftMs - 0.001)).toBe(0);
        expect(await takenAt(endMs + wayMs + 1)).toBe(1);
      }),
      { numRuns: 300 },
    );
  });
});
