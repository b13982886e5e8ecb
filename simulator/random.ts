/**
 * Seeded randomness with named sub-streams, so that one seed replays a run.
 * Invariant: what a fork yields depends on the seed and the names on the way to it, never on how many numbers its parent or its siblings
 * gave out before. So adding a draw in one place changes nothing anywhere else, and any object of a load can be built on its own.
 */

export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform over all 32-bit unsigned integers. */
  uint32(): number;
  /** A uniform integer in [0, limit). */
  below(limit: number): number;
  /** One of the values, which must not be none. */
  pick<T extends {}>(values: readonly T[]): T;
  /** Whether an event of this probability happens. */
  chance(probability: number): boolean;
  /** An independent stream of that name. */
  fork(name: string | number): SeededRandom;
}

/** 128 bits: with 32, a million forks would hold a hundred pairs of equal streams. */
type Key = readonly [number, number, number, number];

const ROOT_KEY: Key = [0x6b51_4c1e, 0x9a7b_13f5, 0x2f6d_0b87, 0xd3e8_4a29];

export function createRandom(seed: number | string): SeededRandom {
  return streamOf(deriveKey(ROOT_KEY, String(seed)));
}

function streamOf(key: Key): SeededRandom {
  // sfc32: 128 bits of state, passes PractRand, and costs a few additions per draw.
  let [a, b, c, counter] = key;

  function uint32(): number {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  }
  // The first outputs still show the key.
  for (let round = 0; round < 12; round += 1) uint32();

  const next = (): number => uint32() / 4_294_967_296;
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    uint32,
    below,
    pick(values) {
      const value = values[below(values.length)];
      if (value === undefined) throw new RangeError('cannot pick from no values');
      return value;
    },
    chance: (probability) => next() < probability,
    fork: (name) => streamOf(deriveKey(key, typeof name === 'number' ? `#${name}` : name)),
  };
}

/** Mixes a name into a key (the cyrb128 hash, started from the parent's key instead of constants). */
function deriveKey(parent: Key, name: string): Key {
  let [h1, h2, h3, h4] = parent;
  // The terminating 0 keeps fork('ab').fork('c') apart from fork('a').fork('bc').
  for (let position = 0; position <= name.length; position += 1) {
    const code = position < name.length ? name.charCodeAt(position) + 1 : 0;
    h1 = h2 ^ Math.imul(h1 ^ code, 597_399_067);
    h2 = h3 ^ Math.imul(h2 ^ code, 2_869_860_233);
    h3 = h4 ^ Math.imul(h3 ^ code, 951_274_213);
    h4 = h1 ^ Math.imul(h4 ^ code, 2_716_044_179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597_399_067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2_869_860_233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951_274_213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2_716_044_179);
  const mixed = h1 ^ h2 ^ h3 ^ h4;
  return [mixed >>> 0, (h2 ^ mixed) >>> 0, (h3 ^ mixed) >>> 0, (h4 ^ mixed) >>> 0];
}
