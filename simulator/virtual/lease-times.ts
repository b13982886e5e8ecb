/** When the leases of sessions began and end: in Redis, and as the sessions know it, which is earlier. */
import type { VirtualTime } from './virtual-time.ts';

export class LeaseTimes {
  readonly #time: VirtualTime;
  readonly #leasedMs = new Map<string, number>();
  readonly #endsMs = new Map<string, number>();
  readonly #heardEndsMs = new Map<string, number>();

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** Redis has renewed it. */
  leased(session: string, untilMs: number): void {
    this.#leasedMs.set(session, this.#time.nowMs);
    this.#endsMs.set(session, Math.max(untilMs, this.#endsMs.get(session) ?? -Infinity));
  }

  /** The session has heard that it is renewed until then. */
  heard(session: string, untilMs: number): void {
    this.#heardEndsMs.set(session, untilMs);
  }

  /** When Redis renewed it last: a renewal may come after its sender is dead. */
  lastMs(session: string): number {
    return this.#leasedMs.get(session) ?? -Infinity;
  }

  hasEnded(session: string): boolean {
    return this.#time.nowMs >= (this.#endsMs.get(session) ?? -Infinity);
  }

  hasHeardEnded(session: string): boolean {
    return this.#time.nowMs >= (this.#heardEndsMs.get(session) ?? -Infinity);
  }
}
