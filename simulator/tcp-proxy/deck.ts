/** The faults that a link has at this moment. */
import { EventEmitter, once } from 'node:events';
import type { ActiveFault } from './active-fault.ts';
import type { Direction, FaultKind, FaultOf } from './faults.ts';

export type ActiveFaultOf<K extends FaultKind> = ActiveFault & { readonly fault: FaultOf<K> };

export class Deck {
  readonly #active = new Set<ActiveFault>();
  // One listener for each direction of each connection that waits.
  readonly #changes = new EventEmitter().setMaxListeners(0);

  add(fault: ActiveFault): void {
    this.#active.add(fault);
    this.#changes.emit('change');
  }

  remove(fault: ActiveFault): void {
    if (this.#active.delete(fault)) this.#changes.emit('change');
  }

  /** The next change; an AbortError where the signal comes first. */
  async changed(signal: AbortSignal): Promise<void> {
    await once(this.#changes, 'change', { signal });
  }

  /** Those that refuse connections. */
  get refusals(): readonly ActiveFault[] {
    return [...this.#active].filter(({ fault }) => fault.kind === 'refuse');
  }

  /** Those of this kind that strike this connection, in this direction. */
  of<K extends FaultKind>(kind: K, connection: object, direction: Direction): readonly ActiveFaultOf<K>[] {
    return [...this.#active].filter(
      (active): active is ActiveFaultOf<K> =>
        active.fault.kind === kind && active.concerns(direction) && active.chooses(connection),
    );
  }
}
