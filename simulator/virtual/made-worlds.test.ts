import { describe, expect, it } from 'vitest';
import { faultKindsOf } from './fault.ts';
import { type MadeWorld, madeWorld, madeWorldNames } from './made-worlds.ts';
import { planSchema } from './plan.ts';
import { runWorld } from './world.ts';

describe('a made world', () => {
  it.each(madeWorldNames)('%s is a world that a file can hold, with each object once', (name) => {
    const plan = madeWorld(name, 1);
    expect(planSchema.parse(plan)).toEqual(plan);
    expect(new Set(plan.objects.map(({ key }) => key)).size).toBe(plan.objects.length);
    expect(new Set([...plan.objects.map(({ content }) => content), ...plan.trickle]).size).toBe(
      plan.objects.length + plan.trickle.length,
    );
    const kinds = faultKindsOf(plan.redis === null ? 'single' : 'redis');
    for (const { kind } of plan.faults) expect(kinds).toContain(kind);
  });

  // That each kills its mutant is for `npm run mutants`.
  it.each<[MadeWorld, number]>([
    ['refused-in-storms', 10],
    ['clock-ahead-while-busy', 7],
    ['lister-loses-its-own', 7],
  ])('%s ends well for the streamer as it is, though %i of its faults do something', async (name, faults) => {
    const { violation, exercised } = await runWorld(madeWorld(name, 1), { isTraced: false });
    expect(violation).toBeNull();
    expect(exercised.length).toBeGreaterThanOrEqual(faults);
  });
});
