/** What the streamer tells of the objects that several instances share: part of `events.ts`, with the same rules. */
import type { LogLevel, StreamerEvent, Totals } from './events.ts';

export type SharingEvent =
  | { readonly kind: 'lease renewed'; readonly session: string }
  | { readonly kind: 'lease failed'; readonly code: string; readonly error: string }
  | { readonly kind: 'lister changed'; readonly isLister: boolean }
  /** `refused`: others have them. `lease-ended`: others may have them. Nothing more of them is sent. */
  | { readonly kind: 'claims lost'; readonly reason: 'refused' | 'lease-ended'; readonly objects: number }
  /** A session has died, and what it held was put back for all. */
  | { readonly kind: 'work taken over'; readonly objects: number }
  /** The store knows less than it did, or nothing (`isWhole`): it was told again, from the journal. */
  | { readonly kind: 'state forgotten'; readonly objects: number; readonly isWhole: boolean };

export function countSharingEvent(totals: Totals, event: SharingEvent): void {
  switch (event.kind) {
    case 'claims lost':
      totals.claimsLost += event.objects;
      return;
    case 'work taken over':
      totals.objectsTakenOver += event.objects;
      return;
    case 'lease failed':
      totals.leaseFailures += 1;
      return;
    case 'lease renewed':
    case 'lister changed':
    case 'state forgotten':
      return;
  }
}

export const SHARING_LEVELS: Readonly<Record<SharingEvent['kind'], LogLevel>> = {
  'lease renewed': 'info',
  'lease failed': 'warn',
  'lister changed': 'info',
  'claims lost': 'warn',
  'work taken over': 'warn',
  'state forgotten': 'error',
};

/** Requests stand in Redis alone. */
export const ASK_AGAIN =
  'what was asked for with audit --requeue, replay or quarantine retry, and not yet delivered, may be forgotten too: ask again';

export function isSharingEvent(event: StreamerEvent): event is SharingEvent {
  return event.kind in SHARING_LEVELS;
}
