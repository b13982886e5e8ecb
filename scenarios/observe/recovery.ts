/** How a run fares between its faults, and after them. */
import type { FaultRecord } from '../run/fault-record.ts';
import type { ObjectOutcome } from '../run/outcomes.ts';
import type { Observation } from './observation.ts';

/** Worst lag of what became eligible while no fault lasted, nor had ended less than `recoveryS` before. What was never settled is the ledger's to judge. */
export function lagInCalm(recoveryS: number): Observation {
  return {
    id: 'lagInCalmMsMax',
    name: `lag from ${recoveryS} s after a fault to the next, worst file`,
    unit: 'ms',
    measure: ({ execution: { faults }, outcomes }) => worstLagInCalm(outcomes, faults, recoveryS * 1000),
  };
}

/** Null where nothing came in a calm. */
export function worstLagInCalm(
  outcomes: readonly Pick<ObjectOutcome, 'eligibleMs' | 'settled'>[],
  faults: readonly Pick<FaultRecord, 'fromMs' | 'toMs'>[],
  recoveryMs: number,
): number | null {
  const lagsMs = outcomes.flatMap(({ eligibleMs, settled }) => {
    const isCalm = faults.every(({ fromMs, toMs }) => eligibleMs < fromMs || eligibleMs > toMs + recoveryMs);
    // One that a fault overtook before it was settled did not have a calm.
    const isOvertaken = faults.some(({ fromMs }) => eligibleMs < fromMs && (settled?.settledMs ?? Infinity) > fromMs);
    return isCalm && !isOvertaken && settled !== null ? [settled.lagMs] : [];
  });
  return lagsMs.length === 0 ? null : Math.max(...lagsMs);
}
