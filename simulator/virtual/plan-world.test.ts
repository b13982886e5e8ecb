import { describe, expect, it } from 'vitest';
import { faultKindsOf } from './fault.ts';
import { planWorld } from './plan-world.ts';
import { WORLD_KINDS } from './world-kind.ts';

describe('the plans of seeds', () => {
  // A long hunt in worlds of three instances once ended with "it proves nothing": no plan of them held one of the kinds.
  it.each(WORLD_KINDS)('hold each kind of fault that can happen in that kind of world (%s)', (world) => {
    const seeds = Array.from({ length: 300 }, (_, index) => index + 1);
    const planned = new Set(seeds.flatMap((seed) => planWorld(seed, world).faults.map(({ kind }) => kind)));
    expect(faultKindsOf(world).filter((kind) => !planned.has(kind))).toEqual([]);
  });
});
