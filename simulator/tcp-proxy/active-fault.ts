/** A fault while it holds: which connections it has chosen, and which of them it has met. */
import type { SeededRandom } from '../random.ts';
import type { Direction, NetworkFault } from './faults.ts';

export class ActiveFault {
  readonly fault: NetworkFault;
  readonly #random: SeededRandom;
  readonly #choices = new WeakMap<object, boolean>();
  readonly #met = new WeakSet<object>();
  #strikes = 0;

  constructor(fault: NetworkFault, random: SeededRandom) {
    this.fault = fault;
    this.#random = random;
  }

  /** Connections that it has met. */
  get strikes(): number {
    return this.#strikes;
  }

  /** Drawn once for each connection. */
  chooses(connection: object): boolean {
    if (this.fault.kind === 'refuse') return true;
    const known = this.#choices.get(connection);
    if (known !== undefined) return known;
    const isChosen = this.#random.chance(this.fault.rate);
    this.#choices.set(connection, isChosen);
    return isChosen;
  }

  concerns(direction: Direction): boolean {
    return this.fault.kind === 'refuse' || this.fault.direction === 'both' || this.fault.direction === direction;
  }

  strike(connection: object): void {
    if (this.#met.has(connection)) return;
    this.#met.add(connection);
    this.#strikes += 1;
  }
}
