/** The verdict on one world: it also has to have exercised something. */
import type { Fault, FaultKind } from './fault.ts';
import type { WorldResult } from './world.ts';

export type WorldVerdict = 'held' | 'breached' | 'proves-nothing';

const OBJECTS_MIN = 200;
const FAULTS_MIN = 5;
const KINDS_MIN = 3;

export function verdictOfWorld(result: Pick<WorldResult, 'violation' | 'objects' | 'exercised'>): WorldVerdict {
  if (result.violation !== null) return 'breached';
  const kinds = new Set(result.exercised.map(({ fault }) => fault.kind));
  const isEnough = result.objects >= OBJECTS_MIN && result.exercised.length >= FAULTS_MIN && kinds.size >= KINDS_MIN;
  return isEnough ? 'held' : 'proves-nothing';
}

/** In how many worlds faults of each kind did something. */
export function countKinds(exercised: readonly { readonly fault: Fault }[], counts: Map<FaultKind, number>): void {
  for (const kind of new Set(exercised.map(({ fault }) => fault.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
