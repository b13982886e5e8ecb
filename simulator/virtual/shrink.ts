/**
 * From a world that breaches an invariant to the smallest one that still breaches it: takes faults away, then objects, as long as the same invariant
 * breaks. What is left names the cause, or nearly so.
 */
import type { Invariant } from './invariants.ts';
import type { WorldPlan } from './plan.ts';

export interface ShrinkOptions {
  /** Which invariant the plan breaches; null for none. */
  readonly breach: (plan: WorldPlan) => Promise<Invariant | null>;
  readonly invariant: Invariant;
  /** Worlds to try. */
  readonly attemptsMax: number;
}

type ListName = 'faults' | 'requests' | 'objects';

export async function shrinkPlan(plan: WorldPlan, options: ShrinkOptions): Promise<WorldPlan> {
  const shrinker = new Shrinker(options);
  let smallest = plan;
  // What is gone may make more dispensable: once around is not enough, but nearly.
  for (let sizeBefore = Infinity; sizeOf(smallest) < sizeBefore;) {
    sizeBefore = sizeOf(smallest);
    for (const name of ['faults', 'requests', 'objects'] as const) smallest = await shrinker.shrinkList(smallest, name);
    smallest = await shrinker.shrinkCalm(smallest);
  }
  return shrinker.shrinkTimes(smallest);
}

function sizeOf({ faults, requests, objects, calm }: WorldPlan): number {
  return faults.length + requests.length + objects.length + calm.objects.length;
}

class Shrinker {
  readonly #options: ShrinkOptions;
  #attempts = 0;

  constructor(options: ShrinkOptions) {
    this.#options = options;
  }

  async shrinkList(plan: WorldPlan, name: ListName): Promise<WorldPlan> {
    const isEnough = async (kept: readonly unknown[]): Promise<boolean> => this.#breaches({ ...plan, [name]: kept });
    const kept = await smallestSublist<unknown>(plan[name], isEnough);
    return { ...plan, [name]: kept };
  }

  async shrinkCalm(plan: WorldPlan): Promise<WorldPlan> {
    const withCalm = (objects: WorldPlan['calm']['objects']): WorldPlan => ({
      ...plan,
      calm: { ...plan.calm, objects },
    });
    return withCalm(await smallestSublist(plan.calm.objects, async (objects) => this.#breaches(withCalm(objects))));
  }

  /** A fault that hits several operations in a row may do with the first. */
  async shrinkTimes(plan: WorldPlan): Promise<WorldPlan> {
    let smallest = plan;
    for (const [index, fault] of plan.faults.entries()) {
      if (!('times' in fault) || fault.times === 1) continue;
      const simpler = { ...smallest, faults: smallest.faults.with(index, { ...fault, times: 1 }) };
      if (await this.#breaches(simpler)) smallest = simpler;
    }
    return smallest;
  }

  async #breaches(plan: WorldPlan): Promise<boolean> {
    if (this.#attempts >= this.#options.attemptsMax) return false;
    this.#attempts += 1;
    return (await this.#options.breach(plan)) === this.#options.invariant;
  }
}

/** Takes away ever smaller pieces as long as the rest is enough (delta debugging). The whole list must be enough. */
async function smallestSublist<T>(
  list: readonly T[],
  isEnough: (kept: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = list;
  for (let piece = Math.ceil(list.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let start = 0; start < kept.length;) {
      const rest = [...kept.slice(0, start), ...kept.slice(start + piece)];
      if (await isEnough(rest)) kept = rest;
      else start += piece;
    }
  }
  return kept;
}
