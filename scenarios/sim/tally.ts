/** Adds up worlds, and judges them together. */
import { countKinds, FAULT_KINDS, type FaultKind, verdictOfWorld, type WorldResult } from '#simulator';

/** From so many worlds on, every kind of fault must have done something in some of them. */
const WORLDS_FOR_COVERAGE = 300;

export interface SimSums {
  readonly worlds: number;
  readonly objects: number;
  readonly lines: number;
  readonly repeatedLines: number;
  readonly steps: number;
  readonly virtualS: number;
}

export class WorldTally {
  #sums: SimSums = { worlds: 0, objects: 0, lines: 0, repeatedLines: 0, steps: 0, virtualS: 0 };
  readonly #kinds = new Map<FaultKind, number>();
  readonly #idleSeeds: number[] = [];
  #breach: WorldResult | null = null;

  add(result: WorldResult): void {
    const { worlds, objects, lines, repeatedLines, steps, virtualS } = this.#sums;
    this.#sums = {
      worlds: worlds + 1,
      objects: objects + result.objects,
      lines: lines + result.lines,
      repeatedLines: repeatedLines + result.repeatedLines,
      steps: steps + result.steps,
      virtualS: virtualS + result.virtualS,
    };
    countKinds(result.exercised, this.#kinds);
    const verdict = verdictOfWorld(result);
    if (verdict === 'proves-nothing') this.#idleSeeds.push(result.seed);
    // The lowest seed, so that the report does not depend on which thread was faster.
    if (verdict === 'breached' && (this.#breach === null || result.seed < this.#breach.seed)) this.#breach = result;
  }

  get sums(): SimSums {
    return this.#sums;
  }

  get breach(): WorldResult | null {
    return this.#breach;
  }

  /** In how many worlds a fault of each kind did something. */
  get kinds(): ReadonlyMap<FaultKind, number> {
    return new Map(FAULT_KINDS.map((kind) => [kind, this.#kinds.get(kind) ?? 0]));
  }

  /** Why the run proves nothing; empty when it proves something. */
  get gaps(): readonly string[] {
    const idle = this.#idleSeeds.toSorted((left, right) => left - right);
    const missing = FAULT_KINDS.filter((kind) => !this.#kinds.has(kind));
    return [
      ...(idle.length === 0 ? [] : [`too little went wrong in the world of seed ${idle.join(', ')}`]),
      ...(this.#sums.worlds < WORLDS_FOR_COVERAGE || missing.length === 0
        ? []
        : [`no fault of kind ${missing.join(', ')} did anything in any world`]),
    ];
  }
}
