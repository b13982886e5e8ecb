/** What scenarios with damaged objects and refused records have in common. */
import type { CheckSpec } from '#reports';
import type { DamageKind } from '#simulator';
import { expectObserved } from '../observe/observation.ts';
import { quarantineExpected, quarantineMissing, quarantineUndeserved, refusing } from '../observe/quarantine.ts';
import type { TimedFault } from '../scenario.ts';

/** Each kind so often, in turn; `placeOf` says which object of the part the first, the second, ... is. */
export function damageOfEachKind(
  kinds: readonly DamageKind[],
  ofEachKind: number,
  placeOf: (at: number) => number,
): ReadonlyMap<number, DamageKind> {
  const inTurn = Array.from({ length: ofEachKind }, () => kinds).flat();
  return new Map(inTurn.map((kind, at) => [placeOf(at), kind]));
}

/** From the start to the end of the run. */
export const recordsRefused: readonly TimedFault[] = [
  refused('malformed-line', 400),
  refused('unprocessable-line', 422),
];

function refused(kind: Parameters<typeof refusing>[0], status: number): TimedFault {
  const label = `some records are refused with ${status}`;
  return { at: { afterS: 0 }, action: { kind: 'sink', label, faults: [refusing(kind, status)], forS: 600 } };
}

export const quarantineObservations = [quarantineExpected, quarantineMissing, quarantineUndeserved] as const;

/** Each damage is in quarantine, and nothing else is. */
export const quarantineChecks: readonly CheckSpec[] = [
  expectObserved(quarantineExpected, 'validity', '>', 0),
  expectObserved(quarantineMissing, 'integrity', '==', 0),
  expectObserved(quarantineUndeserved, 'integrity', '==', 0),
];
