/** Every fault of a scenario must have met something: one that strikes nothing proves nothing. */
import type { CheckSpec } from '#reports';
import type { FaultRecord } from '../run/fault-record.ts';
import { observedPath } from './observation.ts';

export function strikesOf(faults: readonly FaultRecord[]): Readonly<Record<string, number>> {
  return Object.fromEntries(faults.map(({ strikes }, index) => [idOf(index), strikes]));
}

export function strikeChecks(faults: readonly FaultRecord[]): readonly CheckSpec[] {
  return faults.map(({ label }, index) => ({
    name: `${label}: strikes`,
    kind: 'validity',
    path: observedPath(idOf(index)),
    op: '>',
    limit: 0,
    unit: '',
  }));
}

function idOf(index: number): string {
  return `fault${index + 1}Strikes`;
}
