/** Every fault of a scenario must have met something: one that strikes nothing proves nothing. */
import type { CheckSpec } from '#reports';
import type { FaultRecord } from '../run/fault-record.ts';
import type { TimedFault } from '../scenario.ts';
import { observedPath } from './observation.ts';

const note = 'requests, connections or processes that it hit; one that hits nothing proves nothing';

export function strikesOf(faults: readonly FaultRecord[]): Readonly<Record<string, number>> {
  return Object.fromEntries(faults.map(({ strikes }, index) => [idOf(index), strikes]));
}

/** `planned`: the scenario's faults, in the order of their records. */
export function strikeChecks(faults: readonly FaultRecord[], planned: readonly TimedFault[]): readonly CheckSpec[] {
  return faults.flatMap(({ label }, index): readonly CheckSpec[] => {
    if (planned[index]?.mayStrikeNothing === true) return [];
    const path = observedPath(idOf(index));
    return [{ name: `${label}: struck`, kind: 'validity', path, op: '>', limit: 0, unit: 'times', note }];
  });
}

function idOf(index: number): string {
  return `fault${index + 1}Strikes`;
}
