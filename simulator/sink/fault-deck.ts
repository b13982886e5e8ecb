/**
 * The faults that are active now, and what they make of each request.
 * Invariant: with the same seed, the same faults put in the same order strike the same requests of the same sequence; each fault has its
 * own random stream, so one more fault moves none of the others.
 */
import type { SeededRandom } from '../random.ts';
import { drawDelayMs } from './delay.ts';
import type { Fault, FaultKind, FaultOf } from './faults.ts';

/** How the handling of a request ends. */
export type Ending =
  | { readonly kind: 'usual' }
  | FaultOf<'status'>
  | FaultOf<'hang'>
  | FaultOf<'reset'>
  | FaultOf<'answer-late'>
  | FaultOf<'error-after-store'>;

export interface Treatment {
  /** Wait before storing. */
  readonly delayMs: number;
  readonly ending: Ending;
}

export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  /** Requests that it struck; for the faults of an agent, requests that came (and connections that it cut) while it was active. */
  readonly hits: number;
}

export interface Poison {
  readonly fault: FaultOf<'poison'>;
  /** To be called for each body that holds its text. */
  readonly strike: () => void;
}

interface Card {
  readonly id: number;
  readonly fault: Fault;
  readonly random: SeededRandom;
  readonly expiry: NodeJS.Timeout | null;
  hits: number;
}

/** Ended faults that are still listed. */
const endedMax = 1_000;

const usual: Treatment = { delayMs: 0, ending: { kind: 'usual' } };

export class FaultDeck {
  readonly #random: SeededRandom;
  readonly #onChange: () => void;
  readonly #cards = new Map<number, Card>();
  readonly #ended: ActiveFault[] = [];
  #nextId = 1;

  /** `onChange` runs whenever a fault begins or ends, so that ports and connections can follow. */
  constructor(random: SeededRandom, onChange: () => void) {
    this.#random = random;
    this.#onChange = onChange;
  }

  add(fault: Fault): number {
    const id = this.#nextId;
    this.#nextId += 1;
    const expiry = fault.forMs === undefined ? null : setTimeout(() => this.remove(id), fault.forMs);
    this.#cards.set(id, { id, fault, random: this.#random.fork(id), expiry, hits: 0 });
    this.#onChange();
    return id;
  }

  /** False when there is no such fault (any more). */
  remove(id: number): boolean {
    const card = this.#cards.get(id);
    if (card === undefined) return false;
    if (card.expiry !== null) clearTimeout(card.expiry);
    this.#cards.delete(id);
    this.#ended.push({ id, fault: card.fault, hits: card.hits });
    if (this.#ended.length > endedMax) this.#ended.shift();
    this.#onChange();
    return true;
  }

  clear(): void {
    for (const id of this.#cards.keys()) this.remove(id);
  }

  /** Those that ended are kept: a run must show that its faults struck at all. */
  list(): { readonly active: readonly ActiveFault[]; readonly ended: readonly ActiveFault[] } {
    const active = Array.from(this.#cards.values(), ({ id, fault, hits }) => ({ id, fault, hits }));
    return { active, ended: [...this.#ended] };
  }

  /** All active poisons for this agent; none most of the time. */
  poisons(agent: number): readonly Poison[] {
    const poisons: Poison[] = [];
    for (const card of this.#cards.values()) {
      if (!isOf(card.fault, 'poison') || !concerns(card.fault, agent)) continue;
      poisons.push({ fault: card.fault, strike: () => void (card.hits += 1) });
    }
    return poisons;
  }

  /** For the faults of an agent that know by themselves what they met. */
  countHit(kind: FaultKind, agent: number): void {
    for (const card of this.#cards.values()) {
      if (card.fault.kind !== kind || !concerns(card.fault, agent)) continue;
      card.hits += 1;
      return;
    }
  }

  /** The first active fault of this kind for this agent. Null most of the time. */
  find<K extends FaultKind>(kind: K, agent: number): FaultOf<K> | null {
    for (const { fault } of this.#cards.values()) {
      if (isOf(fault, kind) && concerns(fault, agent)) return fault;
    }
    return null;
  }

  /** Draws what becomes of one request that this agent now begins to receive. */
  treat(agent: number): Treatment {
    if (this.#cards.size === 0) return usual;
    let delayMs = 0;
    let ending: Ending | null = null;
    for (const card of this.#cards.values()) {
      const { fault } = card;
      if (!concerns(fault, agent)) continue;
      if (!('rate' in fault)) {
        // A poison strikes some bodies only, and says so by itself.
        if (fault.kind !== 'poison') card.hits += 1;
        continue;
      }
      // Drawn even when another fault has already decided: whether this one strikes the next request must not depend on that.
      const isDrawn = card.random.chance(fault.rate);
      if (!isDrawn || (fault.kind !== 'latency' && ending !== null)) continue;
      if (fault.kind === 'latency') delayMs += drawDelayMs(fault.delay, card.random);
      else ending = fault;
      this.#hit(card, fault.count);
    }
    return { delayMs, ending: ending ?? usual.ending };
  }

  #hit(card: Card, count: number | undefined): void {
    card.hits += 1;
    if (count !== undefined && card.hits >= count) this.remove(card.id);
  }
}

function isOf<K extends FaultKind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function concerns(fault: Fault, agent: number): boolean {
  return fault.agent === 'all' || fault.agent === agent;
}
