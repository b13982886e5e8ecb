/** Adds up worlds, and judges them together. */
import {
  countKinds,
  type FaultKind,
  faultKindsOf,
  type SharingCounts,
  verdictOfWorld,
  type WorldKind,
  type WorldResult,
} from '#simulator';

/** From so many worlds on, every kind of fault must have done something in some of them. */
const WORLDS_FOR_COVERAGE = 300;

export interface SimSums {
  readonly worlds: number;
  readonly objects: number;
  readonly lines: number;
  readonly repeatedLines: number;
  readonly steps: number;
  readonly virtualS: number;
  /** Null where nothing is shared. */
  readonly sharing: SharingCounts | null;
}

export class WorldTally {
  readonly #expected: readonly FaultKind[];
  #sums: SimSums = { worlds: 0, objects: 0, lines: 0, repeatedLines: 0, steps: 0, virtualS: 0, sharing: null };
  readonly #kinds = new Map<FaultKind, number>();
  readonly #idleSeeds: number[] = [];
  readonly #breaches: WorldResult[] = [];

  constructor(world: WorldKind) {
    this.#expected = faultKindsOf(world);
  }

  add(result: WorldResult): void {
    const { worlds, objects, lines, repeatedLines, steps, virtualS, sharing } = this.#sums;
    this.#sums = {
      worlds: worlds + 1,
      objects: objects + result.objects,
      lines: lines + result.lines,
      repeatedLines: repeatedLines + result.repeatedLines,
      steps: steps + result.steps,
      virtualS: virtualS + result.virtualS,
      sharing: addCounts(sharing, result.sharing),
    };
    countKinds(result.exercised, this.#kinds);
    const verdict = verdictOfWorld(result);
    if (verdict === 'proves-nothing') this.#idleSeeds.push(result.seed);
    if (verdict === 'breached') this.#breaches.push(result);
  }

  get sums(): SimSums {
    return this.#sums;
  }

  /** By seed, so that the report does not depend on which thread was faster. */
  get breaches(): readonly WorldResult[] {
    return this.#breaches.toSorted((left, right) => left.seed - right.seed);
  }

  /** In how many worlds a fault of each kind did something. */
  get kinds(): ReadonlyMap<FaultKind, number> {
    return new Map(this.#expected.map((kind) => [kind, this.#kinds.get(kind) ?? 0]));
  }

  /** Why the run proves nothing; empty when it proves something. */
  get gaps(): readonly string[] {
    const idle = this.#idleSeeds.toSorted((left, right) => left - right);
    const missing = this.#expected.filter((kind) => !this.#kinds.has(kind));
    return [
      ...(idle.length === 0 ? [] : [`too little went wrong in the world of seed ${idle.join(', ')}`]),
      ...(this.#sums.worlds < WORLDS_FOR_COVERAGE || missing.length === 0
        ? []
        : [`no fault of kind ${missing.join(', ')} did anything in any world`]),
    ];
  }
}

function addCounts(left: SharingCounts | null, right: SharingCounts | null): SharingCounts | null {
  if (left === null || right === null) return left ?? right;
  return {
    grants: left.grants + right.grants,
    idleMachines: left.idleMachines + right.idleMachines,
    takeovers: left.takeovers + right.takeovers,
    refusals: left.refusals + right.refusals,
    forgettings: left.forgettings + right.forgettings,
  };
}
