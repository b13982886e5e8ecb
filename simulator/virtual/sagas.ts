/** Objects whose readings fail again and again, each time in another way: only the damage may count against the object. */
import type { ObjectRef } from '#streamer';
import type { FaultDesk } from './fault-desk.ts';
import type { FaultOf } from './fault.ts';

export type Misfortune = FaultOf<'get-saga'>['readings'][number];

export class Sagas {
  readonly #desk: FaultDesk;
  /** What is still to come, by key. */
  readonly #open = new Map<string, Misfortune[]>();

  constructor(desk: FaultDesk) {
    this.#desk = desk;
  }

  /** What becomes of this GET; null for nothing bad. */
  next(nth: number, { key }: ObjectRef): Misfortune | null {
    const fault = this.#desk.once('get-saga', nth);
    if (fault !== null && !this.#open.has(key)) {
      this.#open.set(key, [...fault.readings]);
      this.#desk.exercise(fault);
    }
    const misfortune = this.#open.get(key)?.shift() ?? null;
    if (misfortune !== null) this.#desk.disturbFor(0);
    return misfortune;
  }
}
