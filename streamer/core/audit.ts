/** What became of an object that is in the bucket, from what state knows of it. */
import type { ObjectRecord } from '../ports.ts';

/**
 * `waiting`: not yet eligible (`delay_window`). `missing`: state knows nothing of it, and would if it had been delivered. `unknown`: too old for
 * state to remember.
 */
export type AuditVerdict = 'complete' | 'partial' | 'quarantined' | 'waiting' | 'missing' | 'unknown';

export interface AuditedObject {
  readonly record: ObjectRecord;
  /** An open quarantine record names it. */
  readonly isQuarantined: boolean;
  readonly lastModifiedMs: number;
  readonly notBeforeMs: number;
}

export interface AuditMoments {
  readonly nowMs: number;
  /** What was last modified before this moment may have been delivered and forgotten. */
  readonly knownSinceMs: number;
}

export function verdictOf(object: AuditedObject, { nowMs, knownSinceMs }: AuditMoments): AuditVerdict {
  switch (object.record.kind) {
    case 'complete':
      return object.isQuarantined ? 'quarantined' : 'complete';
    case 'partial':
      return 'partial';
    case 'unknown':
      if (object.lastModifiedMs < knownSinceMs) return object.isQuarantined ? 'quarantined' : 'unknown';
      return object.notBeforeMs > nowMs ? 'waiting' : 'missing';
  }
}
