/** What the watch of a shared world remembers: whom an object was given, and what became of that. */
import type { ReleaseReason } from './redis-watch.ts';

/** What the watch wants to know of one instance. */
export interface WatchedInstance {
  readonly number: number;
  readonly host: number;
  readonly isAlive: boolean;
  readonly pausedUntilMs: number;
  /** Since then it has run, and could reach Redis; `Infinity` while it cannot. */
  readonly ableSinceMs: number;
}

/** An object was given to a session. */
export interface Grant {
  readonly token: string;
  readonly session: string;
  /** Redis has forgotten so often before. */
  readonly forgettings: number;
  /** The instance has got the answer. */
  isHeard: boolean;
  /** The instance has heard that it has lost it. */
  isToldLost: boolean;
  /** In Redis; null while it lasts. */
  released: ReleaseReason | null;
  /** Its lease ended while it was held, as the instance knows it: then it has let go, whatever Redis says. */
  hadLeaseEnded: boolean;
}

/** Of one object. */
export interface Ways {
  /** All that were given of the object, the latest last. */
  readonly grants: Grant[];
  /** Whose completion was accepted; null while none was, or Redis has forgotten it. */
  completedBy: { readonly token: string | null; readonly grants: number } | null;
}
