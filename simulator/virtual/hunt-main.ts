/**
 * Runs seed after seed (`1,2,3`) of a kind of world, or of a made one, in this process until one breaks an invariant, and says so in one line of JSON. Made
 * to be bundled with a streamer that was broken on purpose (scenarios/mutants/).
 */
import type { Invariant } from './invariants.ts';
import { isMadeWorld, madeWorld } from './made-worlds.ts';
import type { WorldPlan } from './plan.ts';
import { planWorld } from './plan-world.ts';
import { WORLD_KINDS } from './world-kind.ts';
import { runWorld } from './world.ts';

export interface HuntResult {
  readonly worlds: number;
  /** Null when every invariant held in all worlds. */
  readonly killed: { readonly seed: number; readonly invariant: Invariant; readonly detail: string } | null;
}

Error.stackTraceLimit = 0;

const [, , seedList = '', world = ''] = process.argv;
const result = await hunt(seedList.split(',').map(Number), (seed) => planOf(seed, world));
process.stdout.write(`${JSON.stringify(result)}\n`);

async function hunt(seeds: readonly number[], plan: (seed: number) => WorldPlan): Promise<HuntResult> {
  for (const [index, seed] of seeds.entries()) {
    const { violation } = await runWorld(plan(seed), { isTraced: false });
    if (violation === null) continue;
    const { invariant, detail } = violation;
    return { worlds: index + 1, killed: { seed, invariant, detail } };
  }
  return { worlds: seeds.length, killed: null };
}

function planOf(seed: number, name: string): WorldPlan {
  if (isMadeWorld(name)) return madeWorld(name, seed);
  return planWorld(
    seed,
    WORLD_KINDS.find((kind) => kind === name),
  );
}
