/**
 * Runs world after world in this process until one breaks an invariant, and says so in one line of JSON: seeds of a kind of world, or the names of made
 * worlds (`1,2,3`). Made to be bundled with a streamer that was broken on purpose (scenarios/mutants/).
 */
import type { Invariant } from './invariants.ts';
import { isMadeWorld, type MadeWorld, madeWorld } from './made-worlds.ts';
import type { WorldPlan } from './plan.ts';
import { planWorld } from './plan-world.ts';
import { WORLD_KINDS, type WorldKind } from './world-kind.ts';
import { runWorld } from './world.ts';

/** A seed, or the name of a made world. */
export type WorldName = number | MadeWorld;

export interface HuntResult {
  readonly worlds: number;
  /** Null when every invariant held in all worlds. */
  readonly killed: { readonly world: WorldName; readonly invariant: Invariant; readonly detail: string } | null;
}

Error.stackTraceLimit = 0;

const [, , nameList = '', kindName] = process.argv;
const result = await hunt(
  nameList.split(',').map((name) => (isMadeWorld(name) ? name : Number(name))),
  WORLD_KINDS.find((kind) => kind === kindName),
);
process.stdout.write(`${JSON.stringify(result)}\n`);

async function hunt(worlds: readonly WorldName[], kind?: WorldKind): Promise<HuntResult> {
  for (const [index, world] of worlds.entries()) {
    const { violation } = await runWorld(planOf(world, kind), { isTraced: false });
    if (violation === null) continue;
    const { invariant, detail } = violation;
    return { worlds: index + 1, killed: { world, invariant, detail } };
  }
  return { worlds: worlds.length, killed: null };
}

function planOf(world: WorldName, kind?: WorldKind): WorldPlan {
  return typeof world === 'number' ? planWorld(world, kind) : madeWorld(world);
}
